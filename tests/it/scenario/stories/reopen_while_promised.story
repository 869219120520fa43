A case with an open promise is open: who says so again changes nothing, and it is owed once.

2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> ana@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 10:00 do ana promise #tap 2026-03-06 12:00 on the phone
2026-03-04 10:30 do ana reopen #tap it drips again
2026-03-04 11:00 do ana answered #tap by phone
2026-03-04 11:30 do ana reopen #tap it drips again
2026-03-04 12:00 end
