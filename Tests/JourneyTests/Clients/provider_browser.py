# SPDX-License-Identifier: Apache-2.0
"""Browsers without scripts, which keep cookies and sign in at the providers of the tests.

    python3 provider_browser.py [https://NAME http://HOST:PORT]

What is named before a server's address is reached as through a proxy on this machine that ends TLS.

Reads commands from its standard input, each a line of JSON, and answers each with a line. A command has a `url`, to which the
browser goes, and optionally: `browser`, the name of the one that goes there, each with cookies of its own; `source`, the
address that it comes from, as that proxy knows it; `until`, beginnings of URLs that it doesn't open but stops at; `user` and
`password`, with which it signs in; `fields`, what it fills in besides; `refuses`, if it is to refuse consent; and `form` and
`origin`, if it begins as a page of another site does that posts a form.

It follows redirects, fills in forms and posts what a page posts by its script, with the cookies that SameSite leaves. It stops
where no form is left to fill in. Cookies whose prefix or attributes forbid them there are not kept.

An answer has the `url` where it stopped; the `status` and `body`, if that was opened, or the `form` that it would have posted;
the URLs that it `visited`; the `cookies`
that the host of the first URL has set and not cleared, with the `attributes` of each; and those that were `cleared`.
"""
import html.parser
import http.client
import json
import sys
import urllib.parse

USER_FIELDS = ("username", "login")
# Whatever takes longer counts as hanging.
PATIENCE = 60
STEPS = 20
# Public names and where they lead.
PROXIED = dict(zip(sys.argv[1::2], sys.argv[2::2]))


