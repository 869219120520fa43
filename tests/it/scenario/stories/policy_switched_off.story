The only rule for it goes while it is overdue: nobody hears of it any more.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello Ana, the tap drips. Could you come by?
2026-03-05 09:30 rules
    [[rule]]
    name = "sales only"
    when = { to = "sales@brook.example" }
    before_leaving = true
    escalation = "standard"
    [escalation.standard]
    steps = [ { after = "0m", tell = "supervisor", repeat = "1d" } ]
2026-03-16 12:00 end
