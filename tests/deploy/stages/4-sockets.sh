# On sockets that systemd holds, and with a secret that only the service is given.

is 'a door with the right token is answered' within curl -sf \
    -H 'Authorization: Bearer open sesame' http://127.0.0.1:8025/api/v1/people/ana/leave
isnt 'with a wrong one it is not' within curl -sf \
    -H 'Authorization: Bearer open barley' http://127.0.0.1:8025/api/v1/people/ana/leave
isnt 'the secret is in no log' journal_says 'open sesame'

within cp /etc/owed/owed.toml /srv/before-sockets.toml
within sed -i s/127.0.0.1:2424/systemd/ /etc/owed/owed.toml
within systemctl stop owed
is 'systemd holds the socket for LMTP' within systemctl start owed-lmtp.socket
printf 'From: Zoe <zoe@customer.example>\nTo: help@brook.example\nSubject: A door\n%s\n' \
    $'Message-ID: <door@customer.example>\n\nDo you sell doors?' |
    within sendmail -f zoe@customer.example help@brook.example
soon 'a mail starts owed' is_owed 'A door'
within systemctl stop owed-lmtp.socket owed
within cp /srv/before-sockets.toml /etc/owed/owed.toml
within systemctl start owed
