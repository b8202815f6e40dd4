# SPDX-License-Identifier: Apache-2.0
"""Memory at rest and with many idle connections, and the time from the start to the first answer."""

import resource
import socket
import time

from machine import Folder, wrk
from servers import Authd
from sign_in import write_sign_in_script

# What the daemon keeps for its database, its mail and its log.
DESCRIPTORS_IN_RESERVE = 200


def memory(run):
    # The client and the daemon have as many descriptors as the system lets this process have.
    count = min(run.idle_connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - DESCRIPTORS_IN_RESERVE)
    # All connections come from one source.
    settings = {"MAX_CONNECTIONS_PER_SOURCE": str(run.idle_connections)}
    with Folder() as folder, Authd(run.binaries, folder, settings) as authd:
        time.sleep(run.settling_seconds)
        fresh, own = authd.resident_mebibytes, authd.own_mebibytes
        authd.register("ada")
        request = authd.me(authd.sign_in("ada")["access_token"])
        clients = []
        try:
            for _ in range(count):
                client = socket.create_connection(("127.0.0.1", authd.port))
                client.sendall(request)
                if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                    raise RuntimeError("a request was refused")
                clients.append(client)
            time.sleep(run.settling_seconds)
            crowded = authd.resident_mebibytes
        finally:
            for client in clients:
                client.close()
    with Folder() as folder, Authd(run.binaries, folder) as authd:
        authd.register("ada")
        wrk(f"http://127.0.0.1:{authd.port}/auth/login", 32, run.seconds, script=write_sign_in_script(folder, "ada"))
        time.sleep(run.settling_seconds)
        used = authd.resident_mebibytes
    run.report.amount("memory-own", [own])
    run.report.amount("memory-resident", [fresh])
    if count == run.idle_connections:
        run.report.amount("memory-connections", [crowded])
    else:
        run.report.missing("memory-connections", f"the limit of open files allows {count:,}, at {crowded:.1f} MiB")
    run.report.amount("memory-used", [used])


def start(run):
    times = []
    with Folder() as folder:
        with Authd(run.binaries, folder) as authd:
            authd.register("ada")
        for _ in range(run.starts):
            server = Authd(run.binaries, folder)
            begin = time.monotonic()
            with server:
                with socket.create_connection(("127.0.0.1", server.port)) as client:
                    client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                        raise RuntimeError("the first request was refused")
                times.append((time.monotonic() - begin) * 1000)
    run.report.amount("start", times, digits=0)
