#!/usr/bin/env bash
# Install Didim on this machine, or bring it to another version: install.sh --help.
set -euo pipefail
umask 022

KEPT=3      # releases
PATIENCE=60 # seconds until a new release must be ready
home=/opt/didim
settings=/etc/didim/didim.env
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
source=$(dirname "$(dirname "$here")")
domain='' uri='' wheels='' embedded=''

usage() {
  cat <<'EOF'
install.sh --domain NAME [--mongodb-uri URI | --embedded-database] [--source DIR|TARBALL] [--wheels DIR]

Run it as root on Ubuntu 22.04, 24.04 or Debian 12. Run it again from the folder of another
version to change to that one; the options of the first time are kept. If the new version does
not get ready, the one before runs again. /
Ubuntu 22.04, 24.04, Debian 12에서 root로 실행합니다. 새 버전 폴더에서 다시 실행하면 그 버전으로
바뀌고, 처음에 준 옵션은 그대로 남습니다. 새 버전이 준비되지 않으면 이전 버전으로 되돌립니다.

  --domain NAME         the site's name (or IP address) / 사이트 이름 또는 IP 주소
  --mongodb-uri URI     a MongoDB of your own; install-mongodb.sh sets it too / 사용할 MongoDB 주소
  --embedded-database   a small database for a trial / 체험용 내장 데이터베이스
  --source DIR|TARBALL  the version; default: where this script lies / 설치할 버전
  --wheels DIR          Python packages, instead of the network / 네트워크 대신 쓸 Python 패키지
EOF
}

say() { echo "didim: $*"; }

stop() {
  echo "didim: $1 / $2" >&2
  exit 1
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
    --help) usage && exit ;;
    --embedded-database) embedded=1 && shift && continue ;;
    --domain | --mongodb-uri | --source | --wheels) ;;
    *) stop "There is no option $1; see --help." "$1 옵션은 없습니다. --help를 보세요." ;;
    esac
    [ -n "${2:-}" ] || stop "$1 needs a value." "$1에 값이 필요합니다."
    case $1 in
    --domain) domain=$2 ;;
    --mongodb-uri) uri=$2 ;;
    --source) source=$(readlink -f "$2") ;;
    --wheels) wheels=$(readlink -f "$2") ;;
    esac
    shift 2
  done
  [ "$(id -u)" = 0 ] || stop "Run it with sudo." "sudo로 실행하세요."
  [ -z "$embedded" ] || [ -z "$uri" ] ||
    stop "Give --mongodb-uri or --embedded-database, not both." "둘 중 하나만 쓰세요."
  [ -e "$source" ] || stop "There is no $source." "$source 가 없습니다."
  domain=${domain:-$(kept PUBLIC_URL | sed 's|^https://||')}
  [[ $domain =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] ||
    stop "Give the site's name: --domain NAME." "--domain으로 사이트 이름을 주세요."
  [ -n "$uri$embedded$(kept MONGODB_URI)" ] || stop \
    "Run install-mongodb.sh first, or give --mongodb-uri or --embedded-database." \
    "먼저 install-mongodb.sh를 실행하거나 --mongodb-uri나 --embedded-database를 주세요."
}

# Print a setting of the machine; nothing if it has none.
kept() { if [ -r "$settings" ]; then sed -n "s/^$1=//p" "$settings"; fi; }

# Set what is not set yet: keep NAME VALUE. Set it whatever it was: put NAME VALUE.
keep() { [ -n "$(kept "$1")" ] || put "$@"; }
put() {
  local others
  others=$(grep -v "^$1=" "$settings" || true)
  printf '%s\n' ${others:+"$others"} "$1=$2" >"$settings.new"
  chown root:didim "$settings.new"
  chmod 640 "$settings.new"
  mv "$settings.new" "$settings"
}

# Does systemd run this machine? In a chroot, where an image is made, it does not.
is_booted() { [ -d /run/systemd/system ]; }

is_installed() { dpkg-query -Wf '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# A new machine may be busy with its own updates: wait for them.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=600 \
    -o APT::Install-Recommends=false "$@" >/dev/null
}

install_packages() {
  local name missing=()
  for name in systemd python3-venv nginx certbot curl openssl ufw unattended-upgrades \
    libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static; do
    is_installed "$name" || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_get update
  for name in "${!missing[@]}"; do # Ubuntu 22.04 has no brotli for nginx; gzip does without it
    if [[ ${missing[name]} == *brotli* ]] && ! apt-cache show "${missing[name]}" &>/dev/null; then
      unset "missing[name]"
    fi
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]} ..."
  apt_get install "${missing[@]}"
}

