# SPDX-License-Identifier: Apache-2.0
"""An authd, and clients of it."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
from typing import NamedTuple

from processes import Process, output

COMMON = {
    "PUBLIC_URL": "https://id.example.com", "TOKEN_ISSUER": "https://id.example.com", "PORT": "0",
    "RATE_LIMIT_ENABLED": "false", "LOG_LEVEL": "notice",
    # The least that may be set: what is tried here is not hashing.
    "ARGON2_MEMORY_KIB": "7168", "ARGON2_ITERATIONS": "5",
    # So that a wait for a standby that is cut off is over soon, and a lost connection too.
    "DB_STATEMENT_TIMEOUT": "2", "DB_POOL_TIMEOUT": "2", "DB_CONNECT_TIMEOUT": "3",
}


def environment(settings):
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**inherited, **COMMON, **settings}


def migrate(binary, settings, folder):
    output([binary, "migrate"], env=environment(settings), cwd=folder)


class AuditHead(NamedTuple):
    """How far the audit log is sealed."""

    segment: int
    sequence: int


class Daemon:
    """A running authd."""

    def __init__(self, name, binary, settings, folder):
        self.name, self.binary, self.folder = name, binary, folder
        self.head_file = f"{folder}/{name}.audit-head"
        self.environment = environment({**settings, "AUDIT_HEAD_FILE": self.head_file})
        self.process = Process(name, [binary, "serve"], folder, self.environment)
        self.port = self.process.await_(self._port, "authd is ready")

    def _port(self):
        found = re.search(r'authd is ready address="?http://[^ "]*:([0-9]+)', self.log())
        return int(found.group(1)) if found else None

    def log(self):
        with open(self.process.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def audit_head(self):
        """The last head of the audit log that it has kept."""
        try:
            with open(self.head_file, encoding="ascii") as file:
                fields = dict(word.split("=", 1) for word in file.read().split() if "=" in word)
        except FileNotFoundError:
            return AuditHead(0, 0)
        return AuditHead(int(fields["segment"]), int(fields["sequence"]))

    def run(self, words):
        """Runs a command of authd with the settings of this daemon. Gives its status, and all that it has printed."""
        command = [self.binary if word == "authd" else word for word in words]
        result = subprocess.run(
            command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=60)
        return result.returncode, result.stdout

    def metric(self, name):
        """The value of a metric without labels."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=Client.PATIENCE)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return int(re.search(rf"^{name} ([0-9]+)$", text, re.MULTILINE).group(1))

    def freeze(self):
        self.process.signal(signal.SIGSTOP)

    def thaw(self):
        self.process.signal(signal.SIGCONT)


class Client:
    """Sends requests to one daemon over a connection that it keeps; to be used by one thread."""

    # The daemon answers sooner, or it is frozen.
    PATIENCE = 15

    def __init__(self, daemon):
        self.daemon = daemon
        self.connection = None

    def send(self, method, path, body=None, token=None):
        """Status and members of the answer; the status is 0 where none came."""
        fields = {}
        if body is not None:
            fields["Content-Type"] = "application/json"
        if token is not None:
            fields["Authorization"] = f"Bearer {token}"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=self.PATIENCE)
        try:
            self.connection.request(method, path, body=None if body is None else json.dumps(body), headers=fields)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0, {}
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, {}

    def register(self, name):
        return self.send("POST", "/auth/register", {"username": name, "password": PASSWORD})

    def sign_in(self, name):
        return self.send("POST", "/auth/login", {"username": name, "password": PASSWORD})

    def refresh(self, token):
        return self.send("POST", "/auth/refresh", {"refresh_token": token})

    def sign_out(self, token):
        return self.send("POST", "/auth/logout", token=token)

    def who(self, token):
        return self.send("GET", "/auth/me", token=token)


PASSWORD = "notes on the engine"


def spread(daemons, items, ask, threads=3):
    """What `ask(client, item)` gives for each item, asked by so many clients of the daemons in turn."""
    answers = [None] * len(items)
    failures = []

    def work(first):
        client = Client(daemons[first % len(daemons)])
        try:
            for index in range(first, len(items), threads):
                answers[index] = ask(client, items[index])
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return answers
