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
    for table in TABLES:
        columns = [(row[1], row[2] == "TEXT") for row in database.execute(f"PRAGMA table_info({table})")]
        database.execute(_copy(
            table, columns, count,
            f"(WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < {count}) "
            "SELECT n FROM series)",
            identity=lambda number: f"identity({number})", padded="printf('%07d', n)", random="abs(random())"))
    for statement in _finish(count, ""):
        database.execute(statement)
    database.commit()
    database.close()


def fill_postgres(postgres, count):
    def identity(number):
        return (
            f"(lpad(to_hex(1727000000000 + {number}), 12, '0') || '7' || left(md5(({number})::text), 3) || '8' "
            f"|| substr(md5(({number})::text), 4, 15))::uuid")

    for table in TABLES:
        rows = postgres.psql(
            "SELECT column_name, data_type = 'text' FROM information_schema.columns "
            f"WHERE table_schema = 'authd' AND table_name = '{table}' ORDER BY ordinal_position").split()
        columns = [(name, is_text == "t") for name, is_text in (row.split("|") for row in rows)]
        postgres.psql(_copy(
            f"authd.{table}", columns, count, f"(SELECT generate_series(0, {count - 1}) AS n)", identity,
            padded="lpad(n::text, 7, '0')", random="(random() * 9e18)::bigint"))
    for statement in _finish(count, "authd.") + ["VACUUM ANALYZE", "CHECKPOINT"]:
        postgres.psql(statement)


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
