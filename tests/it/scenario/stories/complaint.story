A complaint is heard of at once.

2026-03-04 10:00 mail #bill Jo Client <jo@customer.example> -> ana@brook.example | The bill
    This is unacceptable. You charged me twice, and I want a refund.
2026-03-04 10:30 sent #sorry ana@brook.example -> jo@customer.example | re #bill
    You are right, Jo, and I am sorry. The second payment went back to you this morning.
2026-03-05 12:00 end
