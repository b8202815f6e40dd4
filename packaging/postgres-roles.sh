#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes authd's roles and database on a new PostgreSQL server. The official image runs it once, when its data folder is
# empty: compose.yaml mounts it into /docker-entrypoint-initdb.d. It connects as POSTGRES_USER, a superuser, which
# nothing else uses afterwards.
#
#   authd_owner    owns the database, migrates; password AUTHD_OWNER_PASSWORD
#   authd_runtime  may read and write rows; a group role without LOGIN
#   authd          serves, as a member of authd_runtime; password AUTHD_PASSWORD
set -eu

: "${AUTHD_OWNER_PASSWORD:?is not set}" "${AUTHD_PASSWORD:?is not set}"
if [ "$AUTHD_OWNER_PASSWORD" = "$AUTHD_PASSWORD" ]; then
    echo "AUTHD_OWNER_PASSWORD and AUTHD_PASSWORD must differ: the serving role must not be able to migrate." >&2
    exit 1
fi

# The passwords are read from the environment, so that no list of processes shows them.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password AUTHD_OWNER_PASSWORD
\getenv password AUTHD_PASSWORD
CREATE ROLE authd_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE authd_runtime NOLOGIN;
CREATE ROLE authd LOGIN PASSWORD :'password' IN ROLE authd_runtime;
CREATE DATABASE authd OWNER authd_owner;
REVOKE ALL ON DATABASE authd FROM PUBLIC;
GRANT CONNECT ON DATABASE authd TO authd_runtime;
SQL
