#!/usr/bin/env bash
# Install MongoDB for Didim on this machine: install-mongodb.sh --help.
set -euo pipefail
umask 077

SERIES=8.0
# Of MongoDB's release key for this series. A key that has another fingerprint is not used.
FINGERPRINT=4B0752C1BCA238C0B4EE14DC41DE058A4E7DCA05
settings=/etc/didim/didim.env        # Didim reads it
secrets=/etc/didim/mongodb-admin.env # root alone reads it
keyring=/usr/share/keyrings/mongodb-server-$SERIES.asc
data=/var/lib/mongodb
device=''

usage() {
  cat <<'EOF'
install-mongodb.sh [--device /dev/NAME]

Run it as root, before install.sh. MongoDB listens on 127.0.0.1 alone and asks for a password;
Didim's goes into /etc/didim/didim.env, the administrator's into /etc/didim/mongodb-admin.env. A
second run changes nothing. /
install.sh보다 먼저 root로 실행합니다. MongoDB는 127.0.0.1에서만 접속을 받고 비밀번호를 확인합니다.
디딤의 비밀번호는 /etc/didim/didim.env에, 관리자 비밀번호는 /etc/didim/mongodb-admin.env에
적힙니다. 다시 실행해도 바뀌는 것이 없습니다.

  --device /dev/NAME   keep the data on this disk (the EBS volume); it is formatted only if it is
                       empty / 데이터를 둘 디스크(EBS 볼륨). 비어 있을 때만 포맷합니다
EOF
}

say() { echo "didim: $*"; }

stop() {
  echo "didim: $1 / $2" >&2
  exit 1
}

# Print what the file says of a name: kept FILE NAME. Say something else: put FILE NAME VALUE.
kept() { if [ -r "$1" ]; then sed -n "s/^$2=//p" "$1"; fi; }
put() {
  local others
  install -d -m 750 "$(dirname "$1")"
  others=$(grep -v "^$2=" "$1" 2>/dev/null || true)
  printf '%s\n' ${others:+"$others"} "$2=$3" >"$1.new"
  if [ -e "$1" ]; then chown --reference="$1" "$1.new" && chmod --reference="$1" "$1.new"; fi
  mv "$1.new" "$1"
}

# Name MongoDB's repository for this system.
repository() {
  local system
  # shellcheck disable=SC1091
  system=$(. /etc/os-release && echo "$ID $VERSION_CODENAME")
  case $system in
  "ubuntu jammy" | "ubuntu noble")
    echo "https://repo.mongodb.org/apt/ubuntu ${system#* }/mongodb-org/$SERIES multiverse"
    ;;
  "debian bookworm") echo "https://repo.mongodb.org/apt/debian bookworm/mongodb-org/$SERIES main" ;;
  *) stop "MongoDB $SERIES has no packages for $system." "이 시스템용 MongoDB 패키지가 없습니다." ;;
  esac
}

# Does the file hold one key, and is it the expected one?
is_mongodbs() {
  [ "1 $FINGERPRINT" = "$(gpg --show-keys --with-colons "$1" | awk -F: '
    $1 == "pub" { keys++ }
    $1 == "fpr" && !first { first = $10 }
    END { print keys, first }')" ]
}

# A new machine may be busy with its own updates: wait for them.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=600 \
    -o APT::Install-Recommends=false "$@" >/dev/null
}

install_packages() {
  local from key
  if command -v mongod >/dev/null && command -v mongosh >/dev/null; then return; fi
  from=$(repository)
  apt_get update
  apt_get install ca-certificates curl gnupg openssl
  key=$(mktemp)
  curl -fsSL "https://www.mongodb.org/static/pgp/server-$SERIES.asc" -o "$key"
  is_mongodbs "$key" || stop \
    "MongoDB's key is not the one that was expected; nothing is installed." \
    "MongoDB의 서명 키가 예상과 달라 설치하지 않았습니다."
  install -m 644 "$key" "$keyring"
  rm "$key"
  echo "deb [signed-by=$keyring] $from" >/etc/apt/sources.list.d/mongodb-org.list
  chmod 644 /etc/apt/sources.list.d/mongodb-org.list
  apt_get update
  say "installing MongoDB $SERIES ..."
  apt_get install mongodb-org-server mongodb-mongosh
}

