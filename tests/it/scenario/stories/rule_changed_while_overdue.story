The rule that made it overdue gives more time from now on: the due time is given
anew, and who was told stays told.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-05 09:30 rules
    [[rule]]
    name = "relaxed"
    reply_within = "3d"
    escalation = "standard"
    [escalation.standard]
    steps = [
      { before = "45m", tell = "owner" },
      { after = "0m",   tell = "supervisor" },
      { after = "4h",   tell = "supervisor.supervisor", repeat = "1d" },
    ]
2026-03-10 12:00 end
