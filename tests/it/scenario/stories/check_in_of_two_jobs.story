Ana did two jobs in one case, and is shown both questions. Each answer counts for the job
of the mail that it answers: one is sent, the other is not. A word that may be about either
counts for neither.

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
2026-03-04 16:00 job 51 #tap ana | Repaired the tap
2026-03-04 16:10 job 52 #tap ana | Fitted a new sink
2026-03-06 10:10 do ana send #tap
2026-03-06 10:20 do ana skip #tap
2026-03-06 10:30 mail #no Ana Ruiz <ana@brook.example> -> reply-1 | re #shown
    No, thanks.
2026-03-06 10:40 mail #yes Ana Ruiz <ana@brook.example> -> reply-1 | re #shown
    Yes please
2026-03-06 12:00 end
