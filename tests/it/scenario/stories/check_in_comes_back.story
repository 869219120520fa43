The second time that it is not OK, one more above is told at once.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
  { after = "4h",   tell = "supervisor.supervisor", repeat = "1d" },
]

[check_in]
after = "2d"
at = "10:00"
reopened = 1
---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 10:40 sent #tap-answer ana@brook.example -> jo@customer.example | re #tap
    Hello, it is done: the seal was worn, and I put in a new one.
2026-03-04 10:50 do ana close #tap Repaired the kitchen tap
2026-03-06 10:30 do ana send #tap
2026-03-06 11:00 page #tap not-ok Still wet.
2026-03-06 11:30 sent #again ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I was there again, now it is dry.
2026-03-06 11:40 do ana close #tap Repaired the kitchen tap again
2026-03-10 10:30 do ana send #tap
2026-03-10 11:00 mail #no Jo Client <jo@customer.example> -> help@brook.example | re #tap
    No, it is wet again.
2026-03-10 11:30 sent #sorry ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I am on my way with a new pipe.
2026-03-10 12:00 end
