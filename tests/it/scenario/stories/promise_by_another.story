Ben promises in a case of Ana's: whoever promises answers, so it is his from then on, and
Ana hears of that, once.

2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:40 mail #roof Kim <kim@customer.example> -> ana@brook.example | The roof
    Hello Ana, could you look at the roof?
2026-03-04 10:00 do ben promise #tap 2026-03-06 12:00 on the phone
2026-03-04 10:30 do ben promise #tap 2026-03-06 13:00 on the phone
2026-03-04 11:00 do ana promise #roof 2026-03-06 12:00 on the phone
2026-03-04 11:30 sent #soon ben@brook.example -> kim@customer.example | re #roof
    Hello Kim, I have the ladder, and will let you know by Thursday noon.
2026-03-04 12:00 end
