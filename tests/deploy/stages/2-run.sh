# Started, reloaded, killed, hung, stopped.

within cp /srv/owed.toml /etc/owed/owed.toml
echo 'open sesame' | within tee /etc/owed/credentials/door >"$work/log"
within mkdir -p /etc/systemd/system/owed.service.d
printf '[Service]\nWatchdogSec=3s\n' >"$root/etc/systemd/system/owed.service.d/quick.conf"
within systemctl daemon-reload

is 'it starts, and is ready when start returns' within systemctl enable --now owed
is 'commands are answered' within owed list
is 'doctor finds all well' within owed doctor
is 'its units are sound' \
    within systemd-analyze verify --man=no owed.service owed-lmtp.socket owed-web.socket
is 'its exposure is as promised' \
    within systemd-analyze security --threshold=12 --no-pager owed

# Operators: they may ask and tell owed, and neither read nor write what it keeps.
within useradd --groups owed olga
as() { within runuser --user "$1" -- "${@:2}"; }
is 'an operator may ask' as olga owed list
is 'and read the configuration' as olga test -r /etc/owed/owed.toml
isnt 'but not write it' as olga test -w /etc/owed/owed.toml
for path in /var/lib/owed /var/lib/owed/owed.db /etc/owed/credentials/door; do
    isnt "nor read $path" as olga test -r "$path"
    isnt "nor write $path" as olga test -w "$path"
done
isnt 'nobody else may ask' as ana owed list

pid=$(property MainPID)
within sed -i 's/2s elapsed/1s elapsed/' /etc/owed/owed.toml
is 'a good configuration is taken' within systemctl reload owed
within sed -i 's/supervisor = "004"/supervisor = "005"/' /etc/owed/owed.toml
isnt 'a bad one is refused' within systemctl reload owed
is 'and why is in the journal' journal_says 'there is no person "005"'
is 'the old one goes on' runs
is 'in the same process' [ "$(property MainPID)" = "$pid" ]
within sed -i 's/supervisor = "005"/supervisor = "004"/' /etc/owed/owed.toml

within kill -KILL "$pid"
soon 'killed, it is back' runs_anew "$pid"
pid=$(property MainPID)
within kill -STOP "$pid"
soon 'hung, the watchdog brings it back' runs_anew "$pid"
is 'the journal says that it was the watchdog' journal_says 'Watchdog timeout'

is 'it stops' within systemctl stop owed
is 'of its own accord' [ "$(property Result) $(property ExecMainStatus)" = 'success 0' ]
