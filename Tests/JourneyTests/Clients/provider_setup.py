# SPDX-License-Identifier: Apache-2.0
"""What the providers of the tests have in common: their users, their client, and what they are told.

A provider prints `ready ISSUER` once it answers. It reads commands from its standard input, each in a line, and prints `done`
after each:

    address USER ADDRESS    changes the mail address of a user

It ends with its standard input.
"""
import json
import sys
import time
import urllib.error
import urllib.request

CLIENT = "authd"
SECRET = "a-client-secret-of-1961"
PASSWORD = "an engine of brass"
# The domain is the one that authd is to trust the provider for; another.example is not.
ADDRESSES = {"ada": "ada@corp.example", "grace": "grace@corp.example", "alan": "alan@another.example"}

PATIENCE = 60


def call(method, url, body=None, opener=None):
    """Sends JSON and gives the JSON that comes back."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data, headers={"Content-Type": "application/json"})
    try:
        with (opener or urllib.request.build_opener()).open(request, timeout=PATIENCE) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {url}: {error.code} {error.read()[:500]!r}")


def await_answer(url, process):
    """Waits until a server answers, whatever it answers."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=PATIENCE).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError as error:
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"{url}: {error}")
            time.sleep(0.02)


def serve_commands(change_address, issuer):
    print("ready", issuer, flush=True)
    for line in sys.stdin:
        match line.split():
            case ["address", user, address]:
                change_address(user, address)
            case words:
                raise SystemExit(f"unknown command: {words}")
        print("done", flush=True)
