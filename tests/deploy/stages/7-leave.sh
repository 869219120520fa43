# Copied and brought back, upgraded, removed, purged.

is 'what it knows is copied while it runs' within owed backup /srv/copy.db
within systemctl stop owed
within sh -c 'rm /var/lib/owed/owed.db*'
within install -o owed -g owed -m 600 /srv/copy.db /var/lib/owed/owed.db
within systemctl start owed
is 'and brought back' is_owed 'A leak'

pid=$(property MainPID)
is 'apt upgrades the package' \
    within apt-get install -y --no-install-recommends "/srv/${second##*/}"
soon 'the new one runs' runs_anew "$pid"
is 'the configuration stays' within grep -q 'Brook' /etc/owed/owed.toml
is 'and what it knew' is_owed 'A leak'

is 'apt removes the package' within apt-get remove -y owed
isnt 'nothing runs' within pgrep -x owed
is 'what it knew is kept' within test -s /var/lib/owed/owed.db
is 'apt purges the package' within apt-get purge -y owed
within rm -r /etc/systemd/system/owed.service.d
(cd "$root" && find etc usr var/lib run -not -path 'var/lib/dpkg/*' | sort) >"$work/after"
# What earlier stages gave to other programs is theirs.
theirs='etc/\(postfix\|dovecot\|nginx\|ssl\)/\|etc/systemd/system/owed-fetch\|var/lib/caddy/'
left() { comm -13 "$work/before" "$work/after" | grep owed | grep -v "^\($theirs\)"; }
isnt 'nothing is left of it' left
