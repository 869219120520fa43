What was not OK stays as urgent as it was: neither other rules nor another owner give it
more time.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "8h",  tell = "owner" },
  { after = "0m",   tell = "supervisor" },
  { after = "4h",   tell = "supervisor.supervisor", repeat = "1d" },
]

[check_in]
after = "2d"
at = "10:00"
---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 11:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done: the seal was worn, and I put in a new one.
2026-03-04 16:00 do ana close #tap Repaired the kitchen tap
2026-03-06 11:30 do ana send #tap
2026-03-06 15:00 mail #leaks Jo Client <jo@customer.example> -> help@brook.example | re #tap
    No, it still leaks. The floor is wet again.
2026-03-06 15:05 rules
    [[rule]]
    name = "everyone"
    reply_within = "3d"
    escalation = "standard"
    [escalation.standard]
    steps = [{ before = "8h", tell = "owner" }, { after = "0m", tell = "supervisor" }]
    [check_in]
    after = "2d"
    at = "10:00"
2026-03-06 15:10 do ben claim #tap
2026-03-06 17:30 end
