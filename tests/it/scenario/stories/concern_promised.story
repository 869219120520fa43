A word on when the answer comes is an answer to a concern, too, and is kept in mind. Orders
in answer to the same mail are orders; words below them are not passed on.

2026-03-04 09:45 do ana concern - The boiler for Thursday has not come.
2026-03-04 10:10 mail #holding Marta Brook <marta@brook.example> -> reply | re #letter
    I will let you know by tomorrow at noon.
2026-03-05 12:30 mail #asked Marta Brook <marta@brook.example> -> reply | re #letter
    give cleo

    She knows the supplier.
2026-03-05 12:40 mail #taken Cleo Fenn <cleo@brook.example> -> reply | re #letter
    accept
2026-03-05 14:00 mail #kept Cleo Fenn <cleo@brook.example> -> reply | re #letter
    It comes on Friday at eight, Ana. I called them.
2026-03-06 09:30 end
