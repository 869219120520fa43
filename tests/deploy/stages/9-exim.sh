# On the same machine with an Exim in the place of Postfix, by the files in deploy/exim.

within systemctl stop postfix dovecot
is 'apt puts Exim in the place of Postfix' within env DEBIAN_FRONTEND=noninteractive \
    sh -c 'apt-get install -y --no-install-recommends /srv/exim/*.deb'
within tee /etc/exim4/update-exim4.conf.conf >"$work/log" <<'END'
dc_eximconfig_configtype='local'
dc_other_hostnames='brook.example'
dc_local_interfaces='127.0.0.1'
dc_use_split_config='true'
dc_localdelivery='maildir_home'
END
cp deploy/exim/100_exim4-config_owed "$root/etc/exim4/conf.d/router/"
cp deploy/exim/30_exim4-config_owed "$root/etc/exim4/conf.d/transport/"
is 'Exim takes our files' within update-exim4.conf
is 'and starts with them' within systemctl restart exim4

within rm -r /etc/owed /var/lib/owed
is 'apt installs owed anew' \
    within apt-get install -y --no-install-recommends "/srv/${first##*/}"
within cp /srv/owed.toml /etc/owed/owed.toml
echo 'open sesame' | within tee /etc/owed/credentials/door >"$work/log"
is 'owed starts behind it' within systemctl start owed
printf 'From: Max <max@customer.example>\nTo: help@brook.example\nSubject: A stove\n%s\n' \
    $'Message-ID: <stove@customer.example>\n\nDoes this stove burn peat?' |
    within sendmail -f max@customer.example help@brook.example
soon 'the mail is in its own mailbox' mailbox_has ana 'A stove'
soon 'its copy is with owed' is_owed 'A stove'
soon 'an escalation arrives in the supervisor’s mailbox' mailbox_has marta 'this stove burn'
