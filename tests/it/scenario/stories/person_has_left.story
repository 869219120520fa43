Ben has a case, and is late; then he leaves the company. Once the configuration says so,
whoever is responsible now hears of it, and what comes next in the case is not his.

2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:35 mail #roof Kim <kim@customer.example> -> ben@brook.example | The roof
    Hello Ben, could you look at the roof?
2026-03-04 09:40 do ben claim #tap
2026-03-04 09:45 do ana offer #tap ben
2026-03-05 10:00 without ben
2026-03-05 11:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, we come on Friday.
2026-03-05 11:30 mail #thanks Jo Client <jo@customer.example> -> help@brook.example | re #tap
    And at what time?
2026-03-05 12:00 end
