Marta, who is above everybody, asks the mailbox something: when nobody answers, whoever is above
her is told, and not she who waits.

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
2026-03-04 10:00 mail #van Marta Brook <marta@brook.example> -> help@brook.example | The van
    Who has the key of the van? I need it on Thursday.
2026-03-05 12:00 end
