Ana has no time today. With one click Jo hears when the answer comes, in her name;
it is due then.

2026-03-04 10:00 mail #quote Jo Client <jo@customer.example> -> ana@brook.example | A quote
    Hello Ana, what would a new boiler cost?
2026-03-04 17:20 do ana tell-when #quote 2026-03-06 15:00
2026-03-06 14:30 sent #done ana@brook.example -> jo@customer.example | re #quote
    Hello Jo, here is the quote: a new boiler costs 2,400 with everything.
2026-03-09 12:00 end
