Ben answered last, and Jo writes to Ana by name: it is Ana who is waited for, and reminded.
Where both are named, or somebody took the case, it is as ever; so it is where the mailbox is
written to as well, and who is named does not serve it.

2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:40 sent #yes ben@brook.example -> jo@customer.example | re #tap
    Hello Jo, we come on Friday at ten.
2026-03-04 10:00 mail #time Jo Client <jo@customer.example> -> ana@brook.example, help@brook.example | re #tap
    Ana, could it be at eleven?
2026-03-04 18:00 sent #eleven ben@brook.example -> jo@customer.example | re #tap
    Hello Jo, eleven it is.
2026-03-05 10:00 mail #price Jo Client <jo@customer.example> -> ana@brook.example, ben@brook.example | re #tap
    And what will it cost?
2026-03-05 11:00 sent #cost ben@brook.example -> jo@customer.example | re #tap
    Hello Jo, forty euros.
2026-03-05 11:30 mail #cash Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    Ana, may I pay in cash?
2026-03-05 11:40 do ben claim #tap
2026-03-05 12:00 sent #ok ben@brook.example -> jo@customer.example | re #tap
    Hello Jo, of course.
2026-03-05 12:10 mail #when Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    Ana, is it still Friday?
2026-03-05 12:20 mail #roof Kim <kim@customer.example> -> help@brook.example, marta@brook.example | The roof
    Could you look at the roof?
2026-03-05 17:30 end
