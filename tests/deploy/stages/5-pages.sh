# Pages behind nginx and behind Caddy, figures for Prometheus: by the files in deploy/.

page() {
    within curl --silent --insecure --output /dev/null --write-out '%{http_code}' \
        --resolve owed.brook.example:443:127.0.0.1 "https://owed.brook.example$1" |
        grep -qx "$2"
}

within mkdir -p /etc/ssl/owed
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=owed.brook.example \
    -keyout "$root/etc/ssl/owed/key.pem" -out "$root/etc/ssl/owed/fullchain.pem" 2>"$work/log"
cp deploy/nginx/owed.conf "$root/etc/nginx/conf.d/"
is 'nginx takes our file' within systemctl start nginx
soon 'and hands on to the pages' page /no-such-page 404
isnt 'the figures are not to be had there' page /metrics 200
within systemctl stop nginx

sed '/^owed.brook.example {/a\	tls internal' deploy/caddy/Caddyfile >"$root/etc/caddy/Caddyfile"
is 'Caddy takes our file' within systemctl start caddy
soon 'and hands on to the pages' page /no-such-page 404
isnt 'the figures are not to be had there' page /metrics 200
within systemctl stop caddy

cp deploy/prometheus/*.yml "$root/etc/prometheus/"
is 'the alerts go off when they should' within promtool test rules /etc/prometheus/alerts.test.yml
{
    printf 'rule_files: [alerts.yml]\n'
    sed 's/scrape_interval: .*/scrape_interval: 1s/' deploy/prometheus/scrape.yml
} >"$root/etc/prometheus/prometheus.yml"
is 'Prometheus takes our files' within systemctl start prometheus
asked() {
    within promtool query instant http://127.0.0.1:9090 "$1" | grep -q "$2"
}
soon 'and has figures of owed' asked 'owed_intake_up' '=> 1 '
# Each curve of the dashboard has points, and each name in its legend is one of theirs. This
# is not Grafana, but nobody else asks these questions.
drawn() {
    local points label
    points=$(within promtool query instant http://127.0.0.1:9090 "$1") && [ -n "$points" ] || return
    for label in $(tr -c 'a-z_{}' '\n' <<<"$2" | sed -n 's/^{{\(.*\)}}$/\1/p'); do
        grep -q "[{ ]$label=\"" <<<"$points" || return
    done
}
while IFS=$'\t' read -r curve legend; do
    soon "the dashboard has “$legend”" drawn "$curve" "$legend" </dev/null
done < <(sed -n 's/^ *"expr": "\(.*\)",$/\1/p; s/^ *"legendFormat": "\(.*\)"$/\1/p' \
    deploy/prometheus/dashboard.json | paste - -)
# What an alert names is there, or owed would be watched in vain.
within curl -sf http://127.0.0.1:9025/metrics >"$work/figures"
for figure in $(grep -oh 'owed_[a-z_]*' deploy/prometheus/alerts.yml | sort -u); do
    is "there is $figure" grep -q "^$figure" "$work/figures"
done
within systemctl stop prometheus
