#!/bin/sh
# Installs owed from this tarball where there is no Debian: into /usr/local, with units in
# /etc/systemd/system and a configuration in /etc/owed that is never overwritten.
#
#   ./install.sh              as root; again for a newer one
#   ./install.sh --remove     keeps /etc/owed and /var/lib/owed
set -eu
cd "$(dirname "$0")/root"

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'this takes root'
for tool in systemctl systemd-sysusers systemd-tmpfiles; do
    command -v "$tool" >/dev/null || fail "there is no $tool; owed runs under systemd 252 or later"
done

if [ "${1:-}" = --remove ]; then
    systemctl disable --now owed.service owed-lmtp.socket owed-web.socket 2>/dev/null || true
    rm -f /usr/local/bin/owed /usr/local/share/man/man1/owed.1.gz \
        /usr/local/share/man/man1/owed-*.1.gz \
        /usr/local/share/bash-completion/completions/owed \
        /etc/systemd/system/owed.service /etc/systemd/system/owed-*.socket \
        /etc/sysusers.d/owed.conf /etc/tmpfiles.d/owed.conf
    rm -rf /usr/local/share/doc/owed
    systemctl daemon-reload
    echo 'owed is removed. What it knew is in /var/lib/owed, what it was told in /etc/owed.'
    exit
fi

install -D -m 755 usr/bin/owed /usr/local/bin/owed
mkdir -p /usr/local/share/man/man1 /usr/local/share/doc /etc/owed \
    /usr/local/share/bash-completion/completions /etc/sysusers.d /etc/tmpfiles.d
cp usr/share/man/man1/* /usr/local/share/man/man1/
cp -R usr/share/doc/owed /usr/local/share/doc/
cp usr/share/bash-completion/completions/owed /usr/local/share/bash-completion/completions/
cp usr/lib/sysusers.d/owed.conf /etc/sysusers.d/
cp usr/lib/tmpfiles.d/owed.conf /etc/tmpfiles.d/
[ -e /etc/owed/owed.toml ] || install -m 640 etc/owed/owed.toml /etc/owed/owed.toml
for unit in usr/lib/systemd/system/*; do
    sed 's,/usr/bin/owed,/usr/local/bin/owed,' "$unit" >"/etc/systemd/system/${unit##*/}"
done
systemd-sysusers owed.conf
systemd-tmpfiles --create owed.conf
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart owed
fi
echo 'owed is installed. Let it ask what it has to know: owed init'