class Forms(html.parser.HTMLParser):
    """The forms of a page: their attributes, fields and buttons."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.found.append({"attributes": attributes, "fields": {}, "buttons": [], "isHidden": True})
        elif self.found and tag == "button" and attributes.get("name"):
            self.found[-1]["buttons"].append((attributes["name"], attributes.get("value", "")))
        elif self.found and tag == "input" and attributes.get("name"):
            form, kind = self.found[-1], attributes.get("type", "text")
            if kind in ("checkbox", "radio", "submit"):
                return
            form["fields"][attributes["name"]] = attributes.get("value") or ""
            form["isHidden"] &= kind == "hidden"


class Browser:
    def __init__(self):
        self.jar = {}
        self.cleared = []

    def cookies(self, url, is_cross_site_post):
        """The `Cookie` field of a request. Ports are no part of a cookie."""
        return "; ".join(
            f"{name}={cookie['value']}" for (host, name), cookie in self.jar.items()
            if host == url.hostname and url.path.startswith(cookie["attributes"].get("path", "/"))
            and not (is_cross_site_post and cookie["attributes"].get("samesite", "lax").lower() != "none"))

    def keep(self, url, lines):
        for line in lines:
            pair, *rest = [part.strip() for part in line.split(";")]
            name, _, value = pair.partition("=")
            attributes = {}
            for part in rest:
                key, _, text = part.partition("=")
                attributes[key.lower()] = text
            is_safe = url.scheme == "https" or url.hostname in ("localhost", "127.0.0.1")
            is_host_only = attributes.get("path") == "/" and "secure" in attributes and "domain" not in attributes
            if "secure" in attributes and not is_safe or name.startswith("__Host-") and not is_host_only:
                continue
            if attributes.get("max-age", "1").startswith(("0", "-")) or "1970" in attributes.get("expires", ""):
                self.jar.pop((url.hostname, name), None)
                self.cleared.append(name)
            else:
                self.jar[url.hostname, name] = {"value": value, "attributes": attributes}

    def send(self, method, address, origin=None, form=None, document=None, source=None):
        """One request, and what came back: status, target of a redirect, body."""
        url = urllib.parse.urlsplit(address)
        is_cross_site = bool(origin) and urllib.parse.urlsplit(origin).hostname != url.hostname
        fields = {"Accept": "text/html,*/*;q=0.8", "User-Agent": "provider_browser"}
        if origin and method != "GET":
            fields["Origin"] = origin
        fields["Sec-Fetch-Site"] = "none" if not origin else "cross-site" if is_cross_site else "same-site"
        fields |= {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        if cookies := self.cookies(url, is_cross_site and method == "POST"):
            fields["Cookie"] = cookies
        server = url
        if proxied := PROXIED.get(f"{url.scheme}://{url.netloc}"):
            server = urllib.parse.urlsplit(proxied)
            fields |= {"X-Forwarded-For": source or "198.51.100.1", "X-Forwarded-Proto": url.scheme}
        # Another program may listen on the same port of ::1.
        host = "127.0.0.1" if server.hostname == "localhost" else server.hostname
        fields["Host"] = url.netloc
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            fields["Content-Type"] = "application/x-www-form-urlencoded"
        if document is not None:
            body = json.dumps(document)
            fields["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(host, server.port, timeout=PATIENCE)
        connection.request(method, (url.path or "/") + (f"?{url.query}" if url.query else ""), body, fields)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        self.keep(url, answer.headers.get_all("Set-Cookie") or [])
        target = answer.headers.get("Location") if answer.status in (301, 302, 303, 307, 308) else None
        return answer.status, target and urllib.parse.urljoin(address, target), text

    def sign_in_at_glewlwyd(self, address, command):
        """What the scripts of its page do."""
        url = urllib.parse.urlsplit(address)
        base = f"{url.scheme}://{url.netloc}"
        query = dict(urllib.parse.parse_qsl(url.query))
        login = {"username": command["user"], "password": command["password"]}
        grant = {"scope": query["scope"]}
        for method, path, document in (
                ("POST", "/api/auth", login), ("PUT", f"/api/auth/grant/{query['client_id']}", grant)):
            status, _, text = self.send(method, base + path, base, document=document)
            if status != 200:
                raise SystemExit(f"{path}: {status} {text}")
        return query["callback_url"] + "&g_continue"

    def fill_in(self, address, text, command):
        """Where the form of a page goes and what it sends; `None` without one that can be filled in."""
        for form in Forms(text).found:
            fields = dict(form["fields"])
            names = set(fields)
            for name in names.intersection(USER_FIELDS):
                fields[name] = command.get("user", "")
            for name in names.intersection(command.get("fields", {})):
                fields[name] = command["fields"][name]
            if "password" in names:
                fields["password"] = command.get("password", "")
            posts_itself = form["isHidden"] and "state" in names
            answers = [button for button in form["buttons"] if button[0] == "answer"]
            wanted = "deny" if command.get("refuses") else "accept"
            chosen = next((button for button in answers if button[1] == wanted), None)
            if not posts_itself and not chosen and not names.intersection(USER_FIELDS + ("password",)):
                continue
            if form["attributes"].get("method", "get").lower() != "post":
                continue
            if button := chosen or next(iter(form["buttons"]), None):
                fields[button[0]] = button[1]
            return urllib.parse.urljoin(address, form["attributes"].get("action") or address), fields
        return None

    def go(self, command):
        address, until = command["url"], tuple(command.get("until", []))
        host = urllib.parse.urlsplit(address).hostname
        self.cleared = []
        visited, origin, form, status, body = [], command.get("origin"), command.get("form"), None, None
        for _ in range(STEPS):
            if until and address.startswith(until):
                status = body = None
                break
            visited.append(address)
            status, target, body = self.send(
                "GET" if form is None else "POST", address, origin, form, source=command.get("source"))
            form = None
            url = urllib.parse.urlsplit(address)
            if target:
                # A chain of redirects that begins at another site is of that site.
                address = target
            elif "user" in command and status == 200 and (filled := self.fill_in(address, body, command)):
                origin = f"{url.scheme}://{url.netloc}"
                address, form = filled
            elif "user" in command and url.path.endswith("/login.html"):
                address = self.sign_in_at_glewlwyd(address, command)
            else:
                break
        else:
            raise SystemExit(f"no end: {visited}")
        return {
            "url": address, "status": status, "body": body, "form": form, "visited": visited, "cleared": self.cleared,
            "cookies": {name: cookie for (owner, name), cookie in self.jar.items() if owner == host}}


def main():
    browsers = {}
    for line in sys.stdin:
        command = json.loads(line)
        browser = browsers.setdefault(command.get("browser", ""), Browser())
        print(json.dumps(browser.go(command)), flush=True)


main()
