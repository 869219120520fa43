Three people wait for Ana when her day is nearly over, one of them since yesterday:
one mail says so, and what she leaves behind goes to Marta.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
escalation = "late"

[escalation.late]
steps = [ { after = "4h", tell = "supervisor" } ]
---
2026-03-03 17:50 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 10:00 mail #boiler Kim Lund <kim@customer.example> -> ana@brook.example | The boiler
    Hello Ana, when can you come to look at the boiler?
2026-03-04 11:00 mail #roof Lee Moss <lee@customer.example> -> ana@brook.example | The roof
    Hello Ana, the roof leaks. Could you come?
2026-03-04 17:45 sent #yes ana@brook.example -> lee@customer.example | re #roof
    Hello Lee, I can come on Monday at ten, if that suits you.
2026-03-04 19:00 end
