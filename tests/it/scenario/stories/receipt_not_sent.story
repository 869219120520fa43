What a receipt would have said counts only where it was sent: the second of two on one
day is not, neither is one that has become too late while owed was down, and one that is
refused tells nobody. By when they hear is then as open as if nobody had wanted to tell them.

--- rules
[[rule]]
name = "everyone"
before_leaving = true
receipt = true
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
]
---
2026-03-04 09:00 stops
2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:40 mail #roof Jo Client <jo@customer.example> -> help@brook.example | The roof
    And one more thing: could you look at the roof as well?
2026-03-04 10:00 starts
2026-03-04 11:00 do nils claim #tap
2026-03-04 11:00 do nils claim #roof
2026-03-04 13:00 stops
2026-03-04 14:00 mail #door Kim <kim@customer.example> -> ana@brook.example | The door
    Hello Ana, the door sticks. When could you look at it?
2026-03-05 09:30 starts
2026-03-05 10:00 do ana answered #door by phone
2026-03-05 10:30 mail #gate Lee <lee@customer.example> -> ana@brook.example | The gate
    Hello Ana, could you oil the gate?
2026-03-05 11:00 refuses 5.1.1 no such user
2026-03-05 11:00 mail #lock Max <max@customer.example> -> help@brook.example | The lock
    Could you change the lock of the shed?
2026-03-05 11:30 do nils claim #lock
2026-03-05 17:16 do ana answered #gate by phone
2026-03-05 17:30 end
