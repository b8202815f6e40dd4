#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mixed load for a while, then quiet: does the daemon give back the memory that it no longer uses?

Prints what is in use and what is resident. Exits with 1 where after the quiet time more is resident than 1.5 times what
is in use, the pages of the program and of libraries, and what the process had at rest beside its heap (stacks, tables of
the linker).
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

MEBIBYTE = 1024 * 1024
PASSWORD = "correct horse battery 9!"


class Daemon:
    """An authd with a database of its own."""

    def __init__(self, binary, folder):
        environment = {
            "PATH": os.environ["PATH"], "ENVIRONMENT": "development", "PORT": "0", "RATE_LIMIT_ENABLED": "false",
            "LOG_LEVEL": "notice", "MAX_CONNECTIONS_PER_SOURCE": "16384",
        }
        self.process = subprocess.Popen(
            [os.path.abspath(binary), "serve"], cwd=folder, env=environment, stderr=subprocess.PIPE)
        for line in self.process.stderr:
            if b"authd is ready" in line:
                address = next(word for word in line.split() if word.startswith(b"address="))
                self.port = int(address.decode().strip('"').rsplit(":", 1)[1])
                break
        else:
            raise SystemExit("authd did not start")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def memory(self):
        """What is in use, what is resident, and the pages of files in that, in MiB."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return [int(values[f"authd_memory_{name}_bytes"]) / MEBIBYTE for name in ("in_use", "resident", "files")]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


class Client(threading.Thread):
    """A user who registers, signs in, refreshes, asks, sends junk, and keeps some connections for nothing."""

    def __init__(self, port, number, until):
        super().__init__(daemon=True)
        self.port, self.number, self.until = port, number, until
        self.requests = 0

    def run(self):
        count = 0
        while time.monotonic() < self.until:
            count += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.life(connection, f"user-{self.number}-{count}")
            except (OSError, http.client.HTTPException, KeyError, ValueError):
                pass
            connection.close()

    def life(self, connection, name):
        account = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        self.send(connection, "POST", "/auth/register", account)
        tokens = self.send(connection, "POST", "/auth/login", {"username": name, "password": PASSWORD})
        for _ in range(4):
            access = {"Authorization": "Bearer " + tokens["access_token"]}
            for _ in range(10):
                self.send(connection, "GET", "/auth/me", headers=access)
            self.send(connection, "POST", "/auth/login", {"username": name, "password": "x" * 200})
            self.send(connection, "POST", "/auth/refresh", {"refresh_token": "y" * 40_000})
            self.send(connection, "GET", "/openapi.json")
            tokens = self.send(connection, "POST", "/auth/refresh", {"refresh_token": tokens["refresh_token"]})

    def send(self, connection, method, path, body=None, headers=None):
        fields = dict(headers or {})
        if body is not None:
            fields["Content-Type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body is not None else None, fields)
        text = connection.getresponse().read()
        self.requests += 1
        return json.loads(text) if text else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=".build/release/authd")
    parser.add_argument("--minutes", type=float, default=8, help="of load")
    parser.add_argument("--quiet", type=float, default=1, help="minutes without load, at most")
    parser.add_argument("--clients", type=int, default=48)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(arguments.binary, folder)
        try:
            in_use, resident, files = daemon.memory()
            beside = resident - files - in_use
            print(f"at rest: {in_use:.1f} MiB in use, {resident:.1f} MiB resident", flush=True)
            until = time.monotonic() + arguments.minutes * 60
            clients = [Client(daemon.port, number, until) for number in range(arguments.clients)]
            for client in clients:
                client.start()
            while any(client.is_alive() for client in clients):
                clients[0].join(timeout=min(10, max(1, arguments.minutes * 6)))
                in_use, resident, files = daemon.memory()
                print(f"under load: {in_use:.1f} MiB in use, {resident:.1f} MiB resident", flush=True)
            print(f"{sum(client.requests for client in clients)} requests", flush=True)
            end = time.monotonic() + arguments.quiet * 60
            while True:
                in_use, resident, files = daemon.memory()
                allowed = 1.5 * in_use + files + beside
                if resident <= allowed or time.monotonic() >= end:
                    break
                time.sleep(1)
            print(f"quiet: {in_use:.1f} MiB in use, {resident:.1f} MiB resident, at most {allowed:.1f} MiB allowed")
        finally:
            status = daemon.stop()
        if status != 0:
            raise SystemExit(f"authd ended with {status}")
        if resident > allowed:
            sys.exit(1)


if __name__ == "__main__":
    main()
