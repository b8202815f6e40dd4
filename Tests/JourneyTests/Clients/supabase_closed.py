# SPDX-License-Identifier: Apache-2.0
"""What Supabase's clients are refused by daemons that allow less, or whose clock goes on.

    python3 supabase_closed.py STAGE BASE ANON SERVICE LETTERS [MORE]

STAGE is `closed`, where registration is; `shut`, the same with the provider `workos`, whose issuer is MORE; `silent`, which
sends no mails and has neither anonymous users nor linking; `busy`, where each limit admits one request; `old`, where MORE is
the file with the seconds by which the daemon's clock is ahead; or `linked`, the same with the provider `workos`.
Prints a line for each step.
"""
import asyncio
import base64
import hashlib
import os
import sys

from supabase_cells import ADMIN_ROUTES, NO_ONE, OFF_ROUTES, USER_ROUTES, Cells
from supabase_stage import (
    OTHER_PASSWORD, PASSWORD, Browser, Mails, ProviderBrowser, Raw, async_client, back_from_provider, done, native_tokens,
    parameters, pkce_client, refused)

STAGE, BASE, ANON, SERVICE, LETTERS, *MORE = sys.argv[1:]
SITE = "http://localhost:3000"
VERIFIER = "closed-verifier." + "~" * 48
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
raw, mails, browser = Raw(BASE, ANON), Mails(LETTERS), Browser(BASE)
cells = Cells(raw, mails, browser, SERVICE, "")
MAILS = [
    ("/signup", {"email": "new@example.com", "password": PASSWORD}), ("/otp", {"email": "new@example.com"}),
    ("/magiclink", {"email": "new@example.com"}), ("/recover", {"email": "new@example.com"}),
    ("/resend", {"type": "signup", "email": "new@example.com"}),
]


def make(key=ANON):
    return pkce_client(BASE, key)


def signed_in(name):
    client = make()
    client.sign_in_with_password({"email": f"{name}@example.com", "password": PASSWORD})
    return client


def token(client):
    return client.get_session().access_token


async def closed():
    cells.user("known")
    new = {"email": "new@example.com", "password": PASSWORD}
    for client in (make(), async_client(BASE, ANON)):
        await refused("signup_disabled", 422, client.sign_up, new)
        await refused("signup_disabled", 422, client.sign_in_anonymously)
        await refused("signup_disabled", 422, client.sign_in_with_otp, {"email": "new@example.com"})
        await refused("otp_disabled", 422, client.sign_in_with_otp, {
            "email": "new@example.com", "options": {"should_create_user": False}})
    raw.refused("signup_disabled", 422, "POST", "/signup", json={})
    for path, body in MAILS[:3]:
        raw.refused("signup_disabled", 422, "POST", path, json=body)
    print("no registration")

    # Who is there signs in as before, and administrators make users.
    client = signed_in("known")
    client.sign_in_with_otp({"email": "known@example.com"})
    code = mails.take("known@example.com", "magiclink")["digits"]
    assert client.verify_otp({"email": "known@example.com", "token": code, "type": "email"}).session
    make(SERVICE).admin.invite_user_by_email("guest@example.com")
    code = mails.take("guest@example.com", "invite")["digits"]
    assert make().verify_otp({"email": "guest@example.com", "token": code, "type": "invite"}).session
    settings = raw.send("GET", "/settings").json()
    assert settings["disable_signup"] is True, settings
    print("users who are there")


