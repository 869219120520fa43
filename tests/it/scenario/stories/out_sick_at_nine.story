Ana's mail came yesterday evening; at nine she calls in sick. What she owes is
asked of Ben, her deputy.

2026-03-03 17:50 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 09:00 away ana 2026-03-04..2026-03-04
2026-03-04 17:30 sent #answer ben@brook.example -> jo@customer.example | re #tap
    Hello Jo, Ana is ill today. I can come tomorrow at ten, if that suits you.
2026-03-05 12:00 end
