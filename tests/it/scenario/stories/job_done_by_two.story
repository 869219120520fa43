Ana is away on the day, so Ben asks, who did it with her. Of what Ana did alone the question
waits until she is back.

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
2026-03-04 10:00 job 1 Jo Client <jo@customer.example> ana,ben | Fitted the sink
2026-03-04 10:05 job 2 Kim Hale <kim@house.example> ana | Painted the door
2026-03-05 10:00 away ana 2026-03-06..2026-03-10
2026-03-06 11:00 do ben send #1
2026-03-11 11:00 do ana skip #2
2026-03-11 12:00 end
