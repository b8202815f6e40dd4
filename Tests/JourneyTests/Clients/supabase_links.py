# SPDX-License-Identifier: Apache-2.0
"""Opens mailed links of Supabase's API as scanners, strangers and users do.

    python3 supabase_links.py MODE BASE ANON SERVICE LETTERS

MODE is `page`, where a link shows a page with a button, or `get`, where opening it is enough. Prints a line for each step.
"""
import asyncio
import sys

from supabase_stage import (
    OTHER_PASSWORD, PASSWORD, Browser, Mails, Raw, implicit_client, parameters, pkce_client, refused)

MODE, BASE, ANON, SERVICE, LETTERS = sys.argv[1:]
SITE = "http://localhost:3000"
mails, browser, raw = Mails(LETTERS), Browser(BASE), Raw(BASE, ANON)
FIRST = {"message": "Confirmation link accepted. Please proceed to confirm link sent to the other email"}
EXPIRED = {
    "error": "access_denied", "error_code": "otp_expired", "error_description": "Email link is invalid or has expired"}


def make():
    """The client with PKCE."""
    return pkce_client(BASE, ANON)


def follow(link):
    """Where a link leads."""
    if MODE == "page":
        return browser.press(link)
    answer = browser.get(link)
    assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
    return answer.headers["location"]


def repeat(link, **changes):
    """Where a link leads, with changes of its parameters, also one whose page has no button any more."""
    path, fields = link.split("?")[0], parameters(link)[0] | changes
    if MODE == "page":
        return browser.post(path, fields)
    answer = browser.http.get(path, params=fields)
    assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
    return answer.headers["location"]


def told(target, client, expected):
    """Expects what an application is told: in the fragment, and with PKCE in the query, too."""
    query, fragment = parameters(target)
    assert target.startswith(SITE), target
    assert fragment == expected, target
    assert query == (expected if client == "pkce" else {}), target


def change_address(name, kind, client):
    """Changes the address of a user who has just signed in, which both mailboxes confirm."""
    present, new = f"{name}@example.com", f"{name}-moved@example.com"
    for is_new_first in (False, True):
        first, second = (new, present) if is_new_first else (present, new)
        client.update_user({"email": new})
        letters = {who: mails.take(who, "email_change")["url"] for who in (present, new)}
        told(follow(letters[first]), kind, FIRST)
        # What one mailbox has confirmed is used up, and the other one's turn has come.
        told(repeat(letters[first]), kind, EXPIRED)
        target = follow(letters[second])
        query, fragment = parameters(target)
        if kind == "pkce":
            assert set(query) == {"code"} and not fragment, target
            client.exchange_code_for_session({"auth_code": query["code"]})
        else:
            assert fragment["type"] == "email_change" and fragment["access_token"] and not query, target
            client.initialize(url=target)
        user = client.get_user().user
        assert user.email == new and not user.new_email, user
        told(repeat(letters[second]), kind, EXPIRED)
        present, new = new, f"{name}-again@example.com"


def failures(kind, client):
    """What else stands against a link, each in its place."""
    client.sign_up({"email": f"{kind}@example.com", "password": PASSWORD})
    link = mails.take(f"{kind}@example.com", "signup")["url"]
    token = parameters(link)[0]["token"]
    told(repeat(link, type="recovery"), kind, EXPIRED)
    told(repeat(link, type="another"), kind, {
        "error": "invalid_request", "error_code": "validation_failed",
        "error_description": "Unsupported verification type"})
    told(repeat(link, token=token[:-1]), kind, EXPIRED)
    listed = raw.send("GET", "/admin/users", token=SERVICE).json()["users"]
    path = "/admin/users/" + next(user["id"] for user in listed if user["email"] == f"{kind}@example.com")
    for duration in ("1h", "none"):
        answer = raw.send("PUT", path, token=SERVICE, json={"ban_duration": duration})
        assert answer.status_code == 200, answer.text
        if duration == "1h":
            told(repeat(link), kind, {
                "error": "access_denied", "error_code": "user_banned", "error_description": "User is banned"})
    query, fragment = parameters(repeat(link))
    assert query.get("code") if kind == "pkce" else fragment.get("access_token"), (query, fragment)


async def main():
    for name, client in (("ada", make()), ("grace", implicit_client(BASE, ANON))):
        client.sign_up({"email": f"{name}@example.com", "password": PASSWORD})
        letter = mails.take(f"{name}@example.com", "signup")
        for method in ("HEAD", "GET", "HEAD", "GET") if MODE == "page" else ("HEAD", "HEAD"):
            answer = browser.http.request(method, letter["url"])
            assert answer.status_code in (200, 303, 405), f"{method}: {answer.status_code}"
            assert "location" not in answer.headers and "set-cookie" not in answer.headers, answer.headers
        query, _ = parameters(letter["url"])
        foreign = browser.post(letter["url"].split("?")[0], query, origin="https://evil.example")
        assert foreign.status_code == 403, f"{foreign.status_code} {foreign.text}"
        target = follow(letter["url"])
        query, fragment = parameters(target)
        if name == "ada":
            assert set(query) == {"code"} and not fragment, target
            opened = client.exchange_code_for_session({"auth_code": query["code"]})
            await refused("flow_state_not_found", 404, client.exchange_code_for_session, {
                "auth_code": query["code"], "code_verifier": "v" * 64})
        else:
            assert {"access_token", "refresh_token", "expires_in", "expires_at", "token_type", "type"} <= set(fragment), target
            assert fragment["type"] == "signup" and not query, target
            client.initialize(url=target)
            opened = client.get_session()
        assert opened.user.email_confirmed_at, opened
        again = browser.get(letter["url"])
        assert again.status_code == (410 if MODE == "page" else 303), f"{again.status_code} {again.text}"
        if MODE == "get":
            assert "error_code=otp_expired" in again.headers["location"], again.headers
        change_address(name, "pkce" if name == "ada" else "implicit", client)
    print("links")

    for kind, client in (("pkce", make()), ("implicit", implicit_client(BASE, ANON))):
        failures(kind, client)
    print("failures")

    # A verifier that is wrong three times voids the code.
    client = make()
    client.sign_in_with_otp({"email": "ada-again@example.com"})
    code = parameters(follow(mails.take("ada-again@example.com", "magiclink")["url"]))[0]["code"]
    for _ in range(3):
        await refused("bad_code_verifier", 400, make().exchange_code_for_session, {
            "auth_code": code, "code_verifier": "v" * 64})
    await refused("flow_state_not_found", 404, client.exchange_code_for_session, {"auth_code": code})
    print("three wrong verifiers")

    # A stranger signs up with the address of a user, who opens the link and signs in by mail later.
    stranger, user, credentials = make(), make(), {"email": "victim@example.com", "password": PASSWORD}
    stranger.sign_up(credentials)
    letter = mails.take("victim@example.com", "signup")
    again = make().sign_up(credentials | {"password": OTHER_PASSWORD})
    assert again.session is None, again
    mails.take("victim@example.com", "signup")
    follow(letter["url"])
    user.sign_in_with_otp({"email": "victim@example.com"})
    code = mails.take("victim@example.com", "magiclink")["digits"]
    assert user.verify_otp({"email": "victim@example.com", "token": code, "type": "email"}).session
    for password in (PASSWORD, OTHER_PASSWORD):
        await refused(
            "invalid_credentials", 400, stranger.sign_in_with_password, credentials | {"password": password})
    assert user.get_user().user.email == "victim@example.com"
    print("a stranger's password")


asyncio.run(main())
