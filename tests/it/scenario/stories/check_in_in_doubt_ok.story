Jo answers in the evening with words that may mean either: Ana is asked in the morning
what they mean, and nothing counts as OK before she has said so. Then nothing is owed any
more, and the case is closed as it was. Nobody can say it twice.

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
---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 11:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done: the seal was worn, and I put in a new one.
2026-03-04 16:00 do ana close #tap Repaired the kitchen tap
2026-03-06 11:30 do ana send #tap
2026-03-06 19:10 mail #words Jo Client <jo@customer.example> -> help@brook.example | re #tap
    It was dry this morning. I will look again at the weekend.
2026-03-09 09:20 do ana means #tap ok
2026-03-09 09:21 do ana means #tap not-ok
2026-03-13 12:00 end
