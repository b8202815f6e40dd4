# SPDX-License-Identifier: Apache-2.0
"""`GET /auth/me` with a valid token: how fast on one processor, and how fast while passwords are hashed."""

import subprocess
from contextlib import ExitStack

from machine import PROCESSORS, Folder, median, output, ratios, record, wrk, wrk_command
from servers import Authd, BareNIO, Nginx
from sign_in import write_sign_in_script


def throughput(run):
    server, client = PROCESSORS[0], PROCESSORS[-1]
    with Folder() as folder, ExitStack() as stack:
        authd = stack.enter_context(
            Authd(run.binaries, folder, {"EVENT_LOOP_THREADS": "1", "HASH_THREADS": "1"}, server))
        authd.register("ada")
        token = authd.sign_in("ada")["access_token"]
        # The second reply: the first one has been through the database.
        record(authd.port, authd.me(token))
        reply = record(authd.port, authd.me(token))
        others = [
            stack.enter_context(other)
            for other in (
                Nginx(folder, reply, server),
                BareNIO(run.binaries, folder, reply, server, "encoded"),
                BareNIO(run.binaries, folder, reply, server, "verbatim"),
            )
        ]
        rates, costs = {}, {}
        for _ in range(run.rounds):
            for each in [authd] + others:
                before = each.processor_seconds
                load = wrk(
                    f"http://127.0.0.1:{each.port}/auth/me", 64, run.seconds, processor=client,
                    headers=[f"Authorization: Bearer {token}"])
                rates.setdefault(each.name, []).append(load.rate)
                costs.setdefault(each.name, []).append((each.processor_seconds - before) / load.count * 1e6)
    for other, key in zip(others, ("me-nginx", "me-nio", "me-nio-verbatim")):
        run.report.ratio(
            key, f"{median(rates['authd']):,.0f}/s", f"{median(rates[other.name]):,.0f}/s",
            ratios(rates["authd"], rates[other.name]))
    run.report.note(
        "Processor time of one `GET /auth/me`: "
        + ", ".join(f"{name} {median(values):.1f} µs" for name, values in costs.items())
        + f"; the response has {len(reply)} bytes, the token {len(token)}.")


def under_storm(run):
    with Folder() as folder, Authd(run.binaries, folder) as authd:
        authd.register("ada")
        request = authd.me(authd.sign_in("ada")["access_token"]).decode()
        script = write_sign_in_script(folder, "ada")
        storm_command = wrk_command(
            f"http://127.0.0.1:{authd.port}/auth/login", 32, run.probe_seconds + 2, script=script)
        calm, stormy = [], []
        for _ in range(run.rounds):
            calm.append(probe(run, authd.port, request))
            storm = subprocess.Popen(storm_command, stdout=subprocess.PIPE, text=True)
            # Until every hashing thread is busy and its queue is not empty.
            probe(run, authd.port, request, seconds=1)
            stormy.append(probe(run, authd.port, request))
            storm.communicate()
    p99_calm, p99_stormy = [each[1] / 1000 for each in calm], [each[1] / 1000 for each in stormy]
    run.report.ratio(
        "storm", f"{median(p99_stormy):.2f} ms", f"{median(p99_calm):.2f} ms", ratios(p99_stormy, p99_calm))
    run.report.amount("storm-alone", p99_stormy, digits=2)
    run.report.note(
        f"Median of `GET /auth/me`: {median([each[0] for each in stormy]):.0f} µs while sign-ins keep all processors busy, "
        f"{median([each[0] for each in calm]):.0f} µs without.")


def probe(run, port, request, seconds=None):
    """Median, 99th percentile and maximum in microseconds at 500 requests a second over 8 connections."""
    duration = seconds if seconds is not None else run.probe_seconds
    text = output([f"{run.binaries}/LatencyProbe", str(port), "8", "500", str(duration)], input=request)
    return [float(part) for part in text.split()]
