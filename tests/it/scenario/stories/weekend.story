What comes on a Saturday is due before leaving on Monday, and nobody is written
to in between.

2026-03-07 11:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-09 09:30 end
2026-03-09 17:50 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I can come tomorrow at ten if that suits you.
2026-03-10 12:00 end
