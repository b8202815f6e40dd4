# SPDX-License-Identifier: Apache-2.0
"""Memory at rest and with many idle connections, and the time from the start to the first answer."""

import socket
import time

from machine import PROCESSORS, Folder, median, output, wrk
from servers import Authd
from sign_in import write_sign_in_script


def memory(run):
    with Folder() as folder, Authd(run.binaries, folder) as authd:
        time.sleep(2)
        fresh, own = authd.resident_mebibytes, authd.own_mebibytes
        authd.register("ada")
        request = authd.me(authd.sign_in("ada")["access_token"])
        clients = []
        try:
            for _ in range(run.idle_connections):
                client = socket.create_connection(("127.0.0.1", authd.port))
                client.sendall(request)
                if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                    raise RuntimeError("a request was refused")
                clients.append(client)
            time.sleep(2)
            crowded = authd.resident_mebibytes
        finally:
            for client in clients:
                client.close()
    with Folder() as folder, Authd(run.binaries, folder) as authd:
        authd.register("ada")
        wrk(f"http://127.0.0.1:{authd.port}/auth/login", 32, run.seconds, script=write_sign_in_script(folder, "ada"))
        time.sleep(2)
        used = authd.resident_mebibytes
    run.figures.amount("resident memory, idle", f"{fresh:.1f} MiB", fresh, "MiB", at_most=25)
    run.figures.note(f"of these {own:.1f} MiB are its own; the rest are pages of the program and of libraries")
    run.figures.amount(
        f"resident memory, {run.idle_connections:,} idle connections", f"{crowded:.1f} MiB", crowded, "MiB", at_most=150)
    run.figures.amount(
        f"resident memory, idle after sign-ins by {len(PROCESSORS)} threads", f"{used:.1f} MiB", used, "MiB")


def start(run):
    times = []
    with Folder() as folder:
        with Authd(run.binaries, folder) as authd:
            authd.register("ada")
        for _ in range(4 * run.rounds):
            server = Authd(run.binaries, folder)
            begin = time.monotonic()
            with server:
                with socket.create_connection(("127.0.0.1", server.port)) as client:
                    client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                        raise RuntimeError("the first request was refused")
                times.append((time.monotonic() - begin) * 1000)
    run.figures.amount(
        "start to first answer, SQLite, existing database", f"{median(times):.0f} ms", median(times), "ms", at_most=100)
    run.figures.note(f"fastest {min(times):.0f} ms, slowest {max(times):.0f} ms")
