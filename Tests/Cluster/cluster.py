# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL under Patroni, etcd and HAProxy, as docs/deployment.md sets them up."""

import http.client
import os
import shlex

import yaml

from page import adapted
from processes import Process, descendants, kill, output
from relay import Relay

PASSWORD = "a-password-of-ours"
BLANKS = {"…": PASSWORD}


def status(port, path):
    """The status of a GET over a connection of its own; 0 where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Certificate:
    """A certificate of an authority of its own, for the address that all servers have here."""

    def __init__(self, folder):
        self.file, self.key = f"{folder}/db.pem", f"{folder}/db.key"
        output([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=authd-test", "-addext", "subjectAltName=IP:127.0.0.1", "-out", self.file, "-keyout", self.key])
        os.chmod(self.key, 0o600)


class Etcd:
    """One member, which is enough to show what Patroni does with it."""

    def __init__(self, folder, ports):
        self.port = ports.take()
        clients, peers = (f"http://127.0.0.1:{port}" for port in (self.port, ports.take()))
        self.process = Process("etcd", [
            "etcd", "--name", "etcd1", "--data-dir", f"{folder}/etcd", "--listen-client-urls", clients,
            "--advertise-client-urls", clients, "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
            "--initial-cluster", f"etcd1={peers}"], folder)
        self.process.await_(lambda: status(self.port, "/health") == 200, "etcd is healthy")


class Node:
    """A server under Patroni. The other one reaches it through a relay."""

    def __init__(self, name, folder, page, etcd, certificate, ports):
        self.name, self.folder = name, folder
        self.port, self.api = ports.take(), ports.take()
        self.relay = Relay(ports.take(), self.port)
        self.data = f"{folder}/{name}"
        self.settings = f"{folder}/{name}.yml"
        text = adapted(page.block("Patroni", 1), {
            "name: db1\n": f"name: {name}\n",
            "etcd1.example.com:2379, etcd2.example.com:2379, etcd3.example.com:2379": f"'127.0.0.1:{etcd.port}'",
            "10.0.0.1:8008": f"127.0.0.1:{self.api}",
            "  listen: 10.0.0.1:5432": f"  listen: 127.0.0.1:{self.port}",
            "connect_address: 10.0.0.1:5432": f"connect_address: 127.0.0.1:{self.relay.port}",
            "10.0.0.0/24": "127.0.0.1/32",
            "/usr/lib/postgresql/15/bin": output(["pg_config", "--bindir"]).strip(),
            "/var/lib/postgresql/15/authd": self.data,
            "/etc/patroni/db.pem": certificate.file,
            "/etc/patroni/db.key": certificate.key,
            # As short as Patroni allows.
            "loop_wait: 5": "loop_wait: 1",
            "retry_timeout: 5": "retry_timeout: 3",
            **BLANKS,
        })
        settings = yaml.safe_load(text)
        # An ordinary user may not write where Debian's servers have their sockets.
        settings["postgresql"]["parameters"]["unix_socket_directories"] = folder
        # By default in the user's home, where the servers of both clusters would write over each other's.
        settings["postgresql"]["pgpass"] = f"{folder}/{name}.pgpass"
        with open(self.settings, "w", encoding="utf-8") as file:
            yaml.safe_dump(settings, file)

    def start(self):
        self.process = Process(self.name, ["patroni", self.settings], self.folder)
        return self

    def is_at(self, path):
        """Whether Patroni confirms what is asked, as `/primary`."""
        return status(self.api, path) == 200

    def becomes(self, path, seconds=60):
        self.process.await_(lambda: self.is_at(path), f"{self.name} is {path}", seconds)

    def kill(self):
        """Ends Patroni and the server at once, as a power cut does."""
        with open(f"{self.data}/postmaster.pid", encoding="ascii") as file:
            server = int(file.readline())
        # Patroni before the server, so that it does not start it again.
        patroni = [self.process.pid] + descendants(self.process.pid)
        kill([process for process in patroni if process != server])
        kill([server] + descendants(server))

    def sealed_events(self):
        """How many events of the audit log are sealed here."""
        return int(self.psql("SELECT sequence FROM authd.audit_head", database="authd"))

    def psql(self, sql, user="postgres", database="postgres"):
        url = f"postgresql://{user}:{PASSWORD}@127.0.0.1:{self.port}/{database}"
        return output(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url], input=sql)


class Cluster:
    """A primary and a standby, and HAProxy in front of them."""

    def __init__(self, folder, page, ports):
        self.folder, self.page = folder, page
        self.certificate = Certificate(folder)
        etcd = Etcd(folder, ports)
        self.primary, self.standby = (
            Node(name, folder, page, etcd, self.certificate, ports) for name in ("db1", "db2"))
        self.port = ports.take()
        self.primary.start().becomes("/primary")
        self.standby.start().becomes("/synchronous")
        self.primary.psql(adapted(page.block("PostgreSQL", 1), BLANKS))
        self._start_proxy()

    def _start_proxy(self):
        text = adapted(self.page.block("HAProxy", 1), {
            "10.0.0.9:5432": f"127.0.0.1:{self.port}",
            "10.0.0.1:5432 check port 8008": f"127.0.0.1:{self.primary.port} check port {self.primary.api}",
            "10.0.0.2:5432 check port 8008": f"127.0.0.1:{self.standby.port} check port {self.standby.api}",
        })
        path = f"{self.folder}/haproxy.cfg"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        # In the foreground.
        self.proxy = Process("haproxy", ["haproxy", "-db", "-f", path], self.folder)

    def control(self, action):
        """Runs the command of the page with this action of patronictl, on the node that is up for sure."""
        lines = [line for line in self.page.block("Patroni", 2).split("\n") if f" {action}" in line]
        if len(lines) != 1:
            raise LookupError(f"the page has {len(lines)} commands {action}")
        return output(shlex.split(adapted(lines[0], {"/etc/patroni/authd.yml": self.standby.settings})))

    def settings(self, heading, role="authd"):
        """The lines of the page under this heading, as an environment for this role."""
        if heading == "HAProxy":
            text = adapted(self.page.block("HAProxy", 2), {"10.0.0.9:5432": f"127.0.0.1:{self.port}"})
        else:
            text = adapted(self.page.block("Several hosts in DATABASE_URL", 1), {
                "10.0.0.1:5432": f"127.0.0.1:{self.primary.port}", "10.0.0.2:5432": f"127.0.0.1:{self.standby.port}"})
        text = adapted(text, {
            **BLANKS, "//authd:": f"//{role}:", "/etc/authd/root.key": f"{self.folder}/root.key",
            "/etc/authd/db-ca.pem": self.certificate.file})
        return dict(line.split("=", 1) for line in text.split("\n"))
