owed is down for nine days. What fell due meanwhile comes as one honest mail for
each reader, and what was answered meanwhile is not in it.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 10:30 mail #boiler Kim Lund <kim@customer.example> -> ana@brook.example | The boiler
    Hello Ana, when can you come to look at the boiler?
2026-03-04 11:00 mail #roof Lee Moss <lee@customer.example> -> ben@brook.example | The roof
    Hello Ben, the roof leaks. Could you come?
2026-03-04 12:00 stops
2026-03-05 10:00 sent #yes ana@brook.example -> kim@customer.example | re #boiler
    Hello Kim, I can come on Friday at ten, if that suits you.
2026-03-06 11:00 mail #door Max Penn <max@customer.example> -> ana@brook.example | The door
    Hello Ana, the door sticks. What would it cost to repair it?
2026-03-13 12:00 starts
2026-03-13 15:00 end
