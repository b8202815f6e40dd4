# SPDX-License-Identifier: Apache-2.0
"""Whether more users make anything slower."""

import json
import random
import sqlite3
import time
from contextlib import ExitStack
from urllib.parse import quote

from machine import Folder, ask, median, output, ratios, wrk
from population import TEMPLATE, fill_postgres, fill_sqlite, username
from refresh import CONCURRENCY, write_refresh_script
from rows import BACKENDS
from servers import PASSWORD, Authd, Postgres

PAGE = 50
# As many rows as the daemon removes at once.
PURGED = 500


def growth(run, backends=BACKENDS):
    for backend in backends:
        with ExitStack() as stack:
            places = [populated(run, stack, backend, count) for count in run.sizes]
            for key, measure in MEASURES.items():
                times = [[] for _ in places]
                for _ in range(run.rounds):
                    for place, each in zip(places, times):
                        each.append(measure(run, place))
                run.report.grown(
                    backend, key, [median(each) for each in times], [ratios(each, times[0]) for each in times])


class Place:
    """A running authd, its database, and how many users it knows."""

    def __init__(self, folder, authd, postgres, count):
        self.folder, self.authd, self.postgres, self.count = folder, authd, postgres, count
        self.random = random.Random(count)
        self.url = f"http://127.0.0.1:{authd.port}"
        self.database_url = authd.settings["DATABASE_URL"]
        self.admin = authd.sign_in(TEMPLATE)["access_token"]

    def any_user(self):
        return username(self.random.randrange(self.count))

    def get(self, run, path):
        """The microseconds of one request of an administrator."""
        load = wrk(f"{self.url}{path}", 4, run.seconds, headers=[f"Authorization: Bearer {self.admin}"])
        return 1e6 / load.rate

    def execute(self, sql):
        if self.postgres:
            self.postgres.psql(sql)
        else:
            database = sqlite3.connect(f"{self.folder}/authd.db", timeout=30)
            database.execute(sql)
            database.commit()
            database.close()


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
    begin = time.monotonic()
    if postgres:
        fill_postgres(postgres, count)
    else:
        fill_sqlite(f"{folder}/authd.db", count)
    filled = time.monotonic()
    authd = stack.enter_context(Authd(run.binaries, folder, settings))
    run.report.note(
        f"{backend}, {count:,} users: made in {filled - begin:.0f} s; the daemon starts in "
        f"{(time.monotonic() - filled) * 1000:.0f} ms.", of_growth=True)
    return Place(folder, authd, postgres, count)


def sign_ins(run, place):
    """Any of the users signs in."""
    names = [place.any_user() for _ in range(5_000)]
    script = write_turns(
        place, "sign-in", names, '"POST", nil, {["Content-Type"] = "application/json"}, '
        f"""'{{"username":"' .. turn .. '","password":"{PASSWORD}"}}'""")
    return 1e6 / wrk(f"{place.url}/auth/login", 16, run.seconds, script=script).rate


def refreshes(run, place):
    tokens = [place.authd.sign_in(place.any_user())["refresh_token"] for _ in range(run.sessions)]
    script = write_refresh_script(place.folder, tokens)
    return 1e6 / wrk(f"{place.url}/auth/refresh", CONCURRENCY, run.seconds, script=script).rate


def profiles(run, place):
    tokens = [place.authd.sign_in(place.any_user())["access_token"] for _ in range(run.sessions)]
    script = write_turns(place, "me", tokens, '"GET", nil, {["Authorization"] = "Bearer " .. turn}')
    return 1e6 / wrk(f"{place.url}/auth/me", CONCURRENCY, run.seconds, script=script).rate


def first_pages(run, place):
    return place.get(run, f"/users?limit={PAGE}")


def middle_pages(run, place):
    """The page behind the middle of the list, found by its cursor."""
    status, body = ask(
        place.authd.port, "GET", f"/users?limit={PAGE}&page={max(1, place.count // PAGE // 2)}",
        headers={"Authorization": f"Bearer {place.admin}"})
    if status != 200:
        raise RuntimeError(f"the list answered {status}: {body}")
    return place.get(run, f"/users?limit={PAGE}&cursor={quote(json.loads(body)['next_cursor'])}")


def common_searches(run, place):
    return place.get(run, f"/users?limit={PAGE}&q=user")


def rare_searches(run, place):
    return place.get(run, f"/users?limit={PAGE}&q={place.any_user()}")


def purges(run, place):
    """One removal of sessions that are over, spread over the table."""
    schema = "authd." if place.postgres else ""
    due = min(PURGED, place.count // 10)
    # The daemon removes them too, once in a while: where it came first, others take their place.
    for _ in range(5):
        place.execute(
            f"UPDATE {schema}sessions SET idle_until_us = 0, over_on_day = 0 WHERE id IN "
            f"(SELECT id FROM {schema}sessions WHERE over_on_day > 0 AND ended_at_us IS NULL "
            f"ORDER BY random() LIMIT {due})")
        text = output([f"{run.binaries}/InProcess", "purge", place.database_url, str(PURGED)])
        values = dict(line.split() for line in text.splitlines())
        if int(values["removed"]) >= due:
            return float(values["microseconds"])
    raise RuntimeError(f"the purge removed {values['removed']} of {due} sessions")


def write_turns(place, name, values, arguments):
    """A script for wrk that makes a request for each value by turns; in the arguments `turn` is the value."""
    path = f"{place.folder}/{name}.lua"
    with open(path, "w") as file:
        file.write(f"""
            local values = {{{", ".join(json.dumps(value) for value in values)}}}
            local place = 0
            function request()
                place = place % #values + 1
                local turn = values[place]
                return wrk.format({arguments})
            end
        """)
    return path


MEASURES = {
    "sign-in": sign_ins, "refresh": refreshes, "me": profiles, "list": first_pages, "keyset": middle_pages,
    "search": common_searches, "search-one": rare_searches, "purge": purges,
}
