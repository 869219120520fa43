Marta's mailbox refuses the escalation, and the next above hears of it.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 17:50 refuses 5.2.2 mailbox full
2026-03-05 09:30 end
