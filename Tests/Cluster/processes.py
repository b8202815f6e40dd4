# SPDX-License-Identifier: Apache-2.0
"""Processes and ports of one run. Nothing that it started is left when it ends."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def prctl(option, value):
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")


def adopt():
    """Makes this process the parent of what its children leave behind: Patroni's servers detach themselves from it."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent():
    """Has this process terminated when its parent is gone."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def exit_on_signals():
    """Turns the first signal that ends a process into an exception, so that what must be ended is ended."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def leave(number, _):
        for other in numbers:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in numbers:
        signal.signal(number, leave)


def descendants(root):
    """The processes below this one, whatever group and session they are in."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(name))
    found, open_ = [], [root]
    while open_:
        below = children.get(open_.pop(), [])
        found += below
        open_ += below
    return found


def kill(processes):
    """Ends these at once, and waits until none of them is left, not even as a zombie whose number a server would respect."""
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    until(lambda: not [process for process in processes if is_there(process)], "the end of killed processes", 30)


def is_there(process):
    try:
        os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        # Another process's child, or gone.
        pass
    return os.path.exists(f"/proc/{process}")


def kill_descendants():
    """Ends everything below this process, also what is started while it looks."""
    while processes := descendants(os.getpid()):
        kill(processes)


def until(condition, what, seconds=60):
    """What the condition gives once it gives something; fails if it does not within so many seconds."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} seconds for {what}")
        time.sleep(0.05)
    return result


def program(name):
    """The path of a program that may be where only root's path leads."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        raise FileNotFoundError(f"there is no {name} on this machine: scripts/bootstrap cluster")
    return path


def output(command, **options):
    """Standard output of a command that must succeed."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{command} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


class Ports:
    """Free ports below those that the system gives to clients, so that none is taken while its server is down."""

    def __init__(self, part, parts):
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
            end = int(file.read().split()[0])
        start = min(10_000, end // 2)
        size = (end - start) // parts
        self.left = random.sample(range(start + part * size, start + (part + 1) * size), size)

    def take(self):
        while True:
            port = self.left.pop()
            with socket.socket() as listener:
                try:
                    listener.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port


class Process:
    """A child that writes to a log of its own."""

    def __init__(self, name, command, folder, environment=None):
        self.log = f"{folder}/{name}.log"
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [program(command[0])] + command[1:], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                env=environment, start_new_session=True)

    @property
    def pid(self):
        return self.child.pid

    def await_(self, condition, what, seconds=60):
        """Waits for a condition, as long as the process lives."""

        def check():
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.log}: ended with {self.child.returncode} before {what}")
            return condition()

        return until(check, what, seconds)

    def signal(self, number):
        os.kill(self.pid, number)
