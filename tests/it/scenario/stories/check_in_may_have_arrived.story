The mail server takes the question and never says so: Ana is told to ask, and it is not sent
again by itself. Jo has it, and answers.

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
2026-03-06 11:29 silent the connection broke
2026-03-06 11:30 do ana send #tap
2026-03-06 12:00 end
2026-03-06 15:00 mail #fine Jo Client <jo@customer.example> -> help@brook.example | re #tap
    Yes, all fine, thanks!
2026-03-20 12:00 end
