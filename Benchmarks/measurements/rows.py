# SPDX-License-Identifier: Apache-2.0
"""What is measured, beside which yardstick, and within which budget: the rows of the page, without their figures."""

from typing import NamedTuple


class Row(NamedTuple):
    key: str
    # The measurement that yields the row; None where there is none.
    measurement: str | None
    what: str
    yardstick: str = "–"
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "×"
    # Why a row without a measurement is not measured.
    reason: str = ""

    @property
    def budget(self):
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {self.unit}"
        return "–" if self.at_most is None else f"≤ {self.at_most:g} {self.unit}"

    def holds(self, value):
        """Whether a value is within the budget; None where there is none."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


ME = "`GET /auth/me` with a valid token, one processor"
REFRESH = "refresh on PostgreSQL over 8 connections"
BAREST = "pgbench, 8 clients, the barest statement"

BUDGETS = [
    Row("me-nginx", "me", ME, "nginx with one worker returning the same bytes", at_least=0.5),
    Row("me-nio", "me", ME, "SwiftNIO with a handler that encodes the same response", at_least=0.8),
    Row("me-nio-verbatim", "me", ME, "SwiftNIO with a handler that writes the same bytes"),
    Row("me-fastapi", None, ME, "FastAPI with PyJWT and one worker", at_least=50,
        reason="`scripts/bootstrap bench` installs no Python packages"),
    Row("me-hummingbird", None, ME, "Hummingbird 2 with JWTKit 5", at_least=4,
        reason="`scripts/bootstrap bench` installs neither"),
    Row("me-go", None, ME, "Go net/http with golang-jwt", at_least=1.2,
        reason="`scripts/bootstrap bench` installs no Go"),
    Row("sign-in", "sign-in", "`POST /auth/login`, all processors",
        "`crypto_pwhash_str_verify` in C on as many threads, at the same cost", at_least=0.95),
    Row("refresh-library", "refresh", f"{REFRESH}, by the library", BAREST, at_least=0.6),
    Row("refresh-http", "refresh", f"{REFRESH}, over HTTP", BAREST, at_least=0.5),
    Row("refresh-statement", "refresh", "the statement of a refresh, by pgbench", BAREST),
    Row("verify", "verify", "verify one HS256 token in process, nothing cached",
        "one-shot `HMAC()` of libcrypto over the same bytes", at_most=2),
    Row("verify-cached", "verify", "verify one HS256 token in process, verified before",
        "one-shot `HMAC()` of libcrypto over the same bytes"),
    Row("storm", "storm", "99th percentile of `GET /auth/me` while sign-ins keep all processors busy",
        "the same without sign-ins", at_most=10),
    Row("storm-alone", "storm", "99th percentile of `GET /auth/me` while sign-ins keep all processors busy",
        at_most=10, unit="ms"),
    Row("memory-own", "memory", "anonymous memory, idle", at_most=8, unit="MiB"),
    Row("memory-resident", "memory", "resident memory, idle", at_most=45, unit="MiB"),
    Row("memory-connections", "memory", "resident memory with 10,000 idle connections", at_most=150, unit="MiB"),
    Row("memory-used", "memory", "resident memory, idle after sign-ins on all processors", unit="MiB"),
    Row("start", "start", "start to first response, SQLite, existing database", at_most=100, unit="ms"),
]

# How much slower a thing may become from the first size to the last.
GROWTH_BUDGET = 1.3
SIZES = (10_000, 100_000, 1_000_000)


class Growth(NamedTuple):
    key: str
    what: str
    # Why it may become slower than the budget; empty where it may not.
    reason: str = ""


GROWTH = [
    Growth("sign-in", "sign-in"),
    Growth("refresh", "refresh"),
    Growth("me", "`GET /auth/me`"),
    Growth("list", "first page of a list of 50"),
    Growth("keyset", "page of 50 in the middle of the list, by cursor"),
    Growth("search", "search that fills a page of 50"),
    Growth("search-one", "search that finds one user",
           "a search for a part of a name reads every user until its page is full"),
    Growth("purge", "purge of 500 expired sessions, spread over the table",
           "500 sessions among ten thousand share their pages with each other, and among a million each has its own"),
]
BACKENDS = ("PostgreSQL", "SQLite")
