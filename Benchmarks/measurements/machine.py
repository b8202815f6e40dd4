# SPDX-License-Identifier: Apache-2.0
"""Processors, processes and clients of one run."""

import http.client
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

PROCESSORS = sorted(os.sched_getaffinity(0))


def _chosen_ports():
    """Ports below those that the system gives to connections and servers by itself, in no order."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        end = int(file.read().split()[0])
    start = min(10_000, end // 2)
    return random.sample(range(start, end), end - start)


_ports_left = _chosen_ports()
_ports_lock = threading.Lock()


def free_port():
    """A port that nothing listens at and that no other call has returned."""
    while True:
        with _ports_lock, socket.socket() as listener:
            port = _ports_left.pop()
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def pinned(processor, command):
    return ["taskset", "-c", str(processor)] + command


def output(command, **options):
    """Standard output of a command that must succeed."""
    options = {"stderr": subprocess.PIPE, **options}
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {result.returncode}: {result.stdout}{result.stderr or ''}")
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


def wrk_command(url, connections, seconds, script=None, headers=(), processor=None):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    command += [part for header in headers for part in ("-H", header)]
    command += ["-s", script] if script else []
    command.append(url)
    return pinned(processor, command) if processor is not None else command


def wrk(url, connections, seconds, **options):
    """Loads for some seconds, and longer where a busy machine finishes no request in them."""
    for patience in (1, 4, 16):
        load = Load(output(wrk_command(url, connections, patience * seconds, **options)))
        if load.count > 0:
            return load
    raise RuntimeError("no request was finished in time: something else takes the processors")


def median(values):
    return statistics.median(values)


def ratios(measured, yardstick):
    """The ratios of neighbouring turns, which saw the same of what else the machine does."""
    return [a / b for a, b in zip(measured, yardstick)]


def describe():
    """What the figures of this machine depend on."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    with open("/proc/meminfo") as file:
        memory = int(re.search(r"MemTotal:\s+(\d+) kB", file.read()).group(1))
    swift = output([os.environ.get("SWIFT", "swift"), "--version"], stderr=subprocess.DEVNULL)
    return {
        "processor": model.group(1) if model else os.uname().machine,
        "processors": len(PROCESSORS),
        "memory": f"{memory / 1024 / 1024:.0f} GiB",
        "kernel": f"Linux {os.uname().release}",
        "PostgreSQL": output(["pgbench", "--version"]).split(")")[1].split()[0],
        "Swift": re.search(r"Swift version (\S+)", swift).group(1),
    }
