#!/usr/bin/env bash
# A Dovecot of its own for tests/real/test_imap.py, on this machine only, until Ctrl-C.
#
#   apt install dovecot-imapd openssl                   (Debian 12)
#   tests/real/dovecot.sh                               in one terminal; prints two `export` lines
#   .venv/bin/pytest tests/real/test_imap.py            in another, after those lines
#
# Mails, certificate and all else live in a temporary folder, which goes when the script ends. It listens on free ports
# of 127.0.0.1; whoever knows the password that is printed has a mailbox there, under any name, and so has whoever shows
# a token (JWT) for that name that is signed with it.
set -euo pipefail

dovecot=$(command -v dovecot || echo /usr/sbin/dovecot)
if ! [ -x "$dovecot" ] || ! [ -x /usr/lib/dovecot/imap ]; then
    echo "dovecot.sh: Dovecot is missing; see the packages in the head of this file" >&2
    exit 1
fi
folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
trap 'exit 0' INT TERM

# Dovecot does not serve mails as root.
server=$(id -un) login=$(id -un) owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
    server=dovecot login=dovenull owner=mail
fi
mkdir "$folder/mail"
chown "$owner" "$folder/mail"
chmod 711 "$folder"

read -r tls plain < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in sockets))
PYTHON
)
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/openssl.log"
password=$(openssl rand -hex 16)

# Where Dovecot looks for the key of tokens that name neither a maker nor a key.
mkdir -p "$folder/keys/default/HS256"
printf %s "$password" | base64 >"$folder/keys/default/HS256/default"
cat >"$folder/oauth2.conf" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$folder/keys/
username_attribute = sub
CONF
chmod -R a+rX "$folder/keys" "$folder/oauth2.conf"

cat >"$folder/dovecot.conf" <<CONF
protocols = imap
listen = 127.0.0.1
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/dovecot.log
default_internal_user = $server
default_login_user = $login
first_valid_uid = 1
ssl = required
ssl_cert = <$folder/certificate.pem
ssl_key = <$folder/key.pem
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $folder/oauth2.conf
}
passdb {
  driver = static
  mechanisms = plain login
  args = password=$password
}
userdb {
  driver = static
  args = uid=$(id -u "$owner") gid=$(id -g "$owner") home=$folder/mail/%u
}
mail_location = maildir:~/mails
mail_max_userip_connections = 50
service imap-login {
  chroot =
  inet_listener imap {
    port = $plain
  }
  inet_listener imaps {
    port = $tls
    ssl = yes
  }
}
service anvil {
  chroot =
}
CONF
"$dovecot" -F -c "$folder/dovecot.conf" 2>>"$folder/dovecot.log" &
pids+=($!)

answers() { openssl s_client -connect "127.0.0.1:$tls" -CAfile "$folder/certificate.pem" -verify_return_error <<<'a LOGOUT'; }
for _ in $(seq 150); do
    if answers >/dev/null 2>&1; then
        echo "export OIDO_IMAP=$password@127.0.0.1:$tls:$plain"
        echo "export OIDO_IMAP_CA=$folder/certificate.pem"
        wait
        exit
    fi
    kill -0 "${pids[0]}" 2>/dev/null || break
    sleep 0.2
done
echo "dovecot.sh: Dovecot did not start; its log:" >&2
tail -n 20 "$folder"/*.log >&2
exit 1
