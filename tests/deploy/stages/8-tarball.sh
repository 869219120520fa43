# The second way: the tarball and its script, on the same machine.

within tar -C /srv -xzf "/srv/${tarball##*/}"
unpacked=/srv/$(basename "$tarball" .tar.gz)
is 'the tarball is installed' within "$unpacked/install.sh"
is 'its configuration says what to do first' within grep -q 'owed init' /etc/owed/owed.toml
is 'owed init fills it in' within owed init --organisation 'Brook & Sons' \
    --domain brook.example --time-zone Europe/Lisbon \
    --person 'Marta Brook <marta@brook.example>' --person 'Ana Ruiz <ana@brook.example>' \
    --mailbox help@brook.example --authserv-id mx.brook.example --smtp localhost
is 'it starts' within systemctl enable --now owed
is 'doctor finds all well' within owed doctor --send-test marta@brook.example
soon 'and its mail arrives' mailbox_has marta 'mails reach you'
is 'it is removed' within "$unpacked/install.sh" --remove
isnt 'nothing runs' within pgrep -x owed
is 'what it knew is kept' within test -s /var/lib/owed/owed.db
