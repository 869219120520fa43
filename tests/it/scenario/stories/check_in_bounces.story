The question does not arrive: it ends there, and the next job of the same contact is not
asked about either. Who writes again can be reached again.

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
2026-03-04 10:40 sent #tap-answer ana@brook.example -> jo@customer.example | re #tap
    Hello, it is done: the seal was worn, and I put in a new one.
2026-03-04 10:50 do ana close #tap Repaired the kitchen tap
2026-03-06 11:29 refuses 5.1.1 no such user
2026-03-06 11:30 do ana send #tap
2026-03-09 10:00 job 4711 Jo Client <jo@customer.example> ana | Fitted the new sink
2026-03-16 10:00 mail #back Jo Client <jo@customer.example> -> help@brook.example | The shower
    My mail works again. Could somebody look at the shower?
2026-03-16 11:00 sent #shower ana@brook.example -> jo@customer.example | re #back
    Hello Jo, the shower is repaired.
2026-03-16 11:10 do ana close #back Repaired the shower
2026-03-18 10:30 do ana skip #back
2026-03-18 12:00 end
