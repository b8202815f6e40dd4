# SPDX-License-Identifier: Apache-2.0
"""What clients were told: the acknowledged writes, with their times."""

import threading
import time


class Session:
    """A session as its client knows it: the tokens of the last acknowledged answer."""

    def __init__(self, user, tokens):
        self.user = user
        self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]


class Write:
    """An acknowledged write: when it was sent and answered, by which daemon, and what it was about."""

    def __init__(self, kind, daemon, subject, sent, answered):
        self.kind, self.daemon, self.subject, self.sent, self.answered = kind, daemon, subject, sent, answered


class Ledger:
    """The acknowledged writes of all clients, and the answers to those that were not acknowledged."""

    def __init__(self):
        self.lock = threading.Lock()
        self.writes = []
        # (daemon, when it was sent, status, code)
        self.refusals = []

    def perform(self, kind, daemon, subject, request, acknowledged):
        """Sends a write, and gives the members of its answer if that acknowledges it."""
        sent = time.monotonic()
        status, members = request()
        answered = time.monotonic()
        with self.lock:
            if status == acknowledged:
                self.writes.append(Write(kind, daemon, subject, sent, answered))
                return members
            self.refusals.append((daemon, sent, status, members.get("code")))
        return None

    def of(self, *kinds, since=0.0, until=float("inf")):
        """The acknowledged writes of these kinds that were sent in this time, in the order of their answers."""
        with self.lock:
            return [write for write in self.writes if write.kind in kinds and since <= write.sent < until]

    def refused(self, since):
        """The answers to writes sent since then that were not acknowledged."""
        with self.lock:
            return [refusal for refusal in self.refusals if refusal[1] >= since]

    def silence(self, since, daemons):
        """The seconds from then until one of these daemons acknowledged a write that was sent afterwards."""
        with self.lock:
            times = [w.answered for w in self.writes if w.sent >= since and w.daemon in daemons]
        return min(times) - since if times else float("inf")
