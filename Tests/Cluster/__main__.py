# SPDX-License-Identifier: Apache-2.0
"""Fail-overs of PostgreSQL under three daemons, with synchronous and with asynchronous replication.

Prints for each what was acknowledged, what of it was lost, for how long no write was acknowledged, and how many revocations
a daemon missed. Exits with 1 where that is not as docs/deployment.md says. Each case is a process of its own, so that both
wait for their lease of etcd at the same time.
"""

import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback

from case import Case
from page import Page
from processes import Ports, adopt, end_with_parent, exit_on_signals, kill_descendants

CASES = {"synchronous": True, "asynchronous": False}
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/deployment.md")


def run_case(name, binary, folder):
    """Runs one case, and prints its figures and failures as JSON."""
    end_with_parent()
    ports = Ports(list(CASES).index(name), len(CASES))
    try:
        case = Case(CASES[name], binary, folder, Page(PAGE), ports)
        case.run()
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        kill_descendants()
    print(json.dumps({"figures": case.figures, "failures": case.failures}))
    return 0


def run_all(names, binary, folder):
    """Runs the cases side by side, and prints a table of each."""
    command = [sys.executable, "-B", os.path.dirname(os.path.abspath(__file__)), "--binary", binary]
    running = {}
    for name in names:
        place = os.path.join(folder, name)
        os.mkdir(place)
        running[name] = subprocess.Popen(
            command + ["--case", name, "--folder", place], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    failed = False
    for name, process in running.items():
        text, _ = process.communicate()
        print(f"\nFail-over with {name} replication")
        if process.returncode != 0:
            failed = True
            print("  did not come to its end", flush=True)
            show_logs(os.path.join(folder, name))
            continue
        result = json.loads(text)
        for what, figure in result["figures"]:
            print(f"  {what:<60}{figure:>8}")
        for failure in result["failures"]:
            failed = True
            print(f"  FAILED: {failure}", flush=True)
        if result["failures"]:
            show_logs(os.path.join(folder, name))
    return 1 if failed else 0


def show_logs(folder):
    for path in sorted(glob.glob(f"{folder}/*.log")):
        with open(path, encoding="utf-8", errors="replace") as file:
            sys.stderr.write(f"--- {os.path.basename(path)}\n{''.join(file.readlines()[-40:])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", required=True, help="the authd to test")
    parser.add_argument("--case", choices=CASES, help="only this one")
    parser.add_argument("--folder", help="the folder of a case that another process started")
    options = parser.parse_args()
    if os.geteuid() == 0:
        sys.exit("test-cluster: run it as an ordinary user, for PostgreSQL refuses to run as root")
    exit_on_signals()
    adopt()
    binary = os.path.abspath(options.binary)
    if options.folder:
        return run_case(options.case, binary, options.folder)

    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="authd-cluster-") as folder:
        try:
            status = run_all([options.case] if options.case else list(CASES), binary, folder)
        finally:
            kill_descendants()
    print(f"\ntest-cluster: {'passed' if status == 0 else 'failed'} after {time.monotonic() - start:.0f} seconds")
    return status


sys.exit(main())