# Mount the disk where the data lies.
mount_data() {
  local id
  if [ -z "$device" ] || mountpoint -q "$data"; then return; fi
  [ -b "$device" ] || stop "$device is no disk; lsblk shows them." "$device 는 디스크가 아닙니다."
  [ -z "$(ls -A "$data" 2>/dev/null)" ] || stop \
    "$data holds data already, which the disk would hide; nothing was changed." \
    "$data 에 이미 데이터가 있어 디스크를 연결하지 않았습니다."
  format_if_empty "$device"
  id=$(blkid -s UUID -o value "$device")
  install -d "$data"
  echo "UUID=$id $data auto defaults,nofail 0 2" >>/etc/fstab
  systemctl daemon-reload
  mount "$data"
}

# A disk that holds anything is never formatted: what is no file system is refused.
format_if_empty() { # DEVICE
  if [ -z "$(wipefs --noheadings "$1")" ]; then mkfs.ext4 -q "$1"; fi
  [ "$(blkid -s USAGE -o value -p "$1")" = filesystem ] || stop \
    "$1 holds something else than a file system; nothing was changed." \
    "$1 에 파일 시스템이 아닌 것이 있어 건드리지 않았습니다."
}

write_configuration() {
  install -d -o mongodb -g mongodb -m 750 "$data"
  cat >/etc/mongod.conf <<EOF
storage:
  dbPath: $data
net:
  bindIp: 127.0.0.1
  port: 27017
security:
  authorization: enabled
systemLog:
  destination: file
  path: /var/log/mongodb/mongod.log
  logAppend: true
EOF
  chmod 644 /etc/mongod.conf
  if mountpoint -q "$data"; then # never on the small disk below, should the volume be away
    install -d -m 755 /etc/systemd/system/mongod.service.d
    printf '[Unit]\nRequiresMountsFor=%s\n' "$data" >/etc/systemd/system/mongod.service.d/didim.conf
  fi
  systemctl daemon-reload
  systemctl enable --quiet mongod.service
  systemctl restart mongod.service
}

wait_for_mongodb() {
  local deadline=$((SECONDS + 60))
  until mongosh --quiet --norc --eval 'db.hello().ok' &>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || stop "MongoDB does not answer: journalctl -u mongod." \
      "MongoDB가 응답하지 않습니다. journalctl -u mongod를 보세요."
    sleep 1
  done
}

# The passwords go to mongosh by its environment: a command line can be read by everyone. They are
# written down before they are set, so a run that was cut off can be done again.
make_users() {
  local didim
  [ -n "$(kept "$secrets" ADMIN_PASSWORD)" ] || put "$secrets" ADMIN_PASSWORD "$(openssl rand -hex 24)"
  didim=$(openssl rand -hex 24)
  ADMIN=$(kept "$secrets" ADMIN_PASSWORD) DIDIM=$didim mongosh --quiet --norc --eval '
    const admin = db.getSiblingDB("admin");
    const pwd = process.env.DIDIM;
    const roles = ["readWrite", "dbAdmin"].map((role) => ({ role, db: "didim" }));
    try {
      admin.createUser({ user: "admin", pwd: process.env.ADMIN, roles: ["root"] });
    } catch {} // there is one already, and its password is asked next
    admin.auth("admin", process.env.ADMIN);
    if (admin.getUser("didim")) admin.updateUser("didim", { pwd, roles });
    else admin.createUser({ user: "didim", pwd, roles });
  ' >/dev/null || stop "The users could not be made; has this MongoDB users of its own?" \
    "사용자를 만들지 못했습니다. 이 MongoDB에 이미 다른 사용자가 있나요?"
  put "$settings" MONGODB_URI "mongodb://didim:$didim@127.0.0.1:27017/?authSource=admin"
}

main() {
  while [ $# -gt 0 ]; do
    case $1 in
    --help) usage && exit ;;
    --device) device=${2:?/dev/NAME} && shift 2 ;;
    *) stop "There is no option $1; see --help." "$1 옵션은 없습니다. --help를 보세요." ;;
    esac
  done
  [ "$(id -u)" = 0 ] || stop "Run it with sudo." "sudo로 실행하세요."
  [ -d /run/systemd/system ] || stop "systemd does not run here." "systemd가 실행되고 있지 않습니다."
  if [ -n "$(kept "$settings" MONGODB_URI)" ]; then
    say "$settings names a database already. / 이미 데이터베이스가 정해져 있습니다."
    return
  fi
  mount_data
  install_packages
  write_configuration
  wait_for_mongodb
  make_users
  say "MongoDB runs; next: install.sh / MongoDB가 실행됩니다. 다음: install.sh"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi # else a test tries the steps
