A repair takes long, and the rule wants Jo to hear of it every other day.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
keep_informed = "2d"
resolve_within = "10d"
close_after_quiet = "5d"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
]
---
2026-03-04 10:00 mail #boiler Jo Client <jo@customer.example> -> ana@brook.example | The boiler
    Hello Ana, the boiler is broken. Can you repair it?
2026-03-04 11:00 sent #part ana@brook.example -> jo@customer.example | re #boiler
    Hello Jo, I have ordered the part and will let you know as soon as it is here.
2026-03-06 10:30 sent #late ana@brook.example -> jo@customer.example | re #boiler
    Hello Jo, the part is late. It should be here on Tuesday.
2026-03-10 10:00 sent #done ana@brook.example -> jo@customer.example | re #boiler
    Hello Jo, the boiler works again. It was good to see you.
2026-03-10 10:05 do ana close #boiler repaired the boiler
2026-03-20 12:00 end
