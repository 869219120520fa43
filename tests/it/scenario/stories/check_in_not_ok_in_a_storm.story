So much comes at once that everybody gets summaries. That a job is not OK reaches Ana and
Marta at once all the same, each in a mail of its own, and so does a concern; what time
alone brings is gathered.

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

[check_in]
after = "2d"
at = "10:00"
approval = "standing"
---
2026-03-02 12:00 lets ana
2026-03-02 12:01 job J-1 Jo Client <jo@customer.example> ana | New tap in the kitchen
2026-03-04 11:00 flood 3 -> help@brook.example
2026-03-04 17:20 do ben concern - We have no spare boiler left for the weekend.
2026-03-04 17:28 page #J-1 not-ok It drips, and the floor is wet.
2026-03-04 17:29 do ana concern - Nobody has looked at the van yet.
2026-03-04 17:30 mail #late Kim <kim@customer.example> -> sales@brook.example | Late
    When do you open tomorrow?
2026-03-04 18:20 end
