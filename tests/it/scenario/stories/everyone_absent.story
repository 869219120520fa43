Nobody of the office is here, and the last resort hears of what is overdue.

2026-03-04 08:00 away ana 2026-03-04..2026-03-06
2026-03-04 08:00 away ben 2026-03-04..2026-03-06
2026-03-04 08:00 away cleo 2026-03-04..2026-03-06
2026-03-04 08:00 away marta 2026-03-04..2026-03-06
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap drips. Could you come by?
2026-03-05 12:00 end
