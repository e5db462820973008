#!/usr/bin/env bash
# Get a certificate of Let's Encrypt, and have it renewed: tls.sh DOMAIN EMAIL [options of certbot]
# The port 80 of DOMAIN must lead here. It may be run again: a valid certificate is kept.
# LETSENCRYPT and WEBROOT name other folders than the machine's own, to rehearse it.
set -euo pipefail

if [ $# -lt 2 ]; then
  echo "tls.sh DOMAIN EMAIL / 도메인과 이메일을 차례로 쓰세요." >&2
  exit 2
fi
domain=$1 email=$2
shift 2
letsencrypt=${LETSENCRYPT:-/etc/letsencrypt}
webroot=${WEBROOT:-/var/www/letsencrypt}
live=$letsencrypt/live/$domain
aside=$letsencrypt/stand-in/$domain

# The stand-in of install.sh gives way, for certbot writes over nothing; it comes back on failure.
bring_back() { if [ -d "$aside" ] && [ ! -e "$live" ]; then mv "$aside" "$live"; fi; }
trap bring_back EXIT
bring_back
nginx -t -q
if [ -d "$live" ] && [ ! -e "$letsencrypt/renewal/$domain.conf" ]; then
  mkdir -p "${aside%/*}"
  rm -rf "$aside"
  mv "$live" "$aside"
fi

# certbot.timer renews it; the hook runs then too, and leaves nginx alone if it would not start.
mkdir -p "$webroot"
certbot certonly --non-interactive --agree-tos --no-eff-email --keep-until-expiring \
  --config-dir "$letsencrypt" --cert-name "$domain" --domain "$domain" --email "$email" \
  --webroot --webroot-path "$webroot" --key-type ecdsa \
  --deploy-hook 'nginx -t -q && nginx -s reload' "$@"
rm -rf "$aside"
echo "https://$domain/ has its certificate / 인증서를 받았습니다."
