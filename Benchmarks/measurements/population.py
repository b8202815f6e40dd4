# SPDX-License-Identifier: Apache-2.0
"""Fills a database with copies of one user, each with names, a password and a session of their own."""

import json
import random
import sqlite3
import subprocess

TEMPLATE = "qqtemplate"


def username(number):
    return f"user{number:07d}"


class Population:
    """Rows like those of the user called `TEMPLATE`, whatever columns the tables have."""

    TABLES = ("users", "identifiers", "passwords", "sessions")

    def __init__(self, rows, count):
        self.rows, self.count = rows, count

    def columns(self, table):
        return list(self.rows[table][0])

    def copies(self, table):
        """The copies' rows of a table, in the order in which users are numbered."""
        numbers = random.Random(7)
        for number in range(self.count):
            # Version 7 of RFC 9562: a time, then random bits. The same for every table.
            identity = self._uuid(0x0192_0000_0000 + number, number)
            session = self._uuid(0x0193_0000_0000 + number, number + 1)
            for row in self.rows[table]:
                copy = dict(row)
                for name, value in row.items():
                    if isinstance(value, str):
                        copy[name] = value.replace(TEMPLATE, username(number))
                if table == "users":
                    copy["id"] = identity
                    copy["created_at_us"] = row["created_at_us"] - self.count + number
                else:
                    copy["user_id"] = identity
                if table == "sessions":
                    copy["id"] = session
                if table == "passwords":
                    copy["sample_key"] = numbers.getrandbits(63)
                yield list(copy.values())

    @staticmethod
    def _uuid(milliseconds, seed):
        bits = random.Random(seed).getrandbits(74)
        return (milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1).to_bytes(16, "big")


def fill_sqlite(path, count):
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        rows = {
            table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")] for table in Population.TABLES}
        population = Population(rows, count)
        for table in Population.TABLES:
            columns = population.columns(table)
            marks = ", ".join("?" * len(columns))
            database.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", population.copies(table))
        database.execute("UPDATE user_counts SET count = count + ? WHERE shard = 0", [count])
        database.execute("UPDATE users SET role = 'admin' WHERE username = ?", [TEMPLATE])
    database.close()


def fill_postgres(postgres, count):
    rows = {}
    for table in Population.TABLES:
        lines = postgres.psql(f"SELECT row_to_json(t) FROM authd.{table} t").splitlines()
        rows[table] = [json.loads(line) for line in lines]
    population = Population(rows, count)
    for table in Population.TABLES:
        columns = ", ".join(population.columns(table))
        copy = subprocess.Popen(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", postgres.url, "-c",
             f"COPY authd.{table} ({columns}) FROM STDIN"],
            stdin=subprocess.PIPE, text=True)
        for row in population.copies(table):
            copy.stdin.write("\t".join(map(_text, row)) + "\n")
        copy.stdin.close()
        if copy.wait() != 0:
            raise RuntimeError(f"{table} was not filled")
    postgres.psql(f"""
        UPDATE authd.user_counts SET count = count + {count} WHERE shard = 0;
        UPDATE authd.users SET role = 'admin' WHERE username = '{TEMPLATE}';
        VACUUM ANALYZE;
        CHECKPOINT;
    """)


def _text(value):
    """A value as COPY reads one."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return value.hex()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
