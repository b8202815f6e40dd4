# SPDX-License-Identifier: Apache-2.0
"""Signing in over HTTP on all processors, beside libsodium alone."""

import json

from machine import PROCESSORS, Folder, median, output, ratios, wrk
from servers import PASSWORD, Authd

# The defaults of authd.
MEMORY_KIB, ITERATIONS = 19456, 2


def write_sign_in_script(folder, username):
    """A script for wrk that signs one user in again and again."""
    body = json.dumps({"username": username, "password": PASSWORD})
    path = f"{folder}/sign-in.lua"
    with open(path, "w") as file:
        file.write(f"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = [[{body}]]
        """)
    return path


def throughput(run):
    rates, yardsticks = [], []
    threads = len(PROCESSORS)
    with Folder() as folder, Authd(run.binaries, folder) as authd:
        authd.register("ada")
        authd.sign_in("ada")
        script = write_sign_in_script(folder, "ada")
        for _ in range(run.rounds):
            # At the priority of authd's own hashing threads.
            yardsticks.append(float(output([
                "nice", "-n", "19", f"{run.binaries}/ArgonLoop", str(threads), str(run.seconds), str(MEMORY_KIB),
                str(ITERATIONS)])))
            rates.append(
                wrk(f"http://127.0.0.1:{authd.port}/auth/login", 8 * threads, run.seconds, script=script).rate)
    run.report.ratio(
        "sign-in", f"{median(rates):.1f}/s", f"{median(yardsticks):.1f}/s", ratios(rates, yardsticks))
