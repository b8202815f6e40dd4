# SPDX-License-Identifier: Apache-2.0
"""Fills a database with copies of one user, each with names, a password and a session of their own."""

import hashlib
import sqlite3

TEMPLATE = "qqtemplate"
TABLES = ("users", "identifiers", "passwords", "sessions")


def username(number):
    return f"user{number:07d}"


def fill_sqlite(path, count):
    database = sqlite3.connect(path)
    # Version 7 of RFC 9562: a time, then random bits.
    database.create_function("identity", 1, lambda number: bytes.fromhex(_digits(number)), deterministic=True)
    # The file is synced once, when the connection is closed.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -524288")
    # Unique ones among them belong to keys, and stay.
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL "
        f"AND tbl_name IN ({', '.join(repr(table) for table in TABLES)})").fetchall()
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    for table in TABLES:
        columns = [(row[1], row[2] == "TEXT") for row in database.execute(f"PRAGMA table_info({table})")]
        database.execute(_copy(
            table, columns, count,
            f"(WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < {count}) "
            "SELECT n FROM series)",
            identity=lambda number: f"identity({number})", padded="printf('%07d', n)", random="abs(random())"))
    for _, definition in indexes:
        database.execute(definition)
    for statement in _finish(count, ""):
        database.execute(statement)
    database.commit()
    database.execute("ANALYZE")
    database.commit()
    database.close()


def fill_postgres(postgres, count):
    def identity(number):
        return (
            f"(lpad(to_hex(1727000000000 + {number}), 12, '0') || '7' || left(md5(({number})::text), 3) || '8' "
            f"|| substr(md5(({number})::text), 4, 15))::uuid")

    names = ", ".join(f"'{table}'" for table in TABLES)
    indexes = [line.split("|", 1) for line in postgres.psql(
        "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class t ON t.oid = indrelid "
        f"WHERE t.relnamespace = 'authd'::regnamespace AND t.relname IN ({names}) AND NOT indisprimary "
        "AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)").splitlines()]
    # Foreign keys hold by construction, and are not checked row by row. An index that is made at the end is made by a sort.
    statements = [
        "SET session_replication_role = replica", "SET synchronous_commit = off", "SET maintenance_work_mem = '256MB'",
        "BEGIN",
    ] + [f"DROP INDEX {name}" for name, _ in indexes]
    for table in TABLES:
        rows = postgres.psql(
            "SELECT column_name, data_type = 'text' FROM information_schema.columns "
            f"WHERE table_schema = 'authd' AND table_name = '{table}' ORDER BY ordinal_position").split()
        columns = [(name, is_text == "t") for name, is_text in (row.split("|") for row in rows)]
        statements.append(_copy(
            f"authd.{table}", columns, count, f"(SELECT generate_series(0, {count - 1}) AS n)", identity,
            padded="lpad(n::text, 7, '0')", random="(random() * 9e18)::bigint"))
    statements += [definition for _, definition in indexes] + _finish(count, "authd.")
    statements += ["COMMIT", "VACUUM ANALYZE", "CHECKPOINT"]
    postgres.psql(";\n".join(statements) + ";\n")


def _copy(table, columns, count, series, identity, padded, random):
    """A statement that repeats the rows of a table for each user, whatever columns it has."""
    special = {
        "id": identity("n + 10000000000") if table.endswith("sessions") else identity("n"),
        "user_id": identity("n"),
        "created_at_us": f"created_at_us - {count} + n",
        "sample_key": random,
    }
    values = [
        special.get(name) or (f"replace({name}, '{TEMPLATE}', 'user' || {padded})" if is_text else name)
        for name, is_text in columns]
    names = ", ".join(name for name, _ in columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} CROSS JOIN {series} AS numbers"


def _digits(number):
    random = hashlib.md5(str(number).encode()).hexdigest()
    return f"{1727000000000 + number:012x}7{random[:3]}8{random[3:18]}"


def _finish(count, schema):
    return [
        f"UPDATE {schema}user_counts SET count = count + {count} WHERE shard = 0",
        f"UPDATE {schema}users SET role = 'admin' WHERE username = '{TEMPLATE}'",
    ]
