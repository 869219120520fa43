An out-of-office answer of ours is no answer.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 10:00 auto #out ana@brook.example -> jo@customer.example | Automatic reply: The tap | re #tap
    I am in a meeting and will read your mail this afternoon.
2026-03-04 17:30 end
