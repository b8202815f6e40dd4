# SPDX-License-Identifier: Apache-2.0
"""Clients that write without pause."""

import itertools
import threading

from daemon import Client
from ledger import Session

_numbers = itertools.count(1)


class Writers:
    """Two clients of each daemon. They register, sign in and refresh, and sign out of what they have beyond a stock of open
    sessions, so that sessions from before a moment can be signed out after it."""

    def __init__(self, daemons, ledger, stock):
        self.ledger, self.stock = ledger, stock
        self.open = []
        self.over = {daemon.name: threading.Event() for daemon in daemons}
        self.threads = {daemon.name: [] for daemon in daemons}
        for daemon in daemons:
            for _ in range(2):
                thread = threading.Thread(target=self._work, args=(daemon,), daemon=True)
                self.threads[daemon.name].append(thread)
                thread.start()

    def finish(self, daemons):
        """Has the clients of these daemons end with the request that they have sent."""
        for daemon in daemons:
            self.over[daemon.name].set()
        for daemon in daemons:
            for thread in self.threads[daemon.name]:
                thread.join()

    def _work(self, daemon):
        client, over, sessions = Client(daemon), self.over[daemon.name], []
        while not over.is_set():
            if not self._life(client, daemon, over, sessions):
                # Refused at once: another request would be too.
                over.wait(0.1)
        self.open += sessions

    def _life(self, client, daemon, over, sessions):
        """One user's first minutes. Gives False where a request was not acknowledged."""
        name = f"user-{next(_numbers)}"
        write = self.ledger.perform
        if write("registration", daemon.name, name, lambda: client.register(name), 201) is None or over.is_set():
            return False
        tokens = write("sign-in", daemon.name, name, lambda: client.sign_in(name), 200)
        if tokens is None:
            return False
        session = Session(name, tokens)
        sessions.append(session)
        if over.is_set():
            return True
        tokens = write("refresh", daemon.name, session, lambda: client.refresh(session.refresh), 200)
        if tokens is None:
            return False
        session.access, session.refresh = tokens["access_token"], tokens["refresh_token"]
        if len(sessions) <= self.stock or over.is_set():
            return True
        # From here on the client counts it as neither open nor ended, until the answer is there.
        oldest = sessions.pop(0)
        return write("sign-out", daemon.name, oldest, lambda: client.sign_out(oldest.access), 200) is not None
