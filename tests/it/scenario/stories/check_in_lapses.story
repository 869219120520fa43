Ana does not say that it may be sent: she is shown it once more, and then it is let go.
Of another job she says that nobody needs to ask.

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
2026-03-04 11:00 mail #boiler Kim Hale <kim@house.example> -> help@brook.example | Boiler service
    Could you service our boiler?
2026-03-04 11:40 sent #boiler-answer ana@brook.example -> kim@house.example | re #boiler
    Hello Kim, the boiler is serviced.
2026-03-04 11:50 do ana close #boiler Serviced the boiler
2026-03-06 10:30 do ana skip #boiler Kim was beside me when I tried it
2026-03-06 10:40 do ana send #boiler
2026-03-20 12:00 end
