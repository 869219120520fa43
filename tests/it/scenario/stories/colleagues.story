A colleague is a customer too, where a rule says so.

--- rules
[[rule]]
name = "colleagues"
when = { internal = true, to = "help@brook.example" }
before_leaving = true
escalation = "standard"

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
2026-03-04 10:00 mail #van Cleo Fenn <cleo@brook.example> -> help@brook.example | The van
    Could one of you tell me when the van is free this week?
2026-03-04 10:20 do ana claim #van
2026-03-04 10:30 do ana tell-when #van 2026-03-06 15:00
2026-03-04 17:30 end
2026-03-05 09:30 end