async def shut():
    for name, client in (("pkce", make()), ("implicit", async_client(BASE, ANON))):
        asked = {"provider": "workos", "options": {"redirect_to": f"{SITE}/in"}}
        url = (await done(client.sign_in_with_oauth(asked))).url
        browsers = ProviderBrowser()
        arrived = browsers.go(url, browser=name, until=[SITE], user="ada")
        browsers.close()
        query, fragment = parameters(arrived["url"])
        if name == "pkce":
            assert set(query) == {"code"} and not fragment, arrived
            await refused("signup_disabled", 422, client.exchange_code_for_session, {"auth_code": query["code"]})
        else:
            assert not query and fragment["error_code"] == "signup_disabled", arrived
            assert fragment["error"] == "access_denied" and fragment["error_description"], arrived
    closed = "Signups not allowed for this instance"
    back_from_provider(raw, f"{SITE}/in", "signup_disabled", closed)
    back_from_provider(raw, f"{SITE}/in", "signup_disabled", closed, status=422, challenge=CHALLENGE, verifier=VERIFIER)
    hashed = hashlib.sha256(b"a raw nonce").hexdigest()

    def fresh():
        token = native_tokens(MORE[0], hashed)["token"]
        return {"json": {"provider": "workos", "id_token": token, "nonce": "a raw nonce"}}

    raw.refused("signup_disabled", 422, "POST", "/token?grant_type=id_token", message=closed, fresh=fresh)
    for client in (make(), async_client(BASE, ANON)):
        await refused("signup_disabled", 422, client.sign_in_with_id_token, {
            "provider": "workos", "nonce": "a raw nonce"} | native_tokens(MORE[0], hashed))
    assert raw.send("GET", "/admin/users", token=SERVICE).json()["users"] == []
    print("no registration by a provider")


async def silent():
    cells.user("known")
    client, off = signed_in("known"), "email_provider_disabled"
    await refused(off, 400, make().sign_up, {"email": "new@example.com", "password": PASSWORD})
    await refused(off, 400, make().sign_in_with_otp, {"email": "known@example.com"})
    await refused(off, 400, make().reset_password_for_email, "known@example.com")
    await refused(off, 400, make().resend, {"type": "signup", "email": "known@example.com"})
    await refused(off, 400, client.update_user, {"email": "moved@example.com"})
    await refused(off, 400, client.reauthenticate)
    await refused(off, 400, make(SERVICE).admin.invite_user_by_email, "guest@example.com")
    for path, body in MAILS:
        raw.refused(off, 400, "POST", path, json=body)
    raw.refused(off, 400, "POST", "/invite", token=SERVICE, json={"email": "guest@example.com"})
    raw.refused(off, 400, "PUT", "/user", token=token(client), json={"email": "moved@example.com"})
    raw.refused(off, 400, "GET", "/reauthenticate", token=token(client))
    print("no mails")

    await refused("anonymous_provider_disabled", 422, make().sign_in_anonymously)
    raw.refused("anonymous_provider_disabled", 422, "POST", "/signup", json={"data": {}})
    print("no anonymous users")

    identity = client.get_user_identities().identities[0]
    await refused("manual_linking_disabled", 404, client.link_identity, {"provider": "google"})
    await refused("manual_linking_disabled", 404, client.unlink_identity, identity)
    for method, path, content in USER_ROUTES[4:6]:
        raw.refused("manual_linking_disabled", 404, method, path, token=token(client), **content)
    print("no linking")

    # A link needs no mail.
    made = make(SERVICE).admin.generate_link({"type": "recovery", "email": "known@example.com"})
    assert make().verify_otp({"token_hash": made.properties.hashed_token, "type": "recovery"}).session
    print("a link without a mail")


