The ladder tells only those above; that a job is not OK is told to Ana as well, at once,
or when she is next at work.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { after = "0m",   tell = "supervisor" },
  { after = "4h",   tell = "supervisor.supervisor", repeat = "1d" },
]

[check_in]
after = "2d"
at = "10:00"
---
2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | Kitchen tap drips
    Hello, the tap in our kitchen drips. Could somebody come and look at it?
2026-03-04 11:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done: the seal was worn, and I put in a new one.
2026-03-04 16:00 do ana close #tap Repaired the kitchen tap
2026-03-06 11:30 do ana send #tap
2026-03-06 15:00 mail #leaks Jo Client <jo@customer.example> -> help@brook.example | re #tap
    No, it still leaks. The floor is wet again.
2026-03-06 16:30 sent #sorry ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I am sorry. I come by this evening and stay until it is dry.
2026-03-06 17:00 do ana close #tap Put in another seal
2026-03-10 11:00 do ana send #tap
2026-03-10 19:30 mail #again Jo Client <jo@customer.example> -> help@brook.example | re #tap
    No, it is leaking again.
2026-03-11 09:30 sent #sorry2 ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, I am on my way.
2026-03-12 12:00 end
