# Behind a Dovecot: its sieve script gives owed the copies where Postfix is not ours to
# change, mbsync brings a mailbox into Maildirs that owed watches, and fetchmail hands it one.

dovecot_has() { grep -rqF -- "$2" "$root/srv/mail/$1/new"; }

within install -d -o mail -g mail /srv/mail
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=imap.brook.example \
    -addext 'subjectAltName = DNS:imap.brook.example, DNS:pop.brook.example' \
    -keyout "$root/etc/ssl/owed/imap-key.pem" -out "$root/etc/ssl/owed/imap.pem" 2>"$work/log"
cp tests/deploy/dovecot.conf "$root/etc/dovecot/"
cp deploy/dovecot/90-owed.conf "$root/etc/dovecot/conf.d/"
mkdir "$root/etc/dovecot/sieve"
cp deploy/dovecot/owed.sieve "$root/etc/dovecot/sieve/"
is 'Dovecot takes our script' within sievec /etc/dovecot/sieve/owed.sieve
is 'and our file' within systemctl start dovecot

# Who has logged in is vouched for, and who only says so is not.
within postconf -M 'submission/inet=submission inet n - y - - smtpd'
for setting in type=dovecot path=private/auth auth_enable=yes; do
    within postconf -P "submission/inet/smtpd_sasl_$setting"
done
within postfix reload
submit() {
    within curl --silent --url "smtp://127.0.0.1:$1" "${@:2}" --mail-from ana@brook.example \
        --upload-file -
}
answer() {
    printf 'From: Ana <ana@brook.example>\nTo: %s@customer.example\nSubject: Re: %s\n' "$1" "$2"
    printf 'Message-ID: <%s>\nIn-Reply-To: <%s@customer.example>\n' "$RANDOM@brook.example" "$3"
    printf '%s\n\nYes, come and see.\n' "${4:-Precedence: first-class}"
}
is_answered() { within owed list >"$work/list" && ! grep -qF -- "$1" "$work/list"; }
is 'Postfix is told to vouch' within /usr/share/doc/owed/deploy/postfix/vouch mx.brook.example
within postfix reload
answer jo 'A leak' leak 'Authentication-Results: mx.brook.example; dmarc=pass header.from=brook.example' |
    submit 25 --mail-rcpt help@brook.example
leak=$(within owed list | awk '/A leak/ { print $1 }')
is_forged() { within owed show "$leak" | grep -q 'not vouched for'; }
soon 'a forged answer is seen' is_forged
is 'and answers nothing' is_owed 'A leak'
answer zoe 'A door' door |
    submit 587 --user ana@brook.example:correct-horse --mail-rcpt zoe@customer.example
soon 'an answer of who has logged in counts' is_answered 'A door'

copies=$(within postconf recipient_bcc_maps sender_bcc_maps)
within postconf -e recipient_bcc_maps= sender_bcc_maps= mailbox_transport=lmtp:inet:127.0.0.1:24
within postfix reload
printf 'From: Kim <kim@customer.example>\nTo: help@brook.example\nSubject: A hose\n%s\n' \
    $'Message-ID: <hose@customer.example>\n\nWhich hose fits our tap?' |
    within sendmail -f kim@customer.example help@brook.example
soon 'a mail is in a mailbox of Dovecot' dovecot_has ana 'A hose'
soon 'its copy is with owed' is_owed 'A hose'
soon 'the escalation is in a mailbox of Dovecot' dovecot_has marta 'Which hose fits'
within postconf -X mailbox_transport
while read -r line; do within postconf -e "$line"; done <<<"$copies"
within postfix reload

cp "$root/etc/ssl/owed/imap.pem" "$root/usr/local/share/ca-certificates/imap.crt"
within update-ca-certificates >"$work/log" 2>&1
echo 127.0.0.1 imap.brook.example pop.brook.example >>"$root/etc/hosts"
mkdir "$root/etc/mbsync"
cp deploy/mbsync/mbsyncrc "$root/etc/mbsync/"
cp deploy/mbsync/owed-fetch.* "$root/etc/systemd/system/"
echo correct-horse >"$root/etc/mbsync/help"
within systemctl daemon-reload
printf 'From: Lee <lee@customer.example>\nTo: help@brook.example\nSubject: A roof\n%s\n' \
    $'Message-ID: <roof@customer.example>\n\nCan you mend our roof?' |
    within doveadm save -u help
is 'mbsync fetches a mailbox' within systemctl start owed-fetch
printf '\n[intake.maildir]\npaths = [%s]\n' \
    '"/var/lib/owed/mail/help/INBOX", "/var/lib/owed/mail/help/Sent"' |
    within tee -a /etc/owed/owed.toml >"$work/log"
is 'owed watches its folders' within systemctl reload owed
soon 'what was fetched is owed' is_owed 'A roof'
printf 'From: Ana <ana@brook.example>\nTo: lee@customer.example\nSubject: Re: A roof\n%s\n%s\n' \
    $'Message-ID: <mended@brook.example>\nIn-Reply-To: <roof@customer.example>' \
    $'\nYes, we can do that on Monday.' |
    within doveadm save -u help -m Sent
is 'mbsync fetches what was sent' within systemctl start owed-fetch
soon 'the answer in it counts' is_answered 'A roof'

install -D -m 600 deploy/fetchmail/fetchmailrc "$root/etc/fetchmail/help"
sed -i 's/"the password"/"correct-horse"/' "$root/etc/fetchmail/help"
cp deploy/fetchmail/owed-fetchmail.* "$root/etc/systemd/system/"
within systemctl daemon-reload
printf 'From: Mia <mia@customer.example>\nTo: help@brook.example\nSubject: A gutter\n%s\n' \
    $'Message-ID: <gutter@customer.example>\n\nCan you mend our gutter?' |
    within doveadm save -u help
is 'fetchmail hands a mailbox over' within systemctl start owed-fetchmail
soon 'what it handed over is owed' is_owed 'A gutter'
is 'and what both brought is one mail' is_answered 'A roof'
is 'where nothing is new, nothing is wrong' within systemctl start owed-fetchmail
unread() { [ "$(within doveadm search -u help mailbox INBOX unseen subject gutter | wc -l)" = 1 ]; }
is 'the mailbox has it still, unread' unread
within systemctl stop dovecot
