Five hundred people write at once, and nobody of them is answered: the office hears
of all of them in a handful of mails.

2026-03-04 10:00 flood 500 -> help@brook.example
2026-03-05 09:30 end
