Ana raises a concern in a mail to owed and to Ben: it goes to whoever is above her, and Ben
knows.

2026-03-04 10:00 mail #concern Ana Ruiz <ana@brook.example> -> owed@brook.example, ben@brook.example | Concern: nobody orders seals
    We had none all week.
2026-03-04 10:30 end
