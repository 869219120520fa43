Whoever hears of a concern presses reply and writes: the words reach the colleague who
raised it, in the answerer's name, and nobody is asked again. What else comes, an automatic
answer of either, is no answer and is not answered.

2026-03-04 09:30 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
    Hello, the tap in the kitchen drips again. Could you come by?
2026-03-04 09:40 do ben claim #tap
2026-03-04 09:45 mail #raised Ana Ruiz <ana@brook.example> -> owed@brook.example | About Jo
    Concern: Jo was promised this twice already.
    Nobody went.
2026-03-04 10:00 auto #away Marta Brook <marta@brook.example> -> reply | re #letter
    I am in a meeting until noon.
2026-03-04 12:10 mail #answer Marta Brook <marta@brook.example> -> reply | re #letter
    Hi Ana,

    thank you for saying it. I have asked Ben to go there this afternoon.

    Marta

    > Ana Ruiz has a concern, and would like your answer.
2026-03-04 12:15 auto #robot Ana Ruiz <ana@brook.example> -> owed@brook.example | re #letter
    I am out of the office today.
2026-03-04 15:00 mail #more Marta Brook <marta@brook.example> -> reply | re #letter
    He has been there. It holds.
2026-03-04 15:30 do ben answered #tap in person
2026-03-05 09:30 end
