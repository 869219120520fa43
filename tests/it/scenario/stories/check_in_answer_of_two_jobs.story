Jo is asked about one job of a case while another is still to be asked about. The answer by
mail is about the one that was asked, and a word on its page is, too; then nobody asks about
the other, since the case is open again.

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
2026-03-04 11:00 sent #answer ana@brook.example -> jo@customer.example | re #tap
    Hello Jo, it is done: the seal was worn, and I put in a new one.
2026-03-04 16:00 job 51 #tap ana | Repaired the tap
2026-03-06 10:10 do ana send #tap
2026-03-06 11:00 job 52 #tap ana | Fitted a new sink
2026-03-06 15:00 mail #fine Jo Client <jo@customer.example> -> help@brook.example | re #tap
    Yes, all fine, thanks!
2026-03-09 11:00 page 51 not-ok It leaks after all.
2026-03-09 12:00 end
