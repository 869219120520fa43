An answer that did not arrive is no answer: what it met is owed again, and what it promised
was promised to nobody. One that still reached whoever waits, or was not the last word,
changes nothing when it comes back. Whose time has passed meanwhile gets it anew.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. When could you come by?
2026-03-04 10:20 sent #promise ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I will tell you by Friday noon.
2026-03-04 10:21 bounce #promise jo@customer.example
2026-03-04 11:00 sent #again ana@brook.example -> jo@customer.example, kim@customer.example | re #tap
    Hello Jo, we come on Monday at nine. Please let us in.
2026-03-04 11:01 bounce #again kim@customer.example
2026-03-04 11:05 bounce #promise jo@customer.example
2026-03-04 12:00 do ana close #tap Looked at the tap
2026-03-05 09:30 bounce #again jo@customer.example
2026-03-05 19:00 end
