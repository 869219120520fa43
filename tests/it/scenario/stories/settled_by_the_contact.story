Jo solves it without us: nothing is owed any more.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 15:00 mail #solved Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    Never mind, I fixed it myself.
2026-03-05 12:00 end
