Nobody is above Marta, so her concern is the last resort's to answer: an address that is
nobody's. Who reads it answers as everybody does.

2026-03-04 10:00 do marta concern - We have no spare boiler left for the weekend.
2026-03-04 10:30 mail #order owner@brook.example -> reply | re #letter
    take
2026-03-05 09:00 mail #answer owner@brook.example -> reply | re #letter
    Order one, please. I sign for it.
2026-03-06 09:30 end
