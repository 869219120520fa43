Ana asks in her own words. Jo says nothing and is asked once more, gently, and never after
that. Weeks later something is wrong after all, and that is heard.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
  { after = "4h",   tell = "supervisor.supervisor", repeat = "1d" },
]

[check_in]
after = "2d"
at = "10:00"
---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 10:40 sent #tap-answer ana@brook.example -> jo@customer.example | re #tap
    Hello, it is done: the seal was worn, and I put in a new one.
2026-03-04 10:50 do ana close #tap Repaired the kitchen tap
2026-03-06 11:30 do ana send #tap Hello Jo, does the new seal hold? Ana
2026-04-02 09:30 mail #late Jo Client <jo@customer.example> -> help@brook.example | re #tap
    Unfortunately it drips again.
2026-04-02 10:30 sent #sorry ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I come by this afternoon.
2026-04-02 12:00 end
