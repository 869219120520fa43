One mail to help@ and sales@ is one case with one owner, however often it comes.

2026-03-04 10:00 mail #tap Jo Client <jo@customer.example> -> help@brook.example, sales@brook.example | A new tap
    Hello, could you send somebody who knows what a new tap costs?
2026-03-04 10:01 again #tap | sales@brook.example
2026-03-04 17:30 end
