Ben reads Jo's words in the evening, before Ana is at work: she is not asked any more what
they mean, and hears in the morning that it is not OK.

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
    Hm, I am not sure about that tap.
2026-03-06 20:00 do ben means #tap not-ok
2026-03-09 09:30 sent #sorry ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I come by this evening.
2026-03-09 12:00 end