make_user_and_folders() {
  getent group didim >/dev/null || groupadd --system didim
  id didim &>/dev/null || useradd --system --gid didim --home-dir /var/lib/didim \
    --no-create-home --shell /usr/sbin/nologin didim
  install -d -m 755 "$home" "$home/releases"
  install -d -m 750 -o didim -g didim /var/lib/didim /var/backups/didim
  install -d -m 750 -o root -g didim /etc/didim
}

write_settings() {
  touch "$settings"
  keep SECRET_KEY "$(openssl rand -hex 32)"
  if [ -n "$embedded" ]; then
    put MONGODB_URI mongodb://127.0.0.1:27018/
    put DIDIM_EMBEDDED 1
  elif [ -n "$uri" ]; then
    put MONGODB_URI "$uri"
    put DIDIM_EMBEDDED 0
  fi
  put PUBLIC_URL "https://$domain"
  keep DIDIM_HTTPS 1
  keep TRUSTED_PROXIES 1
  keep BACKUP_DESTINATION /var/backups/didim
}

pip_install() { # PYTHON FILE
  local from=()
  [ -z "$wheels" ] || from=(--no-index --find-links "$wheels")
  "$1" -m pip install --quiet --no-input --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: "${from[@]}" -r "$2"
}

# Copy the source to a folder of its own name, and build there all that it needs to run.
make_release() {
  local new=$home/releases/.new file version
  local without=(--exclude=.git --exclude=.venv --exclude=node_modules --exclude=./instance --exclude=./public
    --exclude=__pycache__ --exclude='.*_cache' --exclude='*.mo')
  rm -rf "$new"
  mkdir "$new"
  if [ -d "$source" ]; then
    tar -C "$source" "${without[@]}" -cf - . | tar -C "$new" --no-same-owner -xf -
  else
    tar -C "$new" --no-same-owner -xf "$source"
    file=$(find "$new" -mindepth 1 -maxdepth 1)
    if [ -f "$file/app.py" ]; then new=$file; fi # the tarball has one folder, and all is in it
  fi
  [ -f "$new/app.py" ] && [ -f "$new/requirements.txt" ] ||
    stop "$source is not Didim." "$source 는 디딤이 아닙니다."
  chmod -R u=rwX,go=rX "$new"
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$new/pyproject.toml")
  version+=-$(cd "$new" && find . -type f -not -path './static/vendor/*' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-10) # vendor is built, not source
  release=$home/releases/$version
  if [ -f "$release/.venv/ready" ]; then
    say "$version is built already"
    rm -rf "$home/releases/.new"
    return
  fi
  say "building $version ..."
  rm -rf "$release"
  mv "$new" "$release"
  rm -rf "$home/releases/.new"
  build "$release"
}

build() { # FOLDER; a virtual environment does not stand being moved, so it is made in place
  local python=$1/.venv/bin/python log=$1/.build
  python3 -m venv "$1/.venv"
  pip_install "$python" "$1/requirements.txt"
  (cd "$1" && INSTANCE_PATH=$log "$python" script/lib/assets.py)
  (cd "$1" && "$python" -m babel.messages.frontend --quiet compile -d translations)
  "$1/deploy/nginx/publish-static"
  "$python" -m compileall -q "$1"/{app,config}.py "$1"/{blueprints,tracker}
  rm -rf "$1/node_modules" "$log"
  touch "$1/.venv/ready"
}

# The embedded database has an environment of its own: a change of release does not touch it.
make_database() {
  local file=$release/requirements-embedded.txt
  if [ "$(kept DIDIM_EMBEDDED)" != 1 ] || cmp -s "$file" "$home/database/installed.txt"; then
    return
  fi
  say "installing the embedded database ..."
  rm -rf "$home/database"
  python3 -m venv "$home/database"
  pip_install "$home/database/bin/python" "$file"
  cp "$file" "$home/database/installed.txt"
  if is_booted && [ -e /etc/systemd/system/didim-database.service ]; then
    systemctl try-restart didim-database.service
  fi
}

keep_the_machine() {
  local port
  install -d /etc/systemd/journald.conf.d
  printf '[Journal]\nSystemMaxUse=500M\nMaxRetentionSec=1month\n' \
    >/etc/systemd/journald.conf.d/didim.conf
  printf 'APT::Periodic::%s "1";\n' Update-Package-Lists Unattended-Upgrade \
    >/etc/apt/apt.conf.d/20auto-upgrades
  if is_booted; then systemctl restart systemd-journald.service; fi
  for port in 22 80 443; do ufw allow "$port/tcp" >/dev/null; done
  if is_booted; then
    ufw --force enable >/dev/null
  else # in a chroot it would close the ports of the machine around it
    sed -i 's/^ENABLED=.*/ENABLED=yes/' /etc/ufw/ufw.conf
  fi
}

