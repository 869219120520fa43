Two concerns in one mail: their words stand in it, and a line with the number of one says
whose the answer is.

2026-03-04 09:45 do ana concern - The boiler for Thursday has not come.
2026-03-04 09:46 do ben concern - The van is still at the garage.
2026-03-04 10:00 mail #which Marta Brook <marta@brook.example> -> reply | re #letter
    I have called them both.
2026-03-04 10:10 mail #one Marta Brook <marta@brook.example> -> reply | re #letter
    OW-9Y1A-5
    It comes tonight.
2026-03-04 18:30 end
