# SPDX-License-Identifier: Apache-2.0
"""The life of the Debian package on one machine: from its installation until nothing is left of it."""

import pathlib
import re
import subprocess
import tempfile

from client import Client
from debian import expect
from postgres import postgres

SETTINGS = "/etc/authd/authd.env"
DATA = "/var/lib/authd"
WANTED = "/etc/systemd/system/multi-user.target.wants/authd.service"


def newer(package, folder):
    """The same package with the next version, and another text in the settings that it brings."""
    tree = pathlib.Path(tempfile.mkdtemp(dir=folder))
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    text = control.read_text("utf-8")
    version = re.search(r"^Version: (.*)$", text, re.MULTILINE).group(1)
    control.write_text(text.replace(f"Version: {version}\n", f"Version: {version}+1\n"), "utf-8")
    with open(tree / SETTINGS.lstrip("/"), "a", encoding="utf-8") as file:
        file.write("\n# A setting of the next version.\n#NEXT=\n")
    target = pathlib.Path(folder) / "newer.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, target], check=True, capture_output=True)
    return target, f"{version}+1"


class Journey:
    """Each step needs those before it."""

    def __init__(self, system, package, folder):
        self.system = system
        self.package = package
        self.newer, self.newer_version = newer(package, folder)
        self.tokens = None

    def run(self):
        for step in (self.install, self.contents, self.start, self.upgrade, self.refused_upgrade,
                     self.unmigrated_upgrade, self.remove, self.return_, self.purge):
            print(f"== package: {step.__doc__.strip()}", flush=True)
            step()

    def apt(self, *words):
        return self.system.run("apt-get", "--yes", "--no-install-recommends", *words)

    def client(self):
        return Client(self.system.path("/run/authd-unit/log"))

    def pid(self):
        return self.system.path("/run/authd-unit/pid").read_text("utf-8").strip()

    def version(self):
        return self.system.run("dpkg-query", "--show", "--showformat=${Status} ${Version}", "authd")

    def install(self):
        """installs with apt, is enabled, and does not start without settings"""
        self.system.run("apt-get", "update")
        self.system.put(self.package, "/var/tmp/authd.deb")
        said = self.apt("install", "/var/tmp/authd.deb")
        expect("not started. Set PUBLIC_URL in /etc/authd/authd.env" in said, "the installation said:\n" + said)
        calls = self.system.unit_calls()
        expect("start" not in calls and "restart" not in calls, "systemd was asked to", calls)
        expect(self.system.path(WANTED).is_symlink(), "the unit is not enabled")
        for name, facts in {
            "/usr/bin/authd": "755 root root", "/etc/authd": "750 root authd", SETTINGS: "640 root authd",
            DATA: "700 authd authd",
        }.items():
            expect(self.system.facts(name) == facts, name, "is", self.system.facts(name), "and not", facts)
        entry = self.system.run("getent", "passwd", "authd").strip().split(":")
        expect(int(entry[2]) < 1000 and entry[5:] == [DATA, "/usr/sbin/nologin"], "the user is", entry)

    def contents(self):
        """brings manual, completions and licences, and needs the packages of all its libraries"""
        self.system.run("dpkg", "--verify", "authd")
        files = set(self.system.run("dpkg", "--listfiles", "authd").split("\n"))
        for name in (
            "/usr/share/man/man8/authd.8.gz", "/usr/share/bash-completion/completions/authd",
            "/usr/share/zsh/vendor-completions/_authd", "/usr/share/fish/vendor_completions.d/authd.fish",
            "/usr/share/doc/authd/copyright", "/usr/share/doc/authd/changelog.gz", "/usr/share/doc/authd/docs/deployment.md",
            "/usr/share/doc/authd/licences/swift-nio/LICENSE.txt", "/usr/lib/systemd/system/authd.service",
        ):
            expect(name in files, "the package lacks", name)
        linked = self.system.run("ldd", "/usr/bin/authd")
        expect("not found" not in linked, linked)
        depends = self.system.run("dpkg-query", "--show", "--showformat=${Depends}", "authd")
        named = {re.split(r"[ :(]", word.strip())[0] for word in depends.split(",")}
        headers = subprocess.run(
            ["readelf", "--dynamic", "--wide", self.system.path("/usr/bin/authd")], check=True, capture_output=True,
            text=True).stdout
        libraries = re.findall(r"\(NEEDED\).*\[(.+)\]", headers)
        expect(libraries, "the program needs no library\n" + headers)
        for library in libraries:
            owner = self.system.run("dpkg", "--search", "*/" + library).split(":")[0]
            # libstdc++6 brings the compiler's own runtime along.
            expect(owner in named or owner == "libgcc-s1", library, "is of", owner, "but the package depends on", depends)

    def start(self):
        """starts with settings as the user of its unit, registers and signs in"""
        with open(self.system.path(SETTINGS), "a", encoding="utf-8") as file:
            file.write("PUBLIC_URL=https://id.example.com\nPORT=0\nSHUTDOWN_DELAY_SECONDS=0\n")
        self.system.run("systemctl", "start", "authd")
        uid = self.system.run("id", "-u", "authd").strip()
        status = pathlib.Path(f"/proc/{self.pid()}/status").read_text("utf-8")
        expect(re.search(rf"^Uid:\s+{uid}\s+{uid}\s", status, re.MULTILINE), "the daemon runs as\n" + status)
        self.client().register("ada")
        self.tokens = self.client().sign_in("ada")
        expect(self.system.facts(DATA + "/authd.db") == "600 authd authd", self.system.facts(DATA + "/authd.db"))
        said = self.system.run(
            "runuser", "-u", "authd", "--", "authd", "user", "list", "--env-file", SETTINGS, directory=DATA)
        expect("ada" in said, "the command on the host said:\n" + said)

    def upgrade(self):
        """is upgraded, keeps settings, data and sessions, and runs again"""
        before = (self.system.path(SETTINGS).read_bytes(), self.pid())
        self.system.unit_calls()
        self.system.put(self.newer, "/var/tmp/newer.deb")
        self.apt("--option", "Dpkg::Options::=--force-confold", "install", "/var/tmp/newer.deb")
        expect(self.version() == f"install ok installed {self.newer_version}", self.version())
        expect("restart" in self.system.unit_calls() and self.pid() != before[1], "the daemon was not restarted")
        expect(self.system.path(SETTINGS).read_bytes() == before[0], "the settings have changed")
        expect(self.system.facts(SETTINGS) == "640 root authd", self.system.facts(SETTINGS))
        self.tokens = self.client().refresh(self.tokens)
        self.client().sign_in("ada")

    def refused_upgrade(self):
        """leaves a daemon running whose settings the new version cannot use, and says so"""
        said = self.install_beside_running(lambda settings: settings.replace("PORT=0", "PORT=eight"))
        expect("PORT" in said and "not restarted, since the settings above cannot be used" in said, said)

    def unmigrated_upgrade(self):
        """leaves a daemon running whose database an operator has to migrate first, and says so"""
        with postgres(self.system) as url:
            said = self.install_beside_running(
                lambda settings: settings + f"DATABASE_URL={url}\nROOT_KEY_FILE={DATA}/authd.db.key\n")
        expect("not restarted, since the database is not migrated to this version" in said, said)

    def install_beside_running(self, change):
        """Installs a version over settings that are not those of the daemon that runs, which goes on as it was."""
        pid = self.pid()
        settings = self.system.path(SETTINGS)
        good = settings.read_text("utf-8")
        settings.write_text(change(good), "utf-8")
        self.system.unit_calls()
        said = self.apt("--option", "Dpkg::Options::=--force-confold", "--reinstall", "install", "/var/tmp/newer.deb")
        expect(not {"restart", "stop", "start"} & set(self.system.unit_calls()) and self.pid() == pid, "it was restarted")
        self.client().sign_in("ada")
        settings.write_text(good, "utf-8")
        return said

    def remove(self):
        """is removed, which stops it and keeps settings and data"""
        self.apt("remove", "authd")
        expect("stop" in self.system.unit_calls(), "the daemon was not stopped")
        expect(not self.system.path("/run/authd-unit/pid").exists(), "the daemon runs")
        expect(not self.system.path("/usr/bin/authd").exists(), "the program is still there")
        for name in (SETTINGS, DATA + "/authd.db", DATA + "/authd.db.key"):
            expect(self.system.path(name).exists(), name, "is gone")

    def return_(self):
        """is installed again with the settings and data that were kept, and serves"""
        self.apt("install", "/var/tmp/newer.deb")
        self.client().sign_in("ada")

    def purge(self):
        """is purged, which removes the settings and says where the users' data was kept"""
        said = self.apt("purge", "authd")
        expect(not self.system.path("/etc/authd").exists(), "the settings are still there")
        expect(not self.system.path(WANTED).is_symlink(), "the unit is still enabled")
        expect(f"kept {DATA}" in said and self.system.path(DATA + "/authd.db.key").exists(), said)
        self.system.run("rm", "-r", DATA)
        left = [str(path) for folder in ("etc", "usr", "var/lib") for path in self.system.path(folder).rglob("*authd*")]
        expect(not left, "left over:", left)


def try_package(system, package, folder):
    system.mount()
    Journey(system, package, folder).run()
