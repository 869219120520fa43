Ana agrees on an evening to what goes on Monday, and thinks again.

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
2026-03-04 10:00 job 51 Jo Client <jo@customer.example> ana | Repaired the tap
2026-03-06 20:30 mail #yes Ana Ruiz <ana@brook.example> -> reply | re #shown
    Yes please
2026-03-06 20:50 mail #no Ana Ruiz <ana@brook.example> -> reply-1 | re #shown
    Skip
2026-03-09 12:00 end
