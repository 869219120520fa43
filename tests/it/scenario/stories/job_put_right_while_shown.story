The shop puts right what a job is called while Ana's word is awaited, and once more after
she gave it for the next day. Her answer to the mail before sends nothing: she is shown it
as it is now, and that goes.

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
2026-03-04 10:00 job 4711 Jo Client <jo@customer.example> ana | Fitted the snik
2026-03-06 10:20 job 4711 Jo Client <jo@customer.example> ana | Fitted the sink
2026-03-06 10:20 do ana send #4711
2026-03-06 20:30 do ana send #4711
2026-03-06 21:00 job 4711 Jo Client <jo@customer.example> ben | Fitted the kitchen sink
2026-03-06 21:30 do ana send #4711
2026-03-09 10:30 do ben send #4711
2026-03-09 12:00 end
