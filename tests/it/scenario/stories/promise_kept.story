"You will have it by Friday noon" is an answer, and a deadline: Ana is reminded of
it, a thank-you changes nothing, and the quote on Friday keeps it.

2026-03-04 10:00 mail #quote Jo Client <jo@customer.example> -> ana@brook.example | A quote
    Hello Ana, what would a new boiler cost?
2026-03-04 11:00 sent #hold ana@brook.example -> jo@customer.example | re #quote
    Hello Jo, you will have the quote by Friday 12:00.
2026-03-04 11:30 mail #thanks Jo Client <jo@customer.example> -> ana@brook.example | re #quote
    Thanks, looking forward to it!
2026-03-06 11:30 sent #done ana@brook.example -> jo@customer.example | re #quote
    Hello Jo, here is the quote: a new boiler costs 2,400 with everything.
2026-03-09 12:00 end
