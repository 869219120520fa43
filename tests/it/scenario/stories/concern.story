Somebody here thinks that something is going wrong. Whoever is above it owes them an
answer, and hears of it at once; whom it is about does not hear of it from owed.

2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:40 do ben claim #tap
2026-03-04 09:45 do ana concern #tap Jo was promised this twice already, and nobody went.
2026-03-04 10:00 do marta concern - We have no spare boiler left for the weekend.
2026-03-05 09:30 end