async def busy():
    client = make()
    held = client.sign_up({"email": "ada@example.com", "password": PASSWORD}).session
    code, limited = "over_request_rate_limit", []
    public = [("POST", path, {"json": body}) for path, body in MAILS] + [
        ("POST", "/token?grant_type=password", {"json": {"email": "ada@example.com", "password": PASSWORD}}),
        ("POST", "/token?grant_type=refresh_token", {"json": {"refresh_token": "unknown"}}),
        ("POST", "/token?grant_type=pkce", {"json": {"auth_code": NO_ONE, "code_verifier": "v" * 64}}),
        ("POST", "/token?grant_type=id_token", {"json": {"provider": "google", "id_token": "a.b.c"}}),
        ("POST", "/verify", {"json": {"type": "email", "email": "ada@example.com", "token": "12345678"}}),
        ("GET", "/verify?token=aot_unknown&type=signup", {}), ("GET", "/authorize?provider=google", {}),
        ("GET", "/callback", {}), ("POST", "/callback", {}), ("GET", "/callback/google", {}),
        ("POST", "/callback/google", {}), ("POST", "/sso", {"json": {"domain": "example.com"}}),
    ] + [(method, path, {}) for method, path in OFF_ROUTES["anyone"]]
    users = [
        (method, path, content | {"token": held.access_token})
        for method, path, content in USER_ROUTES + [(method, path, {}) for method, path in OFF_ROUTES["user"]]
        # As guarded by a token alone; and the last would end the session.
        if (method, path) != ("GET", "/user") and "/logout" not in path]
    admins = [
        (method, path, content | {"token": SERVICE})
        for method, path, content in ADMIN_ROUTES + [(method, path, {}) for method, path in OFF_ROUTES["admin"]]]
    for method, path, content in public + users + admins:
        # The one that is admitted, unless another route has used it up.
        raw.send(method, path, **content)
        answer = raw.refused(code, 429, method, path, **content)
        assert int(answer.headers["retry-after"]) > 0, answer.headers
    raw.refused(code, 429, "POST", "/logout", token=held.access_token)
    for _ in range(3):
        assert client.get_user().user.email == "ada@example.com"
    error = await refused(code, 429, make().sign_in_with_password, {"email": "ada@example.com", "password": PASSWORD})
    assert "you can only request this after" in error.message, error
    await refused(code, 429, make().sign_up, {"email": "new@example.com", "password": PASSWORD})
    # Each session has a limit of its own.
    client.refresh_session()
    await refused(code, 429, client.refresh_session)
    await refused(code, 429, make().reset_password_for_email, "ada@example.com")
    await refused(code, 429, make().verify_otp, {"email": "ada@example.com", "token": "12345678", "type": "email"})
    await refused(code, 429, client.update_user, {"data": {"a": 1}})
    await refused(code, 429, make(SERVICE).admin.list_users)
    print("limits")


ahead = 0


def later(seconds):
    """Sets the daemon's clock on, in one step."""
    global ahead
    ahead += seconds
    with open(MORE[0] + ".new", "w") as file:
        file.write(str(ahead))
    os.rename(MORE[0] + ".new", MORE[0])


