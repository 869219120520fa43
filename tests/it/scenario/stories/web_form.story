What a web site generates is owed an answer by rule, to whom it names. Who fills in
a form under Jo's name settles nothing; what the web site tells of itself is filed.

2026-03-04 10:00 form #tap Shop <wordpress@shop.example> -> help@brook.example | [Shop] The tap
    Name: Jo Client
    E-mail: jo@customer.example
    Message: The tap drips. Could you come by?
2026-03-04 10:05 form #news Shop <wordpress@shop.example> -> help@brook.example | [Shop] Updates
    Two plugins were updated.
2026-03-04 15:00 form #solved Shop <wordpress@shop.example> -> help@brook.example | re #tap
    Name: Jo Client
    E-mail: jo@customer.example
    Message: Never mind, I fixed it myself.
2026-03-04 17:50 sent #answer ana@brook.example -> jo@customer.example | re #tap
    I will come by tomorrow at ten.
2026-03-05 12:00 end
