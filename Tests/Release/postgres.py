# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server of this machine that programs in another root reach."""

import contextlib
import os
import pathlib
import re
import subprocess

from debian import expect

ROOT = pathlib.Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def postgres(system):
    """Lends the URL of an empty database, as programs in the system write it; the server ends afterwards."""
    server = subprocess.Popen(
        [ROOT / "scripts" / "temporary-postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip()
    found = re.search(r"host=(\S+)", url)
    expect(found, "no PostgreSQL server has started")
    folder = found.group(1)
    # Its data stay its own; the socket is for every user.
    os.chmod(folder, 0o755)
    shown = system.path("/run/postgresql")
    shown.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", folder, shown], check=True)
    try:
        yield url.replace(folder, "/run/postgresql")
    finally:
        subprocess.run(["umount", "--lazy", shown], check=True)
        server.stdin.close()
        server.wait(60)
