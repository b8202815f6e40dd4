# SPDX-License-Identifier: Apache-2.0
"""Prints the budgets of the design, each measured beside its yardstick in the same run."""

import argparse
import os

import footprint
import me
import refresh
import scale
import sign_in
import verify
from figures import Figures

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
# Loading a million users takes minutes.
SLOW = {"scale"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", required=True, help="where the release build is")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, metavar="NAME", help=" ".join(MEASUREMENTS))
    parser.add_argument("--scale", action="store_true", help="also with a million users, which takes minutes")
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair takes turns")
    parser.add_argument("--seconds", type=int, default=3, help="how long one turn is")
    parser.add_argument("--idle-connections", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=1_000_000, help="how many count as many")
    run = parser.parse_args()
    run.binaries = os.path.abspath(run.binaries)
    run.figures = Figures()
    chosen = run.only or [name for name in MEASUREMENTS if run.scale or name not in SLOW]
    for name in chosen:
        MEASUREMENTS[name](run)
    if run.figures.missed:
        print("\nBudgets missed:", "; ".join(run.figures.missed))


if __name__ == "__main__":
    main()
