Whom nobody asks, each for a reason of its own: Jo has said already that all is well, Kim
has another case open, Lee was asked about another job, Max wants no such mails, nobody reads
the address of the shop, Nils is one of us, and Pat writes again before the day.

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
    Hello Jo, it is done.
2026-03-04 10:50 do ana close #tap Repaired the kitchen tap
2026-03-04 11:30 mail #thanks Jo Client <jo@customer.example> -> help@brook.example | re #tap
    Thank you Ana, all fine now!
2026-03-04 12:00 mail #boiler Kim Hale <kim@house.example> -> help@brook.example | Boiler service
    Could you service our boiler?
2026-03-04 12:40 sent #boiler-answer ana@brook.example -> kim@house.example | re #boiler
    Hello Kim, the boiler is serviced.
2026-03-04 12:50 do ana close #boiler Serviced the boiler
2026-03-06 09:55 mail #radiator Kim Hale <kim@house.example> -> help@brook.example | A radiator
    Another thing: could you look at a radiator, please?
2026-03-06 11:00 sent #radiator-answer ana@brook.example -> kim@house.example | re #radiator
    Hello Kim, Ben comes on Monday.
2026-03-06 13:40 job 11 Lee Marsh <lee@farm.example> ana | Laid the drain
2026-03-06 13:45 job 12 Max Orr <max@mill.example> ana | Sealed the roof
2026-03-06 13:46 job 13 The shop <noreply@shop.example> ana | Fitted the till
2026-03-06 13:47 job 14 Nils Amar <nils@brook.example> ana | Moved the desk
2026-03-06 13:50 job 15 Pat Dow <pat@yard.example> ana | Cleared the gutter
2026-03-09 16:00 mail #gutter Pat Dow <pat@yard.example> -> ana@brook.example | Cleared the gutter
    Hello Ana, what do I owe you?
2026-03-09 17:00 sent #owe ana@brook.example -> pat@yard.example | re #gutter
    Hello Pat, the bill is on its way.
2026-03-10 10:30 job 16 Lee Marsh <lee@farm.example> ana | Laid the second drain
2026-03-20 12:00 end
