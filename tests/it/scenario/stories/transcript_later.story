Jo had a receipt in the morning, so that what was said comes when she may have another mail,
the next morning. Kim wants no such mails, and the journal says that she gets none.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
receipt = true
transcript_on_close = true
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
2026-03-04 11:30 job 7 Kim Hale <kim@house.example> ana | Serviced the boiler
2026-03-04 11:31 page #7 stop
2026-03-04 12:00 do ana close #tap
2026-03-05 09:10 mail #boiler Kim Hale <kim@house.example> -> help@brook.example | Boiler
    It makes a noise. Could you come?
2026-03-05 12:00 sent #boiler-answer ana@brook.example -> kim@house.example | re #boiler
    Hello Kim, the noise is gone.
2026-03-05 12:30 do ana close #boiler
2026-03-06 12:00 end
