# SPDX-License-Identifier: Apache-2.0
"""Whether a hundred times as many users make anything slower."""

import json
import random
import time
from contextlib import ExitStack

from machine import Folder, median, median_ratio, wrk
from population import TEMPLATE, fill_postgres, fill_sqlite, username
from refresh import CONCURRENCY, write_refresh_script
from servers import PASSWORD, Authd, Postgres

FEW = 10_000


def growth(run):
    for backend in ("SQLite", "PostgreSQL"):
        with ExitStack() as stack:
            few = populated(run, stack, backend, FEW)
            many = populated(run, stack, backend, run.users)
            for what, measure in MEASURES:
                rates = {few: [], many: []}
                for _ in range(run.rounds):
                    for place in (few, many):
                        rates[place].append(measure(run, place))
                run.figures.ratio(
                    f"{what}, {backend}, {run.users:,} users", f"{1e6 / median(rates[many]):,.0f} µs each",
                    f"{FEW:,} users {1e6 / median(rates[few]):,.0f} µs", median_ratio(rates[few], rates[many]),
                    at_most=1.3)


class Place:
    """A running authd and how many users it knows."""

    def __init__(self, folder, authd, count):
        self.folder, self.authd, self.count = folder, authd, count
        self.random = random.Random(count)
        self.url = f"http://127.0.0.1:{authd.port}"


def populated(run, stack, backend, count):
    folder = stack.enter_context(Folder())
    settings = {}
    postgres = None
    if backend == "PostgreSQL":
        postgres = stack.enter_context(Postgres(folder))
        settings = {"DATABASE_URL": postgres.url, "DB_POOL_SIZE": "8", "DB_MAX_OVERFLOW": "0"}
        Authd(run.binaries, folder, settings).migrate()
    with Authd(run.binaries, folder, settings) as authd:
        authd.register(TEMPLATE)
        authd.sign_in(TEMPLATE)
    if postgres:
        fill_postgres(postgres, count)
    else:
        fill_sqlite(f"{folder}/authd.db", count)
    begin = time.monotonic()
    authd = stack.enter_context(Authd(run.binaries, folder, settings))
    run.figures.note(f"{backend}, {count:,} users: started in {(time.monotonic() - begin) * 1000:.0f} ms")
    return Place(folder, authd, count)


def sign_ins(run, place):
    """Any of the users signs in."""
    path = f"{place.folder}/anybody.lua"
    names = [username(place.random.randrange(place.count)) for _ in range(5_000)]
    with open(path, "w") as file:
        file.write(f"""
            local names = {{{", ".join(json.dumps(name) for name in names)}}}
            local turn = 0
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            function request()
                turn = turn % #names + 1
                return wrk.format(
                    nil, nil, nil, '{{"username":"' .. names[turn] .. '","password":"{PASSWORD}"}}')
            end
        """)
    return wrk(f"{place.url}/auth/login", 16, run.seconds, script=path).rate


def refreshes(run, place):
    tokens = [
        place.authd.sign_in(username(place.random.randrange(place.count)))["refresh_token"]
        for _ in range(4 * CONCURRENCY)]
    script = write_refresh_script(place.folder, tokens)
    return wrk(f"{place.url}/auth/refresh", CONCURRENCY, run.seconds, script=script).rate


def list_pages(run, place):
    token = place.authd.sign_in(TEMPLATE)["access_token"]
    return wrk(
        f"{place.url}/users?limit=50", 4, run.seconds, headers=[f"Authorization: Bearer {token}"]).rate


MEASURES = (("sign-in", sign_ins), ("refresh", refreshes), ("first list page", list_pages))
