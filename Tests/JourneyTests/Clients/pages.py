# SPDX-License-Identifier: Apache-2.0
"""Visits pages in Chromium with scripts, each in a browser of its own, and prints what came of it as JSON.

    python3 pages.py PROFILE < PLAN

A plan is a list of visits. A visit opens `url`. With `"crawls": true` it is made again for every button of the page, which is
pressed once as a person presses it and once with the checks of the browser for empty fields turned off, and for every link,
which is followed. With `fill`, texts by the names of fields, these are typed and the first button is pressed. `cookies` are
set before. With `until`, the visit goes on by itself until the browser is at a URL that begins so. A result has the `titles`
that were shown, the `address` where the browser is at the end, and the `cookies` that it has then.
"""
import json
import os
import subprocess
import sys
import threading
import time

# Whatever takes longer counts as hanging.
PATIENCE = 60


class Refusal(SystemExit):
    """A command that the browser has refused."""


class Chromium:
    """A browser without a window, which is spoken to over a pipe."""

    def __init__(self, profile):
        read_in, self.write_in = os.pipe()
        self.read_out, write_out = os.pipe()
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            f"--user-data-dir={profile}", "--remote-debugging-pipe",
        ]
        script = f'exec "$@" 3<&{read_in} 4>&{write_out}'
        self.process = subprocess.Popen(
            ["sh", "-c", script, "sh"] + command, pass_fds=(read_in, write_out), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read_in)
        os.close(write_out)
        self.buffer = b""
        self.events = []
        self.number = 0

    def message(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.read_out, 1 << 16)
            if not piece:
                raise SystemExit("chromium has ended")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        number = self.number
        request = {"id": number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        os.write(self.write_in, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == number:
                if "error" in message:
                    raise Refusal(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, session, event):
        while True:
            for index, message in enumerate(self.events):
                if message.get("sessionId") == session and message.get("method") == event:
                    del self.events[: index + 1]
                    return message
            self.events.append(self.message())

    def end(self):
        self.process.kill()
        self.process.wait()


class Visit:
    """One page, in a browser that shares no cookie with any other."""

    def __init__(self, chromium, url, cookies):
        self.chromium = chromium
        self.context = chromium.call("Target.createBrowserContext")["browserContextId"]
        target = chromium.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = chromium.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        for name, value in cookies.items():
            self.call("Network.setCookie", name=name, value=value, url=url)
        self.titles = []
        self.load(lambda: self.call("Page.navigate", url=url))

    def call(self, method, **parameters):
        return self.chromium.call(method, self.session, **parameters)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def load(self, cause):
        self.chromium.events.clear()
        cause()
        self.chromium.wait(self.session, "Page.loadEventFired")
        self.titles.append(self.run("document.title"))

    def count(self, selector):
        return self.run(f"document.querySelectorAll({json.dumps(selector)}).length")

    def press(self, index):
        self.load(lambda: self.run(f"document.querySelectorAll('button')[{index}].click()"))

    def await_address(self, beginning):
        deadline = time.monotonic() + PATIENCE
        address = ""
        while not address.startswith(beginning) and time.monotonic() < deadline:
            time.sleep(0.02)
            try:
                address = self.run("document.readyState == 'complete' ? location.href : ''") or ""
            except Refusal:
                # Between two pages there is none to ask.
                continue

    def end(self):
        address = self.run("location.href")
        cookies = self.call("Network.getAllCookies")["cookies"]
        self.chromium.call("Target.disposeBrowserContext", browserContextId=self.context)
        names = sorted(cookie["name"] for cookie in cookies)
        return {"titles": self.titles, "address": address, "cookies": names}


def crawl(chromium, url, cookies):
    visit = Visit(chromium, url, cookies)
    buttons, links = visit.count("button"), visit.count("a[href]")
    results = [visit.end()]
    for index in range(buttons):
        visit = Visit(chromium, url, cookies)
        # With a required field that is empty, nothing is sent.
        needed = visit.run(f"!document.querySelectorAll('button')[{index}].form.checkValidity()")
        if needed:
            visit.run(f"document.querySelectorAll('button')[{index}].click()")
            visit.run(f"document.querySelectorAll('button')[{index}].form.noValidate = true")
        visit.press(index)
        results.append(visit.end())
    for index in range(links):
        visit = Visit(chromium, url, cookies)
        visit.load(lambda: visit.run(f"document.querySelectorAll('a[href]')[{index}].click()"))
        following = visit.count("button")
        address = visit.run("location.href")
        results.append(visit.end())
        if following and address != url:
            results += crawl(chromium, address, cookies)
    return results


def main():
    chromium = Chromium(sys.argv[1])
    watch = threading.Timer(PATIENCE * 4, chromium.process.kill)
    watch.daemon = True
    watch.start()
    results = []
    try:
        for plan in json.load(sys.stdin):
            cookies = plan.get("cookies", {})
            if plan.get("crawls"):
                results += crawl(chromium, plan["url"], cookies)
                continue
            visit = Visit(chromium, plan["url"], cookies)
            if "fill" in plan:
                for name, text in plan["fill"].items():
                    field = f"document.querySelector('input[name={name}]')"
                    visit.run(f"{field}.value = {json.dumps(text)}")
                if "until" not in plan:
                    visit.press(0)
                else:
                    # A page that posts itself may be gone before it can be looked at.
                    visit.run("document.querySelectorAll('button')[0].click()")
            if "until" in plan:
                visit.await_address(plan["until"])
            results.append(visit.end())
    finally:
        watch.cancel()
        chromium.end()
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
