Friday noon passes without the quote: that is told as what it is.

2026-03-04 10:00 mail #quote Jo Client <jo@customer.example> -> ana@brook.example | A quote
    Hello Ana, what would a new boiler cost?
2026-03-04 11:00 sent #hold ana@brook.example -> jo@customer.example | re #quote
    Hello Jo, you will have the quote by Friday 12:00.
2026-03-06 14:00 sent #done ana@brook.example -> jo@customer.example | re #quote
    Hello Jo, here is the quote, and I am sorry that it is late: 2,400 with everything.
2026-03-09 12:00 end
