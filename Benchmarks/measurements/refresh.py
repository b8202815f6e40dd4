# SPDX-License-Identifier: Apache-2.0
"""Refreshing on PostgreSQL with 8 connections, beside pgbench with the least that a refresh must write."""

import json
import os
import re
import subprocess
import time

from machine import Folder, median, output, ratios, wrk
from servers import ROOT_KEY, Authd, Postgres

CONNECTIONS = 8
# Requests at a time: enough that no connection waits for work.
CONCURRENCY = 32
USER = "ada"
# The yardstick: the new state of a session, by its key. It takes the parameters of the library's own statement.
BAREST = "UPDATE authd.sessions SET counter = counter + 1, rotated_at_us = $4 WHERE user_id = $2 AND id = $1 RETURNING counter"


def throughput(run):
    with Folder() as folder, Postgres(folder) as postgres:
        settings = {
            "DATABASE_URL": postgres.url, "DB_POOL_SIZE": str(CONNECTIONS), "DB_MAX_OVERFLOW": "0"}
        Authd(run.binaries, folder, settings).migrate()
        statement = seen_statement(run, postgres)
        barest, own, library, server = [], [], [], []
        with Authd(run.binaries, folder, settings) as authd:
            authd.register(USER)
            postgres.psql("VACUUM ANALYZE")
            for _ in range(run.rounds):
                barest.append(pgbench(run, postgres, BAREST, folder))
                own.append(pgbench(run, postgres, statement, folder))
                library.append(in_process(run, postgres))
                # What the script does to its tokens is lost with it.
                tokens = [authd.sign_in(USER)["refresh_token"] for _ in range(run.sessions)]
                script = write_refresh_script(folder, tokens)
                load = wrk(f"http://127.0.0.1:{authd.port}/auth/refresh", CONCURRENCY, run.seconds, script=script)
                server.append(load.rate)
    for key, rates in (("refresh-library", library), ("refresh-http", server), ("refresh-statement", own)):
        run.report.ratio(key, f"{median(rates):,.0f}/s", f"{median(barest):,.0f}/s", ratios(rates, barest))


def library_command(run, postgres, seconds):
    return [f"{run.binaries}/InProcess", "refresh", postgres.url, str(CONNECTIONS), str(CONCURRENCY), str(seconds)]


def in_process(run, postgres):
    text = output(library_command(run, postgres, run.seconds), env=library_environment())
    return float(text.split()[1])


def library_environment():
    return dict(os.environ, ROOT_KEY=ROOT_KEY)


def seen_statement(run, postgres):
    """The statement as the server sees it, so that pgbench runs the same one whatever it becomes."""
    client = subprocess.Popen(
        library_command(run, postgres, 60), env=library_environment(), stdout=subprocess.DEVNULL)
    try:
        while client.poll() is None:
            seen = postgres.psql(
                "SELECT query FROM pg_stat_activity WHERE query LIKE 'UPDATE authd.sessions SET counter%' LIMIT 1")
            if seen.strip():
                return seen.strip()
            time.sleep(0.02)
    finally:
        client.kill()
        client.wait()
    raise RuntimeError("the statement that refreshes was not seen")


def pgbench(run, postgres, statement, folder):
    """Transactions a second of a script in which each client refreshes eight sessions of its own by turns."""
    # Sessions that a run of the library has left behind: no other client holds their tokens.
    rows = postgres.psql(
        "SELECT user_id, s.id, counter FROM authd.sessions s JOIN authd.users u ON u.id = user_id "
        f"WHERE username <> '{USER}' AND ended_at_us IS NULL ORDER BY random() LIMIT {8 * CONNECTIONS}").split()
    lines = ["\\set turn :n % 8", "\\set steps :n / 8"]
    for client in range(CONNECTIONS):
        lines.append(f"\\{'if' if client == 0 else 'elif'} :client_id = {client}")
        for turn in range(8):
            user, session, counter = rows[client * 8 + turn].split("|")
            values = {1: f"'{session}'", 2: f"'{user}'", 3: ":counter", 4: ":now"}
            lines.append(f"\\{'if' if turn == 0 else 'elif'} :turn = {turn}")
            lines.append(f"\\set counter {counter} + :steps")
            lines.append(re.sub(r"\$(\d)", lambda match: values[int(match.group(1))], statement) + ";")
        lines.append("\\endif")
    lines += ["\\endif", "\\set n :n + 1"]
    path = f"{folder}/refresh.pgbench"
    with open(path, "w") as file:
        file.write("\n".join(lines))
    before = total_counter(postgres)
    text = output([
        "pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-T", str(run.seconds), "-f", path,
        "-D", "n=0", "-D", f"now={time.time_ns() // 1000}", postgres.url])
    done = int(re.search(r"actually processed: (\d+)", text).group(1))
    if total_counter(postgres) - before != done:
        raise RuntimeError("pgbench did not refresh with every statement")
    return float(re.search(r"tps = ([\d.]+)", text).group(1))


def total_counter(postgres):
    return int(postgres.psql("SELECT sum(counter) FROM authd.sessions"))


def write_refresh_script(folder, tokens):
    """A script for wrk that exchanges each token for its successor when it comes round."""
    path = f"{folder}/refresh.lua"
    with open(path, "w") as file:
        file.write(f"""
            local tokens = {{{", ".join(json.dumps(token) for token in tokens)}}}
            local first, last = 1, #tokens
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            function request()
                local token = tokens[first]
                tokens[first] = nil
                first = first + 1
                return wrk.format(nil, nil, nil, '{{"refresh_token":"' .. token .. '"}}')
            end
            function response(status, headers, body)
                if status ~= 200 then error(status .. " " .. body) end
                last = last + 1
                tokens[last] = string.match(body, '"refresh_token":"([^"]+)"')
            end
        """)
    return path
