# Upgraded, removed, purged.

pid=$(property MainPID)
is 'apt upgrades the package' \
    within apt-get install -y --no-install-recommends "/srv/${second##*/}"
soon 'the new one runs' runs_anew "$pid"
is 'the configuration stays' within grep -q 'Brook' /etc/owed/owed.toml
is 'and what it knew' within sh -c 'owed list | grep -q "A leak"'

is 'apt removes the package' within apt-get remove -y owed
isnt 'nothing runs' within pgrep -x owed
is 'what it knew is kept' within test -s /var/lib/owed/owed.db
is 'apt purges the package' within apt-get purge -y owed
within rm -r /etc/systemd/system/owed.service.d
(cd "$root" && find etc usr var/lib run -not -path 'var/lib/dpkg/*' | sort) >"$work/after"
# What earlier stages gave to other programs is theirs.
theirs='etc/postfix/\|etc/nginx/\|etc/ssl/\|var/lib/caddy/'
left() { comm -13 "$work/before" "$work/after" | grep owed | grep -v "^\($theirs\)"; }
isnt 'nothing is left of it' left
