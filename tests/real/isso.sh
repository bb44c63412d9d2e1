#!/usr/bin/env bash
# An isso of its own for tests/real/test_isso.py, on this machine only, until Ctrl-C.
#
#   tests/real/isso.sh                                  in one terminal; prints an `export` line
#   .venv/bin/pytest tests/real/test_isso.py            in another, after that line
#
# The first start installs isso from PyPI (25 MB) under ~/.cache/oido-peers; later ones find it there. Comments live in a
# temporary folder, which goes when the script ends. It listens on a free port of 127.0.0.1, where anybody may comment.
set -euo pipefail

version=0.14.0
# All that it needs, by name: none of it is compiled, for isso renders with Mistune and loads misaka only when told to.
packages=("isso==$version" bleach==6.4.0 html5lib==1.1 itsdangerous==2.2.0 Jinja2==3.1.6 MarkupSafe==3.0.4 mistune==3.4.0
    setuptools==80.9.0 six==1.17.0 webencodings==0.6.1 Werkzeug==3.1.9)
home=${XDG_CACHE_HOME:-$HOME/.cache}/oido-peers/isso-$version

fail() {
    echo "isso.sh: $*" >&2
    exit 1
}

command -v curl >/dev/null || fail "curl is missing"
python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' || fail "Python 3.10 or later with venv is needed"

folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$folder" "$home.$$"' EXIT
trap 'exit 0' INT TERM

install() {
    echo "isso.sh: installing isso $version into $home" >&2
    python3 -m venv "$home.$$" >"$folder/pip.log" 2>&1 && timeout 180 "$home.$$/bin/python" -m pip \
        --disable-pip-version-check install --no-deps --only-binary :all: --no-binary isso \
        "${packages[@]}" >>"$folder/pip.log" 2>&1 || {
        tail -n 20 "$folder/pip.log" >&2
        fail "pip could not install it"
    }
    # Whole or not at all; another start may have been quicker.
    mv -T "$home.$$" "$home" 2>/dev/null || [ -d "$home" ]
}

[ -d "$home" ] || install

port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
url=http://127.0.0.1:$port
cat >"$folder/isso.cfg" <<CONF
[general]
dbpath = $folder/comments.db
host = $url/
[server]
listen = $url
[rss]
base = $url
[guard]
enabled = false
CONF
# By module: the script beside it names the folder in which it was installed.
TZ=UTC "$home/bin/python" -c 'from isso import main; main()' -c "$folder/isso.cfg" run >"$folder/isso.log" 2>&1 &
pids+=($!)
for _ in $(seq 150); do
    if curl --silent --max-time 5 --output "$folder/answer" "$url/info"; then
        echo "export OIDO_ISSO=$url"
        wait
        exit
    fi
    kill -0 "${pids[0]}" 2>/dev/null || break
    sleep 0.2
done
echo "isso.sh: isso did not start; its log:" >&2
tail -n 20 "$folder/isso.log" >&2
exit 1
