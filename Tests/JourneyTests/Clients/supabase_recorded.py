# SPDX-License-Identifier: Apache-2.0
"""Sends what only @supabase/auth-js sends, from supabase_recorded.json, and then refusals that no client of Supabase's brings
about, in both versions of the API.

    python3 supabase_recorded.py sync BASE ANON SERVICE LETTERS ROOT

ROOT is the id of an administrator. Prints a line for each: `auth-js: …` for a recorded request.
"""
import base64
import hashlib
import json
import os
import sys

from supabase_cells import Cells
from supabase_stage import PASSWORD, Browser, Mails, Raw, parameters

_, BASE, ANON, SERVICE, LETTERS, ROOT = sys.argv[1:]
raw, mails, browser = Raw(BASE, ANON), Mails(LETTERS), Browser(BASE)
verifier = "recorded-verifier." + "~" * 46
known = {
    "anon": ANON, "service": SERVICE, "email": "recorded@example.com", "password": PASSWORD, "verifier": verifier,
    "wrong_verifier": verifier[::-1], "auth_code": "",
    "challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()}


def fill(value):
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace("${" + name + "}", text)
    elif isinstance(value, dict):
        value = {key: fill(member) for key, member in value.items()}
    return value


def play(entry):
    if entry.get("link"):
        target = browser.press(mails.take(known["email"], "signup")["url"])
        known["auth_code"] = parameters(target)[0]["code"]
    content = {"json": fill(entry["json"])} if "json" in entry else {}
    fields = {"X-Client-Info": "supabase-js-web/2.110.0", "Accept": "*/*"} | entry.get("fields", {})
    answer = raw.send(entry["method"], fill(entry["path"]), token=fill(entry.get("token")), fields=fields, **content)
    where = f"{entry['name']}: {answer.status_code} {answer.headers} {answer.text}"
    wanted = entry["status"]
    assert answer.status_code in (wanted if isinstance(wanted, list) else [wanted]), where
    for name, part in entry.get("answer_fields", {}).items():
        assert part.lower() in answer.headers[name].lower(), where
    for name in entry.get("absent_fields", []):
        assert name not in answer.headers, where
    if "body" in entry or "has" in entry or "keep" in entry:
        body = answer.json()
        for name, value in fill(entry.get("body", {})).items():
            assert body[name] == value, where
        assert set(entry.get("has", [])) <= set(body), where
        known.update({name: body[member] for name, member in entry.get("keep", {}).items()})
    print("auth-js:", entry["name"], flush=True)


def refusals():
    """Each cell of the table in both versions, which neither client reaches in all of them."""
    cells = Cells(raw, mails, browser, SERVICE, known["challenge"])
    for code, status, method, path, content in cells.all(ROOT, verifier):
        raw.refused(code, status, method, path, **content)
        print(f"{method} {route(path)}: {code}", flush=True)


def redirects():
    """What browsers are told who come from nowhere."""
    for method, path, status, code in (
            ("GET", "/callback?code=a&state=b", 302, "bad_oauth_callback"), ("POST", "/callback", 303, "bad_oauth_callback"),
            ("GET", "/callback/google?code=a&state=b", 302, "bad_oauth_state"),
            ("POST", "/callback/google", 303, "bad_oauth_state")):
        content = {"data": {"code": "a", "state": "b"}} if method == "POST" else {}
        answer = raw.send(method, path, fields={"Origin": "https://provider.example"}, **content)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        target = answer.headers["location"]
        query, fragment = parameters(target)
        assert target.startswith("http://localhost:3000?") and query == fragment, target
        assert query["error_code"] == code and query["error"] and query["error_description"], target
        print(f"{method} {route(path)}: {code}", flush=True)
    for query in ("", "?token=%", "?type=signup", "?token=aot_unknown&type=signup"):
        page = browser.get(f"{BASE}/auth/v1/verify{query}")
        assert page.status_code == 404 and "<form" not in page.text, f"{query}: {page.status_code} {page.text}"
    print("GET /verify: not_found", flush=True)


def route(path):
    """A path as the document writes it."""
    path, _, query = path.partition("?")
    names = iter(("{id}", "{other}"))
    parts = [next(names) if len(part) == 36 else part for part in path.split("/")]
    return "/".join(parts) + ("?" + query if query.startswith("grant_type=") else "")


def main():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "supabase_recorded.json")) as file:
        for entry in json.load(file)["requests"]:
            play(entry)
    refusals()
    redirects()


main()
