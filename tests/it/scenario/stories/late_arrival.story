What comes close to closing time is due the next working day, and what came in
time is due today.

2026-03-04 16:00 mail #early Kim Lund <kim@customer.example> -> ana@brook.example | The boiler
    Hello Ana, when can you come to look at the boiler?
2026-03-04 17:30 sent #yes ana@brook.example -> kim@customer.example | re #early
    Hello Kim, I can come on Thursday at ten. Does that suit you?
2026-03-04 17:40 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-05 17:30 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, Ben comes by on Friday at nine.
2026-03-09 12:00 end
