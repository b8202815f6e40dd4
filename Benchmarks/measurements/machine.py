# SPDX-License-Identifier: Apache-2.0
"""Processors, processes and clients of one run."""

import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

PROCESSORS = sorted(os.sched_getaffinity(0))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def pinned(processor, command):
    return ["taskset", "-c", str(processor)] + command


def output(command, **options):
    """Standard output of a command that must succeed."""
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout


class Folder:
    """A temporary folder, removed at the end of the block. Others may look in, as PostgreSQL must when run as root."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="authd-bench-")
        os.chmod(self.path, 0o755)
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Server:
    """A child process that is ended with the block."""

    def __init__(self, name, command, log, environment=None, folder=None, stop=signal.SIGTERM):
        self.name, self.command, self.log = name, command, log
        self.environment, self.folder, self.stop = environment, folder, stop

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=self.environment)
        return self

    def __exit__(self, *_):
        self.process.send_signal(self.stop)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def until(self, is_ready, patience=60):
        """Waits until `is_ready()` is true, as long as the process lives."""
        end = time.monotonic() + patience
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                with open(self.log, errors="replace") as log:
                    raise RuntimeError(f"{self.name} did not start:\n{log.read()[-4000:]}")
            time.sleep(0.002)
        return self

    @property
    def processor_seconds(self):
        """What the process has used of processors since it started."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_mebibytes(self):
        return self._memory("VmRSS")

    @property
    def own_mebibytes(self):
        """The part of it that is not a file's: what the process has written."""
        return self._memory("RssAnon")

    def _memory(self, field):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(rf"{field}:\s+(\d+) kB", file.read()).group(1)) / 1024


def accepts(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def ask(port, method, path, body=None, headers=None):
    """Status and body of one request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def record(port, request):
    """The bytes of one reply, head and body, as they came."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request)
        reply = b""
        while b"\r\n\r\n" not in reply:
            reply += client.recv(65536)
        head = reply.partition(b"\r\n\r\n")[0]
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head).group(1))
        while len(reply) < len(head) + 4 + length:
            reply += client.recv(65536)
    return reply


class Load:
    """What wrk reports."""

    def __init__(self, text):
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.count = int(re.search(r"(\d+) requests in", text).group(1))
        if re.search(r"Non-2xx|Socket errors", text):
            raise RuntimeError(f"requests failed:\n{text}")
        if self.count == 0:
            raise RuntimeError("no request was finished in time: something else takes the processors")


def wrk_command(url, connections, seconds, script=None, headers=(), processor=None):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    command += [part for header in headers for part in ("-H", header)]
    command += ["-s", script] if script else []
    command.append(url)
    return pinned(processor, command) if processor is not None else command


def wrk(*arguments, **options):
    return Load(output(wrk_command(*arguments, **options)))


def median(values):
    return statistics.median(values)


def median_ratio(measured, yardstick):
    """The median of the ratios of neighbouring runs, which saw the same of what else the machine does."""
    return statistics.median(a / b for a, b in zip(measured, yardstick))
