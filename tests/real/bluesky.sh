#!/usr/bin/env bash
# A Bluesky network of its own for tests/real/test_bluesky.py, on this machine only, until Ctrl-C.
#
#   apt install postgresql g++ make python3             (Debian 12; besides, Node 20 or later with npm)
#   tests/real/bluesky.sh                               in one terminal; prints two `export` lines
#   .venv/bin/pytest tests/real/test_bluesky.py         in another, after those lines
#
# The first start installs the npm package @atproto/dev-env (370 MB, some minutes) under ~/.cache/oido-peers; later ones
# find it there. Everything else lives in a temporary folder, which goes when the script ends. PostgreSQL opens no port,
# the servers take free ones on 127.0.0.1. The tests open their own accounts.
set -euo pipefail

version=0.3.215
as_of=2026-11-01 # what it depends on, as it stood on that day
here=$(cd "$(dirname "$0")" && pwd)
home=${XDG_CACHE_HOME:-$HOME/.cache}/oido-peers/bluesky-$version-$as_of

say() { echo "bluesky.sh: $*" >&2; }
fail() {
    say "$@"
    exit 1
}

for bin in /usr/lib/postgresql/*/bin; do :; done # the newest
[ -x "$bin/initdb" ] || fail "PostgreSQL is missing; see the packages in the head of this file"
command -v npm >/dev/null || fail "npm is missing: install Node 20 or later"
node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || fail "Node 20 or later is needed, not $(node --version)"

folder=$(mktemp -d)
pids=() # a group's number is negative
trap 'kill -- "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$folder" "$home.$$"' EXIT
trap 'exit 0' INT TERM

started() { # WHAT COMMAND…: wait until COMMAND succeeds, as long as what was started last is alive
    local what=$1 tries
    shift
    for tries in $(seq 600); do
        "$@" >/dev/null 2>&1 && return
        kill -0 "${pids[-1]}" 2>/dev/null || break
        sleep 0.2
    done
    say "$what did not start; its log:"
    tail -n 20 "$folder"/*.log >&2
    exit 1
}

install() {
    local attempt
    # better-sqlite3 is compiled where no binary can be fetched: with Node's own headers, if they came with it.
    local prefix
    prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
    [ -e "$prefix/include/node/node.h" ] && export npm_config_nodedir=$prefix
    for attempt in 1 2 3; do
        say "installing @atproto/dev-env $version into $home, attempt $attempt of 3"
        mkdir -p "$home.$$"
        setsid npm install --prefix "$home.$$" --before "$as_of" --no-audit --no-fund --no-package-lock --loglevel=error \
            "@atproto/dev-env@$version" >"$folder/npm.log" 2>&1 &
        pids=("-$!")
        if wait $!; then
            pids=()
            # Whole or not at all; another start may have been quicker.
            mv -T "$home.$$" "$home" 2>/dev/null || [ -d "$home" ]
            return
        fi
        tail -n 20 "$folder/npm.log" >&2
    done
    fail "npm could not install @atproto/dev-env"
}

[ -d "$home" ] || install

# PostgreSQL refuses to run as root.
as=()
mkdir "$folder/sql"
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chmod 711 "$folder"
    chown postgres: "$folder/sql"
fi
cd "$folder/sql"
"${as[@]}" "$bin/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync \
    >"$folder/initdb.log" 2>&1 || started PostgreSQL false
"${as[@]}" "$bin/postgres" -D data -k "$folder/sql" -c listen_addresses= -c fsync=off >"$folder/postgres.log" 2>&1 &
pids+=($!)
started PostgreSQL "$bin/pg_isready" --host="$folder/sql"

cd "$folder"
NODE_PATH=$home/node_modules TMPDIR=$folder DB_POSTGRES_URL="postgresql://postgres@/postgres?host=$folder/sql" \
    node "$here/bluesky.js" >"$folder/network.log" 2>&1 &
pids+=($!)
started "Bluesky's network" grep -q '^export OIDO_BLUESKY_APPVIEW=' "$folder/network.log"
grep '^export ' "$folder/network.log"
wait -n || true
say "a server ended by itself; the logs:"
tail -n 20 "$folder"/*.log >&2
exit 1
