# SPDX-License-Identifier: Apache-2.0
"""A client of a daemon that was installed."""

import json
import re
import time
import urllib.error
import urllib.request

from debian import Failure

PASSWORD = "notes on the engine"


class Client:
    """Speaks to the address that a daemon has told its log."""

    def __init__(self, log):
        for _ in range(600):
            match = re.search(r"authd is ready address=(\S+)", log.read_text("utf-8") if log.exists() else "")
            if match:
                self.base = match.group(1).replace("//0.0.0.0", "//127.0.0.1")
                return
            time.sleep(0.1)
        raise Failure("the daemon is not ready after a minute:\n" + log.read_text("utf-8"))

    def send(self, path, body=None, token=None):
        request = urllib.request.Request(self.base + path, json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Failure(f"{path} was answered {error.code}: {error.read().decode()}") from error

    def register(self, name):
        return self.send("/auth/register", {"username": name, "password": PASSWORD})

    def sign_in(self, name):
        tokens = self.send("/auth/login", {"username": name, "password": PASSWORD})
        profile = self.send("/auth/me", token=tokens["access_token"])
        if profile["username"] != name:
            raise Failure(f"{name} signed in and is called {profile}")
        return tokens

    def refresh(self, tokens):
        return self.send("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
