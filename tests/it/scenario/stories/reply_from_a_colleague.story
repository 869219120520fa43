Cleo, who does not serve help@, answers: it counts, and the case is hers.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap drips. Could you come by?
2026-03-04 11:00 sent #answer cleo@brook.example -> jo@customer.example | re #tap
    Hello Jo, I can come tomorrow at ten, if that suits you.
2026-03-04 12:00 mail #more Jo Client <jo@customer.example> -> help@brook.example | re #tap
    Could you come at eleven instead?
2026-03-04 17:30 end