make_certificate() {
  local folder=/etc/letsencrypt/live/$domain
  [ ! -e "$folder/fullchain.pem" ] || return 0
  say "making a certificate that browsers warn of, until tls.sh gets a real one" \
    "/ tls.sh를 실행하기 전까지 쓸 임시 인증서를 만듭니다."
  install -d "$folder"
  (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$domain" \
    -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null)
}

install_units() { # RELEASE
  cp -rL "$1/deploy/systemd/." /etc/systemd/system/
  systemctl enable --quiet didim.socket didim.service didim-backup.timer didim-check.timer
  if [ "$(kept DIDIM_EMBEDDED)" = 1 ]; then systemctl enable --quiet didim-database.service; fi
  if is_booted; then systemctl daemon-reload; fi
}

install_site() { # RELEASE
  local snippets=/etc/nginx/snippets/didim site=/etc/nginx/sites-available/didim.conf
  install -d "$snippets"
  local upstream=$snippets/upstream.conf
  if [ -e "$upstream" ]; then mv "$upstream" "$upstream.kept"; fi # it may name other machines
  cp "$1"/deploy/nginx/snippets/*.conf "$snippets"
  if [ -e "$upstream.kept" ]; then mv "$upstream.kept" "$upstream"; fi
  is_installed libnginx-mod-http-brotli-filter || rm -f "$snippets/brotli.conf"
  cp "$1/deploy/nginx/didim.conf" "$site"
  sed -i "s/didim\.example/$domain/g" "$site" "$snippets"/*.conf
  ln -sfn "$site" /etc/nginx/sites-enabled/didim.conf
  rm -f /etc/nginx/sites-enabled/default
  nginx -t -q
  if is_booted; then systemctl reload-or-restart nginx.service; fi
}

prepare_database() { # RELEASE
  if [ "$(kept DIDIM_EMBEDDED)" = 1 ]; then systemctl start didim-database.service; fi
  "$1/deploy/bin/flask" database prepare
}

# Put the release in place; where systemd runs, start it and wait until it is ready.
change_to() { # RELEASE
  install_units "$1"
  if is_booted && [ "$1" = "$release" ]; then prepare_database "$1"; fi
  ln -sfn "$1" "$home/.current"
  mv -T "$home/.current" "$home/current" # in one step: there is one at every moment
  install_site "$1"
  is_booted || return 0
  systemctl start didim.socket didim-backup.timer didim-check.timer
  systemctl restart didim.service
  local deadline=$((SECONDS + PATIENCE))
  until curl -sf --max-time 5 --unix-socket /run/didim.sock http://localhost/readyz >/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || exit 1
    sleep 0.5
  done
}

# Change to the release; change back if it does not get ready. The first error of each counts: so
# each has a shell of its own, and none stands in a condition, where bash would ignore it.
go_live() {
  local before name=${release##*/} status
  before=$(readlink "$home/current" || true)
  set +e
  (set -e && change_to "$release")
  status=$?
  set -e
  if [ "$status" = 0 ]; then return; fi
  [ -d "$before" ] && [ "$before" != "$release" ] || stop \
    "$name does not get ready; see above, and journalctl -u didim." \
    "준비되지 않습니다. 위의 내용과 journalctl -u didim을 보세요."
  say "$name does not get ready; changing back to ${before##*/} ..."
  set +e
  (set -e && change_to "$before")
  status=$?
  set -e
  [ "$status" = 0 ] || stop "${before##*/} does not get ready either; see journalctl -u didim." \
    "이전 버전도 준비되지 않습니다. journalctl -u didim을 보세요."
  rm -rf "$release"
  stop "$name did not get ready: ${before##*/} runs again. See above, and journalctl -u didim." \
    "새 버전이 준비되지 않아 이전 버전으로 되돌렸습니다. journalctl -u didim을 보세요."
}

prune() {
  local old
  find "$home/releases" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -rn | cut -d' ' -f2- |
    { grep -vxF "$release" || true; } | tail -n +"$KEPT" | while read -r old; do rm -rf "$old"; done
}

say_what_is_next() {
  if ! is_booted; then
    say "${release##*/} is in place; run this again where systemd runs, to start it." \
      "/ 파일을 모두 설치했습니다. systemd가 실행되는 곳에서 다시 실행하면 시작합니다."
    return
  fi
  say "${release##*/} runs at https://$domain/ / 디딤이 https://$domain/ 에서 실행됩니다."
  say "a real certificate / 정식 인증서: sudo $home/current/deploy/ec2/tls.sh $domain EMAIL"
  say "an administrator / 관리자:" \
    "sudo $home/current/deploy/bin/flask admin create EMAIL --name NAME"
}

read_options "$@"
exec 9>/run/didim-install.lock
flock -n 9 || stop "It runs already." "이미 실행 중입니다."
install_packages
make_user_and_folders
write_settings
make_release
make_database
make_certificate
keep_the_machine
go_live
prune
say_what_is_next
