A concern that is raised in the evening reaches Marta when she is next at work. The last
resort is an address alone, whose hours nobody knows: the office's count for it.

2026-03-04 20:00 do ana concern - The boiler for Thursday has not come.
2026-03-04 20:10 do marta concern - We have no spare boiler left.
2026-03-05 18:30 end
