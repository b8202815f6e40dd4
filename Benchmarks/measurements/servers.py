# SPDX-License-Identifier: Apache-2.0
"""What is measured and what it is measured against."""

import glob
import json
import os
import pwd
import shutil
import subprocess
import time

from machine import Server, accepts, ask, free_port, output, pinned

ROOT_KEY = "8f1c2ab45d7e90336a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9012"
PASSWORD = "correct horse battery staple"


class Authd(Server):
    """authd in production, with its defaults where `settings` say nothing else."""

    def __init__(self, binaries, folder, settings=None, processor=None, name="authd"):
        self.port = free_port()
        environment = {
            "PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(self.port), "ROOT_KEY": ROOT_KEY,
            "DATABASE_URL": f"sqlite:///{folder}/authd.db", "RATE_LIMIT_ENABLED": "false",
        }
        environment.update(settings or {})
        if path := os.environ.get("LD_LIBRARY_PATH"):
            environment["LD_LIBRARY_PATH"] = path
        self.binary = f"{binaries}/authd"
        self.settings = environment
        command = [self.binary] if processor is None else pinned(processor, [self.binary])
        super().__init__(name, command, f"{folder}/{name}.log", environment, folder)

    def __enter__(self):
        return super().__enter__().until(lambda: accepts(self.port))

    def migrate(self):
        output([self.binary, "migrate", "up"], env=self.settings, cwd=self.folder)
        return self

    def register(self, username):
        body = json.dumps({"username": username, "email": f"{username}@example.test", "password": PASSWORD})
        status, reply = self._until_let_in("/auth/register", body)
        if status not in (200, 201):
            raise RuntimeError(f"registering ended with {status}: {reply}")

    def sign_in(self, username):
        """A fresh pair of tokens."""
        body = json.dumps({"username": username, "password": PASSWORD})
        status, reply = self._until_let_in("/auth/login", body)
        if status != 200:
            raise RuntimeError(f"signing in ended with {status}: {reply}")
        return json.loads(reply)

    def _until_let_in(self, path, body):
        """Sends a request that hashes a password; while a busy machine leaves no time for that, authd answers 503."""
        for _ in range(60):
            status, reply = ask(self.port, "POST", path, body, {"Content-Type": "application/json"})
            if status != 503:
                break
            time.sleep(1)
        return status, reply

    def me(self, token):
        """The request whose speed is measured most, as bytes."""
        return f"GET /auth/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


class Nginx(Server):
    """One nginx worker that answers `/auth/me` with a recorded reply from memory: same fields, same body."""

    def __init__(self, folder, reply, processor):
        self.port = free_port()
        head, _, body = reply.decode().partition("\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.split("\r\n")[1:]]
        own = {"content-length", "date", "connection"}
        content_type = next(value for name, value in fields if name.lower() == "content-type")
        # Both make an identifier for each request.
        values = {"x-request-id": "$request_id"}
        headers = "\n".join(
            f'add_header {name} "{values.get(name.lower(), value)}";'
            for name, value in fields if name.lower() not in own | {"content-type"})
        configuration = f"{folder}/nginx.conf"
        with open(configuration, "w") as file:
            file.write(f"""
                daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
                events {{ worker_connections 1024; }}
                http {{
                    access_log off; server_tokens off; keepalive_requests 1000000000; tcp_nodelay on;
                    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
                    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                    server {{
                        listen 127.0.0.1:{self.port};
                        location = /auth/me {{ default_type {content_type}; {headers} return 200 '{body}'; }}
                    }}
                }}""")
        super().__init__("nginx", pinned(processor, ["nginx", "-c", configuration]), f"{folder}/nginx.log")

    def __enter__(self):
        return super().__enter__().until(lambda: accepts(self.port))


class BareNIO(Server):
    """SwiftNIO with a handler that answers a recorded reply and does nothing else."""

    def __init__(self, binaries, folder, reply, processor, style):
        self.port = free_port()
        with open(f"{folder}/reply", "wb") as file:
            file.write(reply)
        command = [f"{binaries}/BareNIO", str(self.port), "1", style, f"{folder}/reply"]
        super().__init__(f"bare NIO, {style}", pinned(processor, command), f"{folder}/nio.log")

    def __enter__(self):
        return super().__enter__().until(lambda: accepts(self.port))


class Postgres(Server):
    """A PostgreSQL server of its own, with its defaults: what is committed has been synced."""

    # Debian keeps the server out of the PATH.
    BINARIES = os.path.dirname(
        shutil.which("initdb") or max(glob.glob("/usr/lib/postgresql/*/bin/initdb"), default="initdb"))

    def __init__(self, folder):
        self.port = free_port()
        self.data = f"{folder}/postgres"
        # The server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.socket = f"{folder}/socket"
        for path in (self.data, self.socket):
            os.mkdir(path, 0o700 if path == self.data else 0o755)
            if os.geteuid() == 0:
                os.chown(path, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        output(self._as_user([
            f"{self.BINARIES}/initdb", "-D", self.data, "-U", "authd", "-E", "UTF8", "--locale=C", "--auth=trust"]))
        options = [
            f"unix_socket_directories={self.socket}", "listen_addresses=127.0.0.1", f"port={self.port}",
            "logging_collector=off", "max_connections=100", "shared_buffers=512MB", "max_wal_size=4GB",
            # So that the text of a statement can be read back in full.
            "track_activity_query_size=16384",
        ]
        command = [f"{self.BINARIES}/postgres", "-D", self.data] + [part for o in options for part in ("-c", o)]
        super().__init__("postgres", self._as_user(command), f"{folder}/postgres.log", folder=folder)

    def __enter__(self):
        return super().__enter__().until(lambda: self._answers())

    def __exit__(self, *_):
        subprocess.run(
            self._as_user([f"{self.BINARIES}/pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop"]),
            stdout=subprocess.DEVNULL, cwd=self.folder)
        self.process.wait()

    def _as_user(self, command):
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] + command \
            if os.geteuid() == 0 else command

    def _answers(self):
        return subprocess.run(
            ["pg_isready", "-q", "-h", self.socket, "-p", str(self.port), "-U", "authd"]).returncode == 0

    @property
    def url(self):
        return f"postgresql://authd@127.0.0.1:{self.port}/postgres"

    def psql(self, sql):
        return output(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url], input=sql)
