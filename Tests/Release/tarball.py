# SPDX-License-Identifier: Apache-2.0
"""The tarball on a machine that knows no Debian package of authd."""

import subprocess

from client import Client
from debian import expect


def try_tarball(system, tarball, libraries):
    system.mount()
    print("== tarball: is unpacked under /usr/local, and its unit starts the daemon", flush=True)
    system.put(tarball, "/var/tmp/authd.tar.gz")
    system.run("apt-get", "update")
    system.run("apt-get", "--yes", "--no-install-recommends", "install", *libraries)
    system.run("tar", "--extract", "--file", "/var/tmp/authd.tar.gz", "--directory", "/usr/local", "--strip-components", "1")
    listed = subprocess.run(
        ["tar", "--list", "--verbose", "--numeric-owner", "--file", tarball], check=True, capture_output=True, text=True).stdout
    for line in listed.strip().split("\n"):
        mode, owner = line.split()[:2]
        expect(owner == "0/0" and mode in ("drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"), "the tarball has", line)

    system.run("useradd", "--system", "--home-dir", "/var/lib/authd", "--shell", "/usr/sbin/nologin", "authd")
    system.run("install", "-d", "-m", "700", "-o", "authd", "-g", "authd", "/var/lib/authd")
    system.run("install", "-d", "-m", "750", "-o", "root", "-g", "authd", "/etc/authd")
    system.path("/etc/authd/authd.env").write_text("PUBLIC_URL=https://id.example.com\nPORT=0\n", "utf-8")
    system.run("chown", "root:authd", "/etc/authd/authd.env")
    system.run("chmod", "640", "/etc/authd/authd.env")
    # systemd looks there itself; what stands in for it here looks at one place.
    system.shell("ln -s /usr/local/lib/systemd/system/authd.service /usr/lib/systemd/system/authd.service")
    # The system has no units of its own, and this machine has: the folder is shown to it, in this test's namespace.
    subprocess.run(["mount", "--bind", system.path("/usr/local"), "/usr/local"], check=True)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "/usr/local/lib/systemd/system/authd.service"], capture_output=True, text=True)
    expect(verified.returncode == 0, verified.stderr)
    system.run("systemctl", "start", "authd")
    client = Client(system.path("/run/authd-unit/log"))
    client.register("ada")
    client.sign_in("ada")
    system.run("systemctl", "stop", "authd")
