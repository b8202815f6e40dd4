# SPDX-License-Identifier: Apache-2.0
"""What the programs that use Supabase's clients have in common: the mails that came, the page of a mailed link, the answers
that are expected, and requests that neither client sends.
"""
import base64
import hashlib
import html.parser
import inspect
import json
import os
import subprocess
import sys
import time
import urllib.parse

import httpx
from supabase import ClientOptions, create_client
from supabase_auth import AsyncGoTrueClient, SyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthError, AuthWeakPasswordError

# Whatever takes longer counts as hanging.
PATIENCE = 60
PASSWORD = "a compiler from 1952"
OTHER_PASSWORD = "nanoseconds of wire"


def pkce_client(base, key):
    """The umbrella package's client, which uses PKCE."""
    http = httpx.Client(timeout=PATIENCE, follow_redirects=True)
    return create_client(base, key, ClientOptions(auto_refresh_token=False, httpx_client=http)).auth


def implicit_client(base, key):
    """The auth package's synchronous client, which uses implicit links."""
    return SyncGoTrueClient(
        url=f"{base}/auth/v1", headers={"apikey": key, "Authorization": f"Bearer {key}"}, auto_refresh_token=False,
        http_client=httpx.Client(timeout=PATIENCE, follow_redirects=True))


def async_client(base, key):
    """The auth package's asynchronous client, which uses implicit links."""
    return AsyncGoTrueClient(
        url=f"{base}/auth/v1", headers={"apikey": key, "Authorization": f"Bearer {key}"}, auto_refresh_token=False,
        http_client=httpx.AsyncClient(timeout=PATIENCE, follow_redirects=True))


async def done(result):
    """The result of a call of either client: the one of the synchronous client is there already."""
    return await result if inspect.isawaitable(result) else result


async def refused(code, status, call, *arguments):
    """Makes a call, which the server must refuse with a code and a status, or one of several."""
    statuses = status if isinstance(status, tuple) else (status,)
    try:
        result = await done(call(*arguments))
    except (AuthApiError, AuthWeakPasswordError) as error:
        fits = error.code == code and error.status in statuses
        assert fits, f"{error.status} {error.code} {error} instead of {status} {code}"
        return error
    raise AssertionError(f"{code} was expected, and there is {result}")


async def raised(kind, call, *arguments):
    """Makes a call, which the client itself must refuse without a request."""
    try:
        result = await done(call(*arguments))
    except AuthError as error:
        assert isinstance(error, kind), f"{type(error)} {error} instead of {kind}"
        return error
    raise AssertionError(f"{kind} was expected, and there is {result}")


