Jo asks again, and again, and again: the clock stays where it was, and each time
the case moves up a step.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 11:00 mail #first Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    Any news on this?
2026-03-04 14:00 mail #second Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    I am still waiting for an answer.
2026-03-04 15:00 mail #third Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    This is the third time I am asking. When can I expect a reply?
2026-03-04 15:30 sent #answer ana@brook.example -> jo@customer.example | re #tap
    I am sorry, Jo. I can be with you at five today. Does that suit you?
2026-03-05 12:00 end
