Whom nobody asks, each for a reason of its own: Jo says that all is well before anybody asks,
and Rae has said so before the job was closed; Kim has another case open, Lee was asked about
another job, nobody reads the address of the shop, Nils is one of us, and Pat writes again.

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
2026-03-04 14:00 mail #roof Rae Finn <rae@barn.example> -> help@brook.example | A hole in the roof
    Could you look at a hole in our roof?
2026-03-04 15:00 sent #roof-answer ana@brook.example -> rae@barn.example | re #roof
    Hello Rae, the hole is closed.
2026-03-04 15:10 mail #roof-thanks Rae Finn <rae@barn.example> -> help@brook.example | re #roof
    Thanks Ana, that's great, all good now!
2026-03-04 15:20 do ana close #roof Closed the hole in the roof
2026-03-05 11:00 mail #shed Pat Dow <pat@yard.example> -> help@brook.example | The shed
    Could you mend the door of the shed?
2026-03-05 12:00 sent #shed-answer ana@brook.example -> pat@yard.example | re #shed
    Hello Pat, the door is mended.
2026-03-05 12:10 do ana close #shed Mended the door of the shed
2026-03-06 09:55 mail #radiator Kim Hale <kim@house.example> -> help@brook.example | A radiator
    Another thing: could you look at a radiator, please?
2026-03-06 11:00 sent #radiator-answer ana@brook.example -> kim@house.example | re #radiator
    Hello Kim, Ben comes on Monday.
2026-03-06 13:40 job 11 Lee Marsh <lee@farm.example> ana | Laid the drain
2026-03-06 13:46 job 13 The shop <noreply@shop.example> ana | Fitted the till
2026-03-06 13:47 job 14 Nils Amar <nils@brook.example> ana | Moved the desk
2026-03-06 16:00 mail #pay Pat Dow <pat@yard.example> -> help@brook.example | re #shed
    What do I owe you?
2026-03-06 17:00 sent #owe ana@brook.example -> pat@yard.example | re #shed
    Hello Pat, the bill is on its way.
2026-03-10 10:20 do ana send #11
2026-03-10 10:30 job 16 Lee Marsh <lee@farm.example> ana | Laid the second drain
2026-03-12 12:00 end
