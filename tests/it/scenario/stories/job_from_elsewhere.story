Another system tells of jobs: the same reference again puts one right, and one is taken
back. Jo, who never wrote before, answers, and the case is there.

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
2026-03-05 17:00 job 4711 Jo Client <jo@customer.example> ana | Fitted the snik
2026-03-05 17:10 job 4711 Jo Client <jo@customer.example> ana,ben | Fitted the sink
2026-03-05 17:20 job 4712 Kim Hale <kim@house.example> ben | Painted the door
2026-03-05 17:30 unjob 4712 it was another Kim
2026-03-09 10:30 do ana send #4711
2026-03-09 15:00 mail #no Jo Client <jo@customer.example> -> ana@brook.example | Re: Fitted the sink | re #4711
    It does not drain.
2026-03-09 16:00 sent #sorry ana@brook.example -> jo@customer.example | re #no
    Hello Jo, I look at it tomorrow at nine.
2026-03-10 12:00 end
