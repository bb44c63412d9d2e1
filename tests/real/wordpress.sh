#!/usr/bin/env bash
# A WordPress of its own for tests/real/test_wordpress.py, on this machine only, until Ctrl-C.
#
#   apt install wordpress wordpress-theme-twentytwentythree php-cli php-mysql mariadb-server     (Debian 12)
#   tests/real/wordpress.sh [PORT]                      in one terminal; prints two `export` lines
#   .venv/bin/pytest tests/real/test_wordpress.py       in another, after those lines
#
# Database and site live in a temporary folder, which goes when the script ends. MariaDB opens no port, PHP one on
# 127.0.0.1 (a free one, unless you name it); WordPress is forbidden to call anybody.
set -euo pipefail

if ! ls /usr/share/wordpress/wp-content/themes/*/style.css >/dev/null 2>&1; then
    echo "wordpress.sh: WordPress or its theme is missing; see the packages in the head of this file" >&2
    exit 1
fi
port=${1:-$(php -r 'echo explode(":", stream_socket_get_name(stream_socket_server("tcp://127.0.0.1:0"), false))[1];')}
if php -r "exit(@fsockopen('127.0.0.1', $port) ? 0 : 1);"; then
    echo "wordpress.sh: port $port is taken; name another" >&2
    exit 1
fi
folder=$(mktemp -d)
url=http://127.0.0.1:$port
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
trap 'exit 0' INT TERM

started() { # WHAT COMMAND…: wait until COMMAND succeeds
    local what=$1 tries
    shift
    for tries in $(seq 150); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    echo "wordpress.sh: $what did not start; its log:" >&2
    tail -n 20 "$folder"/*.log >&2
    exit 1
}

sql() { mariadb --no-defaults --socket="$folder/sql.sock" --user=root "$@"; }

mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$folder/sql" --auth-root-authentication-method=normal \
    --skip-test-db >"$folder/install.log" 2>&1
"$(command -v mariadbd || echo /usr/sbin/mariadbd)" --no-defaults --user="$(id -un)" --datadir="$folder/sql" \
    --socket="$folder/sql.sock" --pid-file="$folder/sql.pid" --skip-networking --innodb-buffer-pool-size=32M \
    >"$folder/mariadb.log" 2>&1 &
pids+=($!)
started MariaDB sql -e 'SELECT 1'
sql -e 'CREATE DATABASE wordpress CHARACTER SET utf8mb4'

# Debian links parts of the tree to elsewhere; this copy must stand alone.
cp -rL /usr/share/wordpress "$folder/site"
rm -f "$folder/site/wp-config.php"
cat >"$folder/site/wp-config.php" <<PHP
<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:$folder/sql.sock');
define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', '$url');
define('WP_SITEURL', '$url');
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without HTTPS
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('AUTH_KEY', '$(head -c 24 /dev/urandom | base64)');
define('AUTH_SALT', '$(head -c 24 /dev/urandom | base64)');
\$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP

password=$(cd "$folder/site" && php -d sendmail_path=/bin/true -d display_errors=stderr <<'PHP'
<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1';
define('WP_INSTALLING', true);
require 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Tienda de prueba', 'ana', 'ana@example.org', true, '', wp_generate_password());
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%postname%/');
$wp_rewrite->flush_rules(false);
[$password] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'oido']);
echo $password;
PHP
)

php -S "127.0.0.1:$port" -t "$folder/site" >"$folder/php.log" 2>&1 &
pids+=($!)
started WordPress php -r "exit(@file_get_contents('$url/feed/') ? 0 : 1);"

echo "export OIDO_WORDPRESS_URL=$url/"
echo "export OIDO_WORDPRESS_LOGIN=ana:$password"
wait
