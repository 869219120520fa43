Marta was just written to, and gets what else comes together. A concern waits a few minutes
for company, as ever, and no longer than that when something else is held meanwhile; nor is
that held longer for it.

--- rules
[daemon]
storm = 1

[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
]
---
2026-03-04 11:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 11:05 mail #tap2 Kim <kim@customer.example> -> ana@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 17:28 mail #chase Jo Client <jo@customer.example> -> ana@brook.example | re #tap
    This is unacceptable, I have still no answer. I complain.
2026-03-04 17:31 do ana concern - Nobody has looked at the van yet.
2026-03-04 17:33 mail #chase2 Kim <kim@customer.example> -> ana@brook.example | re #tap2
    This is unacceptable, I have still no answer. I complain.
2026-03-04 17:50 end
