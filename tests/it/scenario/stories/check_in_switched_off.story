Check-ins are switched off while Jo is asked, and Kim is to be. Kim is not asked, and nobody
is troubled for it; what Jo answers is heard as any mail is, and its ladder goes on for as
long as nobody replies.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor", repeat = "1d" },
]

[check_in]
after = "2d"
at = "10:00"

---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 11:00 sent #answer ben@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done: the seal was worn, and I put in a new one.
2026-03-04 16:00 job 51 #tap ben | Repaired the tap
2026-03-06 10:20 do ben send #tap
2026-03-06 10:25 job 52 Kim <kim@customer.example> ben | Fitted a new sink
2026-03-06 10:30 rules
    [[rule]]
    name = "everyone"
    before_leaving = true
    cutoff = "30m"
    escalation = "standard"

    [escalation.standard]
    steps = [
      { before = "45m", tell = "owner" },
      { after = "0m",   tell = "supervisor", repeat = "1d" },
    ]

2026-03-09 11:30 mail #no Jo Client <jo@customer.example> -> help@brook.example | re #tap
    No, it still leaks.
2026-03-16 12:00 end
