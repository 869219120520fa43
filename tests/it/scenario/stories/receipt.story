Who begins a case hears at once that it has arrived, who has it and until when: once a
day, never because of a machine, and never where nobody vouches for who wrote. What they
were told holds, whoever answers in the end.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
receipt = true
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
]
---
2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:50 mail #roof Jo Client <jo@customer.example> -> help@brook.example | The roof
    And one more thing: could you look at the roof as well?
2026-03-04 10:00 auto #away Kim <kim@customer.example> -> help@brook.example | Out of office
    I am on holiday until Monday.
2026-03-04 10:05 form #desk Desk <support@desk.example> -> help@brook.example | Your order
    ##- Please type your reply above this line -##

    Could you send us the serial number?
2026-03-04 10:06 mail #scan Scan <scanner@copier.example> -> help@brook.example | Scan
    Could you open the attached document?
2026-03-04 10:10 mail #van Cleo Fenn <cleo@brook.example> -> help@brook.example | The van
    When is the van free?
2026-03-04 10:20 mail #dach Lena Holz <lena@kunde.example> -> ana@brook.example | Das Dach
    Guten Tag, das Dach ist undicht. Wann könnten Sie vorbeikommen? Viele Grüße, Lena Holz
2026-03-04 11:00 do nils claim #tap
2026-03-04 11:10 sent #answer ana@brook.example -> lena@kunde.example | re #dach
    Guten Tag Frau Holz, ich komme am Freitag um 10 Uhr.
2026-03-04 11:20 mail #danke Lena Holz <lena@kunde.example> -> ana@brook.example | re #dach
    Und wie lange dauert das?
2026-03-05 09:00 end
