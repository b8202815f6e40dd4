# SPDX-License-Identifier: Apache-2.0
"""Measures authd beside its yardsticks and writes docs/performance.md."""

import argparse
import os
import resource
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import footprint
import me
import page
import refresh
import scale
import sign_in
import verify
from refresh import CONCURRENCY
from report import Report
from rows import BACKENDS, BUDGETS, SIZES

MEASUREMENTS = {
    "me": me.throughput,
    "sign-in": sign_in.throughput,
    "refresh": refresh.throughput,
    "verify": verify.in_process,
    "storm": me.under_storm,
    "memory": footprint.memory,
    "start": footprint.start,
    "scale": scale.growth,
}
# Filling databases with a million users takes minutes.
SLOW = {"scale"}
# Its passwords are hashed at low priority: beside other measurements the queue fills up, and authd answers 503.
ALONE = {"sign-in"}


def at_once(measurements):
    """Takes measurements side by side where no time counts."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        # The longest ones stand last, and begin first.
        for future in [pool.submit(measurement) for measurement in reversed(measurements)]:
            future.result()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", help="where the build is")
    parser.add_argument(
        "--only", nargs="+", choices=MEASUREMENTS, metavar="NAME",
        help=f"only these, and the page stays as it is: {' '.join(MEASUREMENTS)}")
    parser.add_argument("--scale", action="store_true", help="also with a million users, which takes minutes")
    parser.add_argument("--smoke", action="store_true", help="everything once and in small, to see that it runs")
    parser.add_argument("--outline", action="store_true", help="print the page without figures, and measure nothing")
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair takes turns")
    parser.add_argument("--seconds", type=int, default=3, help="how long one turn is")
    run = parser.parse_args()
    if run.outline:
        print(page.blank(), end="")
        return
    run.binaries = os.path.abspath(run.binaries)
    run.report = Report(is_judged=not run.smoke)
    run.probe_seconds, run.settling_seconds, run.verifications = 2 * run.seconds, 2, 20_000
    run.idle_connections, run.sessions, run.sizes = 10_000, 4 * CONCURRENCY, SIZES
    run.starts = 4 * run.rounds
    if run.smoke:
        run.rounds = run.seconds = run.probe_seconds = run.starts = 1
        run.settling_seconds, run.verifications = 0.1, 100
        run.idle_connections, run.sessions, run.sizes = 50, 2 * CONCURRENCY, (100,)
    chosen = run.only or [name for name in MEASUREMENTS if run.scale or run.smoke or name not in SLOW]
    # As many connections as the system allows.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if run.smoke:
        at_once([partial(MEASUREMENTS[name], run) for name in chosen if name not in SLOW | ALONE]
                + [partial(scale.growth, run, (backend,)) for backend in BACKENDS if "scale" in chosen])
    for name in chosen:
        if not run.smoke or name in ALONE:
            MEASUREMENTS[name](run)
    run.report.require(chosen)
    if not run.smoke and not run.only:
        page.write(run.report, "scale" in chosen)
        for row in BUDGETS:
            if row.measurement is None:
                print(f"{row.what}, beside {row.yardstick}: not measured: {row.reason}")
    if run.report.missed:
        print("\nBudgets missed:", "; ".join(run.report.missed))


if __name__ == "__main__":
    main()