async def old():
    # Wrong codes at an address are counted, so that each client has a user.
    for name, client in (("known", make()), ("other", async_client(BASE, ANON))):
        cells.user(name)
        await done(client.sign_in_with_password({"email": f"{name}@example.com", "password": PASSWORD}))
        later(20 * 60)
        await done(client.refresh_session())
        needed, change = "reauthentication_needed", {"password": OTHER_PASSWORD}
        await refused(needed, 400, client.update_user, change)
        await refused(needed, 400, client.update_user, {"email": "moved@example.com"})
        bearer = (await done(client.get_session())).access_token
        raw.refused(needed, 400, "PUT", "/user", token=bearer, json=change)
        # What is no credential needs no proof.
        assert (await done(client.update_user({"data": {"theme": "dark"}}))).user.user_metadata["theme"] == "dark"
        await done(client.reauthenticate())
        nonce = mails.take(f"{name}@example.com")["digits"]
        wrong, invalid = ("0" if nonce[0] != "0" else "1") + nonce[1:], "reauthentication_not_valid"
        await refused(invalid, 422, client.update_user, change | {"nonce": wrong})
        raw.refused(invalid, 422, "PUT", "/user", token=bearer, json=change | {"nonce": wrong})
        guess = change | {"current_password": "a wrong guess"}
        await refused("current_password_invalid", 400, client.update_user, guess)
        raw.refused("current_password_invalid", 400, "PUT", "/user", token=bearer, json=guess)
        await done(client.update_user(change | {"nonce": nonce}))
        await refused(needed, 400, client.update_user, {"password": PASSWORD, "nonce": ""})
        await done(client.update_user({"password": PASSWORD, "current_password": OTHER_PASSWORD}))
    print("proof")

    client = signed_in("known")
    first = client.get_session()
    second = client.refresh_session().session
    third = client.refresh_session().session
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    later(3_600)
    # An ancestor that comes again was stolen, and ends the session.
    used = "refresh_token_already_used"
    await refused(used, 400, make().refresh_session, first.refresh_token)
    for held in (first, second, third):
        raw.refused(
            used, 400, "POST", "/token?grant_type=refresh_token", json={"refresh_token": held.refresh_token})
    print("refresh tokens")

    client = make()
    client.sign_in_with_otp({"email": "known@example.com"})
    letter = mails.take("known@example.com", "magiclink")
    code = parameters(browser.press(letter["url"]))[0]["code"]
    later(301)
    verifier = client._storage.get_item(f"{client._storage_key}-code-verifier")
    raw.refused(
        "flow_state_expired", 422, "POST", "/token?grant_type=pkce", json={"auth_code": code, "code_verifier": verifier})
    await refused("flow_state_expired", 422, client.exchange_code_for_session, {"auth_code": code})
    client.sign_in_with_otp({"email": "known@example.com"})
    letter = mails.take("known@example.com", "magiclink")
    later(11 * 60)
    code = {"email": "known@example.com", "token": letter["digits"], "type": "email"}
    raw.refused("otp_expired", 403, "POST", "/verify", json=code)
    await refused("otp_expired", 403, make().verify_otp, code)
    later(3_600)
    assert browser.get(letter["url"]).status_code == 410
    print("codes and links")

    # The mails have proven the address of the other one, without the password.
    client = signed_in("other")
    held = client.get_session()
    later(2 * 86_400)
    raw.refused("bad_jwt", 403, "GET", "/user", token=held.access_token)
    raw.refused(
        "session_expired", 400, "POST", "/token?grant_type=refresh_token", json={"refresh_token": held.refresh_token})
    await refused("session_expired", 400, client.refresh_session, held.refresh_token)
    print("sessions")


async def linked():
    cells.user("known")
    client, asked = signed_in("known"), {"provider": "workos", "options": {"redirect_to": f"{SITE}/linked"}}
    browsers = ProviderBrowser()
    arrived = browsers.go(client.link_identity(asked).url, until=[SITE], user="known")
    browsers.close()
    client.exchange_code_for_session({"auth_code": parameters(arrived["url"])[0]["code"]})
    identity = next(one for one in client.get_user_identities().identities if one.provider == "workos")
    other = async_client(BASE, ANON)
    await other.sign_in_with_password({"email": "known@example.com", "password": PASSWORD})

    later(20 * 60)
    needed, path = "reauthentication_needed", f"/user/identities/{identity.identity_id}"
    pair = f"code_challenge={CHALLENGE}&code_challenge_method=s256"
    for one in (client, other):
        await done(one.refresh_session())
        await refused(needed, 400, one.link_identity, asked)
        await refused(needed, 400, one.unlink_identity, identity)
        bearer = (await done(one.get_session())).access_token
        sentence = "This change requires reauthentication"
        raw.refused(needed, 400, "DELETE", path, message=sentence, token=bearer)
        raw.refused(
            needed, 400, "GET", f"/user/identities/authorize?provider=workos&skip_http_redirect=true&{pair}",
            message=sentence, token=bearer)
    assert len(client.get_user_identities().identities) == 2

    client = signed_in("known")
    assert client.link_identity(asked).url
    client.unlink_identity(identity)
    assert [one.provider for one in client.get_user_identities().identities] == ["email"]
    print("linking needs a proof")


asyncio.run(
    {"closed": closed, "shut": shut, "silent": silent, "busy": busy, "old": old, "linked": linked}[STAGE]())
