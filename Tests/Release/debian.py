# SPDX-License-Identifier: Apache-2.0
"""A Debian system in a folder, with the packages that every one has and no others."""

import os
import pathlib
import platform
import shutil
import socket
import subprocess
import threading


class Failure(Exception):
    """Why the test cannot go on, in a sentence."""


def expect(condition, *words):
    if not condition:
        raise Failure(" ".join(str(word) for word in words))


def mirror_and_suite():
    """The release of this machine's Debian, for which the program was built, and where its packages come from."""
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME")
    expect(suite, "/etc/os-release names no release of Debian")
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"],
        check=True, capture_output=True, text=True).stdout
    for line in listed.split("\n"):
        words = line.split()
        if words[:2] == [suite, "main"]:
            return words[2].rstrip("/"), suite
    return "http://deb.debian.org/debian", suite


class Debian:
    """One system. Its programs run with chroot; the network is this machine's."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    @classmethod
    def bootstrap(cls, folder):
        mirror, suite = mirror_and_suite()
        system = cls(folder)
        result = subprocess.run(
            ["debootstrap", "--variant=minbase", suite, folder, mirror], capture_output=True, text=True)
        if result.returncode != 0:
            lines = "\n".join(result.stdout.split("\n")[-5:]) + result.stderr
            raise Failure(f"debootstrap cannot install {suite} from the mirror {mirror}; is it reachable?\n{lines}")
        shutil.copy("/etc/resolv.conf", system.folder / "etc" / "resolv.conf")
        system.folder.joinpath("usr/sbin/policy-rc.d").unlink(missing_ok=True)
        return system

    def copy(self, folder):
        subprocess.run(["cp", "-a", "--reflink=auto", self.folder, folder], check=True)
        return Debian(folder)

    def mount(self):
        """Shows the machine's processes and devices in it."""
        for name in ("proc", "dev"):
            subprocess.run(["mount", "--bind", f"/{name}", self.folder / name], check=True)

    def path(self, name):
        return self.folder / name.lstrip("/")

    def put(self, source, name, mode=0o644):
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(mode)

    def command(self, words, directory="/", user=None, variables=None):
        """The words with which a program is run in it, as a user where one is named."""
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive", **(variables or {})}
        pairs = [f"{name}={value}" for name, value in environment.items()]
        identity = []
        if user:
            identity = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs",
                        "--bounding-set=-all", "--inh-caps=-all"]
        return ["chroot", str(self.folder), "env", "-i", *pairs, "env", "-C", directory, *identity, *words]

    def run(self, *words, input=None, allowed=(0,), **where):
        """Runs a program and gives what it printed.

        Raises Failure where it ends with a status that is not one of those allowed.
        """
        result = subprocess.run(
            self.command(words, **where), input=input, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=300)
        expect(result.returncode in allowed, " ".join(words), "ended with", result.returncode, "\n" + result.stdout)
        return result.stdout

    def shell(self, text, **where):
        return self.run("sh", "-euc", text, **where)

    def facts(self, name):
        """Mode, user and group of a file, as in `640 root authd`."""
        return self.run("stat", "-c", "%a %U %G", name).strip()

    def install_systemctl(self):
        """Puts a stand-in for systemd there, with the socket that the daemon tells of its state."""
        self.put(pathlib.Path(__file__).parent / "systemctl", "/usr/bin/systemctl", 0o755)
        self.path("/run/systemd/system").mkdir(parents=True)
        self.path("/run/authd-unit").mkdir()
        end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # The name of a socket may have 107 bytes, and that of the folder may be longer.
        here = os.getcwd()
        os.chdir(self.path("/run/systemd"))
        end.bind("notify")
        os.chmod("notify", 0o666)
        os.chdir(here)

        def listen():
            while True:
                text = end.recv(4096).decode()
                with open(self.path("/run/authd-unit/states"), "a", encoding="utf-8") as file:
                    file.write(text + "\n")

        threading.Thread(target=listen, daemon=True).start()

    def unit_calls(self):
        """What systemd was asked for since the last time."""
        path = self.path("/run/authd-unit/calls")
        calls = path.read_text("utf-8").split() if path.exists() else []
        path.unlink(missing_ok=True)
        return calls
