# SPDX-License-Identifier: Apache-2.0
"""What a release does on machines that are not this one; scripts/test-release starts it in namespaces of its own."""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tarfile
import time

from container import try_container
from debian import Debian, Failure, expect
from package import try_package
from tarball import try_tarball

LIBRARIES = "libcrypt1 libcurl4 libpq5 libsodium23 libsqlite3-0 libssl3 libstdc++6 ca-certificates".split()


def only(folder, pattern):
    found = sorted(folder.glob(pattern))
    expect(len(found) == 1, f"{folder} has {len(found)} files {pattern}, not one: run `make release`")
    return found[0]


class Repacking:
    """Packs the program of a release again, in the background: the same program makes the same files."""

    def __init__(self, dist, folder, tarball):
        self.dist, self.folder = dist, folder / "again"
        with tarfile.open(tarball) as archive:
            moment = int(archive.next().mtime)
        clone = dist.parent
        self.process = subprocess.Popen(
            [clone / "scripts" / "release"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, umask=0o077,
            env={**os.environ, "AUTHD_BINARY": str(clone / ".build" / "release" / "authd"), "AUTHD_DIST": str(self.folder),
                 "SOURCE_DATE_EPOCH": str(moment)})

    def check(self):
        said = self.process.communicate()[0]
        expect(self.process.returncode == 0, "the program cannot be packed again:\n" + said)
        first, again = ((folder / "SHA256SUMS").read_text("utf-8") for folder in (self.dist, self.folder))
        expect(first == again, f"packing the same program twice made different files:\n{first}{again}")


def test(dist, folder):
    package, tarball = only(dist, "authd_*.deb"), only(dist, "authd-*-linux-*.tar.gz")
    only(dist, "authd-*-linux-*.debug")
    print("== sums", flush=True)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=dist, check=True)
    listed = {line.split()[1] for line in (dist / "SHA256SUMS").read_text("utf-8").strip().split("\n")}
    expect(listed == {path.name for path in dist.glob("authd*")}, "SHA256SUMS lists", listed)

    repacking = Repacking(dist, folder, tarball)
    print("== a Debian system", flush=True)
    base = Debian.bootstrap(folder / "base")
    print("== the same files, packed again", flush=True)
    repacking.check()
    systems = [base.copy(folder / name) for name in ("package", "tarball", "container")]
    subprocess.run(
        ["tar", "--extract", "--file", tarball, "--directory", folder, "--strip-components", "2", "--wildcards",
         "authd-*/bin/authd"], check=True)
    for system in systems[:2]:
        system.install_systemctl()
    # Side by side, for dpkg and daemons leave processors idle; what they print is of one system in a line.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        trials = [
            pool.submit(try_package, systems[0], package, folder), pool.submit(try_tarball, systems[1], tarball, LIBRARIES),
            pool.submit(try_container, systems[2], folder / "authd")]
        for trial in trials:
            trial.result()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True, type=pathlib.Path, help="the folder of the release")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="an empty folder to work in")
    options = parser.parse_args()
    start = time.monotonic()
    try:
        test(options.dist, options.folder)
    except (Failure, subprocess.SubprocessError, OSError) as failure:
        sys.exit(f"test-release: {failure}")
    print(f"test-release: package, tarball and container passed in {time.monotonic() - start:.0f} s", flush=True)


main()
