Ben asks Ana to take a case, Ana cannot, and it stays Ben's.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap drips. Could you come by?
2026-03-04 10:10 do ben claim #tap
2026-03-04 11:00 do ben offer #tap ana
2026-03-04 11:20 do ana refuse #tap I am out with customers all day
2026-03-04 11:30 do ana accept #tap
2026-03-04 18:00 end
