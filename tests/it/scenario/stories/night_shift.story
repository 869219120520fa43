Nils works from ten in the evening to six in the morning: what comes at three is
due before he goes home at six, and he is reminded in his own night.

2026-03-05 03:00 mail #alarm Jo Client <jo@customer.example> -> nils@brook.example | The alarm
    Nils, the alarm of the pump rings. What shall I do?
2026-03-05 12:00 end
