Nobody says anything more, so the case closes by itself, and that is a job under this rule.
On the weekend nobody is asked.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"
close_after_quiet = "2d"
job_on_close = true

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
2026-03-03 16:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Could somebody come and look at it?
2026-03-03 17:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done.
2026-03-09 11:00 do ana skip #tap
2026-03-09 12:00 end
