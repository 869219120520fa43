A mail to the supplier and a note to a colleague are no answers to Jo.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 11:00 sent #parts ana@brook.example -> parts@supplier.example | re #tap
    Do you have seals for a Blom tap in stock?
2026-03-04 11:10 sent #note ana@brook.example -> ben@brook.example | re #tap
    Ben, could you bring the seals tomorrow?
2026-03-04 17:30 end
