# Installed, and silent until it is told what to do.

is 'apt installs the package' \
    within apt-get install -y --no-install-recommends "/srv/${first##*/}"
is 'the service has a user' within id owed
isnt 'the service is not started before it is told anything' \
    within systemctl is-active --quiet owed
isnt 'an empty configuration is refused' within systemctl start owed
is 'with a clear text' journal_says 'owed init'
is 'once, and not again and again' [ "$(property NRestarts)" = 0 ]
is 'its manual is found' within test -s /usr/share/man/man1/owed-run.1.gz
within systemctl reset-failed
