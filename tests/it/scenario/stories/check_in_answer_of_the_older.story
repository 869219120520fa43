Jo is asked about two jobs of one case, days apart, and answers the older question. The
answer is about the job of the mail that it answers.

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
quiet_for = "1d"
---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 11:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done: the seal was worn, and I put in a new one.
2026-03-04 16:00 job 51 #tap ana | Repaired the tap
2026-03-06 10:10 do ana send #tap
2026-03-06 16:00 job 52 #tap ana | Fitted a new sink
2026-03-10 10:30 do ana send #tap
2026-03-10 15:00 mail #fine Jo Client <jo@customer.example> -> reply-1 | re #question
    Yes, all fine, thanks!
2026-03-10 16:00 end
