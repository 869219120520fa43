The answer to a concern that does not arrive has not been given: it is owed again.

2026-03-04 09:45 do ana concern - The boiler for Thursday has not come.
2026-03-04 09:55 refuses 5.2.2 mailbox full
2026-03-04 10:00 mail #answer Marta Brook <marta@brook.example> -> reply | re #letter
    It comes tonight.
2026-03-04 18:30 end
