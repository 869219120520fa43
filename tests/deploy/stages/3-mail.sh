# A customer writes, nobody answers, and the supervisor hears of it in their mailbox.

within systemctl start owed
for time in once 'and once more'; do
    is "Postfix is told of owed, $time" within /usr/share/doc/owed/deploy/postfix/install brook.example
done
within postfix reload
printf 'From: Jo <jo@customer.example>\nTo: help@brook.example\nSubject: A leak\n%s\n' \
    $'Message-ID: <leak@customer.example>\n\nWhen can you come and look at our tap?' |
    within sendmail -f jo@customer.example help@brook.example
soon 'the mail is in its own mailbox' mailbox_has ana 'A leak'
soon 'an answer is owed' is_owed 'A leak'
soon 'an escalation arrives in the supervisor’s mailbox' \
    mailbox_has marta 'Auto-Submitted: auto-generated'
is 'and says whose words it is about' mailbox_has marta 'look at our tap'
soon 'nothing waits in the queue of Postfix' within sh -c 'mailq | grep -q "is empty"'
