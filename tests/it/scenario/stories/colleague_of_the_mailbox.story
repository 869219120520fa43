Ana serves a mailbox, and asks it something herself: it is Ben who is reminded, and never
she who waits. Neither is Ben of his own question, when he stands in for who would answer it.

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
2026-03-04 10:00 mail #van Ana Ruiz <ana@brook.example> -> help@brook.example | The van
    Who has the key of the van? I need it on Thursday.
2026-03-04 18:20 mail #key Ben Ode <ben@brook.example> -> help@brook.example | The key
    Who has the key of the shed?
2026-03-04 18:30 away ana 2026-03-05..2026-03-05
2026-03-05 17:50 end
