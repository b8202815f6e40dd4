# SPDX-License-Identifier: Apache-2.0
"""The last stage of the Dockerfile, each line of it in a Debian system in the place of its base image."""

import json
import os
import pathlib
import re
import subprocess

from client import Client
from debian import Failure, expect

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Why a line is not run where no engine is.
NOT_RUN = {
    "FROM": "the system that debootstrap made stands for the image",
    "VOLUME": "an engine keeps the folder; here it is one of the system",
    "EXPOSE": "an engine publishes the port; here the network is the machine's",
}


def last_stage():
    """The instructions of the last stage, in order."""
    text = "\n".join(
        line for line in (ROOT / "Dockerfile").read_text("utf-8").split("\n") if not line.startswith("#"))
    lines = [line for line in text.replace("\\\n", " ").split("\n") if line.strip()]
    start = max(index for index, line in enumerate(lines) if line.startswith("FROM "))
    return [re.split(r"\s+", line.strip(), maxsplit=1) for line in lines[start:]]


class Container:
    """What the instructions say of the program's process, gathered line by line."""

    def __init__(self, system, binary):
        self.system = system
        self.binary = binary
        self.variables = {}
        self.directory = "/"
        self.user = None
        self.entry = []
        self.arguments = []
        self.health = []

    def follow(self, name, text):
        if name in NOT_RUN:
            print(f"   not run: {name} {text} ({NOT_RUN[name]})", flush=True)
            return
        print(f"   {name} {text}", flush=True)
        getattr(self, "do_" + name.lower(), self.unknown)(text)

    def unknown(self, text):
        raise Failure(f"the Dockerfile has an instruction that this test does not know, with {text}")

    def do_run(self, text):
        self.system.shell(text, variables=self.variables, directory=self.directory)

    def do_copy(self, text):
        words = text.split()
        if words[0].startswith("--from="):
            expect(words[1:] == ["/authd", "/usr/local/bin/authd"], "COPY", text)
            self.system.put(self.binary, words[2], 0o755)
            return
        for name in words[:-1]:
            self.system.put(ROOT / name, os.path.join(words[-1], os.path.basename(name)))

    def do_workdir(self, text):
        self.directory = text

    def do_user(self, text):
        self.user = text.split(":")[0]
        expect(text == f"{self.user}:{self.user}", "USER", text)

    def do_env(self, text):
        self.variables.update(pair.split("=", 1) for pair in text.split())

    def do_healthcheck(self, text):
        self.health = json.loads(text.split("CMD", 1)[1])

    def do_entrypoint(self, text):
        self.entry = json.loads(text)

    def do_cmd(self, text):
        self.arguments = json.loads(text)

    def serve(self, variables):
        """Runs the program as the image says, asks for its health as the image says, signs in, and stops it."""
        variables = {**self.variables, **variables}
        where = {"directory": self.directory, "user": self.user}
        log = self.system.path("/var/log/authd.log")
        with open(log, "w", encoding="utf-8") as file:
            process = subprocess.Popen(
                self.system.command(self.entry + self.arguments, variables=variables, **where), stderr=file,
                stdin=subprocess.DEVNULL)
        try:
            client = Client(log)
            client.register("ada")
            client.sign_in("ada")
            port = client.base.split(":")[-1]
            self.system.run(*self.health, variables={**variables, "PORT": port}, **where)
            facts = self.system.facts("/var/lib/authd/authd.db")
            expect(facts == "600 authd authd", "the database is", facts)
            process.terminate()
            expect(process.wait(60) == 0, "the daemon ended with", process.returncode, "\n" + log.read_text("utf-8"))
        finally:
            process.kill()


def try_container(system, binary):
    system.mount()
    print("== container: the last stage of the Dockerfile, line by line", flush=True)
    container = Container(system, binary)
    for name, text in last_stage():
        container.follow(name, text)
    # A port of this test's own.
    container.serve({"PORT": "0", "PUBLIC_URL": "https://id.example.com"})