class Mails:
    """The letters that the mail server of the tests has taken, each looked at once."""

    def __init__(self, path):
        self.path = path
        self.seen = set()

    def all(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            # The last line may be half written.
            return [json.loads(line) for line in file if line.endswith("\n")]

    def take(self, recipient, kind=None):
        """The next letter to a recipient that was not taken yet; waits for it. Its link is of this type; without one it has a
        code and no link.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for letter in self.all():
                if letter["recipient"].lower() != recipient or letter["messageID"] in self.seen:
                    continue
                link = letter["url"] or ""
                fits = "/auth/v1/verify?" in link and f"type={kind}" in link if kind else letter["digits"] and not link
                if fits:
                    self.seen.add(letter["messageID"])
                    return letter
            time.sleep(0.02)
        raise AssertionError(f"no letter of {kind} to {recipient}: {self.all()}")

    def links(self, recipient):
        """How many letters with a link of Supabase's API a recipient has got."""
        letters = {letter["messageID"]: letter for letter in self.all() if letter["recipient"].lower() == recipient}
        return sum("/auth/v1/verify?" in (letter["url"] or "") for letter in letters.values())


class Page(html.parser.HTMLParser):
    """The form of a page: its action and its fields."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.fields, self.elements = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append(tag)
        if tag == "form":
            self.forms.append(attributes)
        elif tag == "input" and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value") or ""


def parameters(address):
    """The parameters of an address: those of its query, and those of its fragment."""
    url = urllib.parse.urlsplit(address)
    return dict(urllib.parse.parse_qsl(url.query)), dict(urllib.parse.parse_qsl(url.fragment))


class Browser:
    """What opens links: no client of Supabase's does."""

    def __init__(self, base):
        self.base = base
        self.http = httpx.Client(timeout=PATIENCE)

    def get(self, link):
        return self.http.get(link)

    def press(self, link):
        """Opens a mailed link, presses the button of its page, and gives where that leads."""
        page = self.get(link)
        assert page.status_code == 200, f"{page.status_code} {page.text}"
        assert page.headers["referrer-policy"] == "no-referrer", page.headers
        assert "no-store" in page.headers["cache-control"], page.headers
        form = Page(page.text)
        assert len(form.forms) == 1 and form.forms[0]["method"].lower() == "post", page.text
        assert not {"script", "img", "iframe"}.intersection(form.elements), page.text
        return self.post(urllib.parse.urljoin(link, form.forms[0].get("action") or link), form.fields)

    def post(self, address, fields, origin=None):
        answer = self.http.post(
            address, data=fields,
            headers={"Origin": origin or self.base, "Sec-Fetch-Site": "cross-site" if origin else "same-origin"})
        if origin:
            return answer
        assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
        return answer.headers["location"]


class Raw:
    """Requests as they are, in either version of the API."""

    def __init__(self, base, key):
        self.base, self.key = base, key
        self.http = httpx.Client(timeout=PATIENCE)

    def send(self, method, path, token=None, version="2024-01-01", fields={}, **content):
        fields = {"apikey": self.key, "Authorization": f"Bearer {token or self.key}"} | fields
        if version:
            fields["X-Supabase-Api-Version"] = version
        return self.http.request(method, f"{self.base}/auth/v1{path}", headers=fields, **content)

    def refused(self, code, status, method, path, message=None, fresh=None, **content):
        """Sends a request in both versions, each of which is refused in its form; the last answer.

        With a message, the body has it and nothing else beside the code. What counts once is made by fresh for each version.
        """
        for version in ("2024-01-01", None):
            answer = self.send(method, path, version=version, **content | (fresh() if fresh else {}))
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
            body = answer.json()
            if version:
                assert answer.headers["x-supabase-api-version"] == version, answer.headers
                assert body["code"] == code and body["message"], f"{method} {path}: {body}"
                assert message is None or body == {"code": code, "message": message}, f"{method} {path}: {body}"
            else:
                assert "x-supabase-api-version" not in answer.headers, answer.headers
                assert (body["code"], body["error_code"]) == (status, code) and body["msg"], f"{method} {path}: {body}"
                whole = {"code": status, "error_code": code, "msg": message}
                assert message is None or body == whole, f"{method} {path}: {body}"
            assert answer.headers["x-sb-error-code"] == code, answer.headers
        return answer

    def refused_as_oauth(self, error, description, path, fresh):
        """Sends a request in both versions, each of which is refused in the one form of OAuth."""
        for version in ("2024-01-01", None):
            answer = self.send("POST", path, version=version, **fresh())
            assert answer.status_code == 400, f"{path}: {answer.status_code} {answer.text}"
            assert answer.json() == {"error": error, "error_description": description}, f"{path}: {answer.text}"
            assert "x-supabase-api-version" not in answer.headers, answer.headers
            assert answer.headers["x-sb-error-code"] == error, answer.headers


def native_tokens(issuer, nonce, subject="ada", lie="", **fields):
    """What a native program gets from a provider of lying_provider.py itself."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    form = {
        "q_client_id": "authd", "q_redirect_uri": "http://127.0.0.1:9/native", "q_code_challenge": challenge,
        # Two tokens of one second would be the same otherwise, and each counts once.
        "q_state": os.urandom(8).hex(), "subject": subject, "lie": lie} | fields
    if nonce:
        form["q_nonce"] = nonce
    answer = httpx.post(f"{issuer}/login", data=form, timeout=PATIENCE)
    code = parameters(answer.headers["location"])[0]["code"]
    answer = httpx.post(f"{issuer}/token", timeout=PATIENCE, auth=("authd", "a-client-secret-of-1961"), data={
        "grant_type": "authorization_code", "code": code, "code_verifier": verifier,
        "redirect_uri": "http://127.0.0.1:9/native"})
    tokens = answer.json()
    return {"token": tokens["id_token"], "access_token": tokens["access_token"]}


def back_from_provider(
        raw, target, code, description, status=None, challenge=None, verifier=None, error="access_denied", person={}):
    """Expects how a sign-in by the provider workos ends that is refused, in both versions of the API.

    Without a challenge the callback says so in the fragment. With one, the callback gives a code, and the exchange says so.
    """
    def come_back(version):
        browsers = ProviderBrowser()
        pair = f"&code_challenge={challenge}&code_challenge_method=s256" if challenge else ""
        url = f"{raw.base}/auth/v1/authorize?provider=workos&redirect_to={urllib.parse.quote(target, safe='')}{pair}"
        waiting = browsers.go(
            url, until=[f"{raw.base}/auth/v1/callback/"], user=person.get("subject", "ada"), fields=person)
        browsers.close()
        cookies = "; ".join(f"{name}={cookie['value']}" for name, cookie in waiting["cookies"].items())
        answer = raw.send(
            "GET", waiting["url"].removeprefix(f"{raw.base}/auth/v1"), version=version, fields={"Cookie": cookies})
        assert answer.status_code == 302, f"{answer.status_code} {answer.text}"
        location = answer.headers["location"]
        assert location.startswith(target), location
        return parameters(location)

    for version in ("2024-01-01", None):
        query, fragment = come_back(version)
        if challenge:
            assert set(query) == {"code"} and not fragment, (query, fragment)
        else:
            whole = {"error": error, "error_code": code, "error_description": description}
            assert not query and fragment == whole, (query, fragment)
    if challenge:
        raw.refused(
            code, status, "POST", "/token?grant_type=pkce", message=description,
            fresh=lambda: {"json": {"auth_code": come_back(None)[0]["code"], "code_verifier": verifier}})


class ProviderBrowser:
    """The browsers of provider_browser.py."""

    def __init__(self):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "provider_browser.py")
        self.process = subprocess.Popen(
            [sys.executable, "-B", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def go(self, url, **command):
        self.process.stdin.write(json.dumps({"url": url} | command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()
