Ana is away and so is Ben, her deputy; Cleo, his, is reminded, and the due time
is that of Cleo's day.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
]
---
2026-03-04 08:00 away ana 2026-03-04..2026-03-06
2026-03-04 08:01 away ben 2026-03-04..2026-03-04
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-04 17:40 sent #answer cleo@brook.example -> jo@customer.example | re #tap
    Hello Jo, Ana is away this week. I can come tomorrow at ten.
2026-03-05 12:00 end
