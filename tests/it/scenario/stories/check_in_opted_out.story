Max is asked, and wants no more of these mails: neither the second of this job comes, nor
the first of the next.

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
2026-03-04 10:00 job 12 Max Orr <max@mill.example> ana | Sealed the roof
2026-03-06 11:00 do ana send #12
2026-03-06 12:00 page 12 stop
2026-06-01 10:00 job 13 Max Orr <max@mill.example> ana | Sealed the cellar
2026-06-10 12:00 end
