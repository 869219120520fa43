The shop puts right what a job is called while Ana's word is awaited, and she is shown it
anew. Her late answers to the first mail send nothing and end nothing; that to the second
counts.

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
2026-03-06 10:30 mail #no Ana Ruiz <ana@brook.example> -> reply-1 | re #shown
    Skip
2026-03-06 10:40 mail #first Ana Ruiz <ana@brook.example> -> reply-2 | re #shown
    Send
2026-03-06 10:50 mail #second Ana Ruiz <ana@brook.example> -> reply-2 | re #shown
    Send
2026-03-06 12:00 end
