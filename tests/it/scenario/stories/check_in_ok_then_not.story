Jo clicks that all is well, sees that it is not, and says so: Ana hears of the second word
alone. What Jo says on the page for good reaches her too, once she is at work.

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
2026-03-04 16:00 do ana close #tap Repaired the kitchen tap
2026-03-06 11:30 do ana send #tap
2026-03-06 15:00 page #tap ok
2026-03-06 15:05 page #tap not-ok Sorry, it drips again.
2026-03-06 15:30 sent #sorry ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I come by this evening.
2026-03-06 16:00 do ana close #tap Put in another seal
2026-03-10 11:30 do ana send #tap
2026-03-10 21:00 page #tap ok It is dry now, thank you Ana!
2026-03-11 12:00 end
