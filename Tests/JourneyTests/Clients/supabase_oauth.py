# SPDX-License-Identifier: Apache-2.0
"""Signs in by a provider through Supabase's clients, links and unlinks it, and signs in by its id tokens.

    python3 supabase_oauth.py CLIENT BASE ANON SERVICE ISSUER

CLIENT is as for supabase_journey.py; ISSUER is that of the provider `workos`, one of lying_provider.py, as `zoom` is. `figma`
answers by a form. The names are some that the clients know: they refuse others. Prints a line for each step.
"""
import asyncio
import base64
import hashlib
import sys

from supabase_auth.errors import AuthApiError, AuthImplicitGrantRedirectError

from supabase_stage import (
    PASSWORD, ProviderBrowser, Raw, async_client, back_from_provider, done, native_tokens, parameters, pkce_client, raised,
    refused)

CLIENT, BASE, ANON, SERVICE, ISSUER = sys.argv[1:]
IS_PKCE = CLIENT == "sync"
SITE = "http://localhost:3000"
HOLDER = f"holder-{CLIENT}@example.com"
VERIFIER = "oauth-verifier." + "~" * 49
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
browsers, raw = ProviderBrowser(), Raw(BASE, ANON)


def make():
    return pkce_client(BASE, ANON) if IS_PKCE else async_client(BASE, ANON)


async def finish(client, arrived):
    """Hands where a browser has arrived over to the client."""
    query, fragment = parameters(arrived["url"])
    if IS_PKCE:
        assert set(query) == {"code"} and not fragment, arrived
        return (await done(client.exchange_code_for_session({"auth_code": query["code"]}))).session
    assert not query and "provider_token" not in fragment, arrived
    await done(client.initialize(url=arrived["url"]))
    return await done(client.get_session())


async def sign_in(client, subject, provider="workos", browser="own", **fields):
    url = (await done(client.sign_in_with_oauth({
        "provider": provider, "options": {
            "redirect_to": f"{SITE}/in", "scopes": "profile", "query_params": {"prompt": "login", "state": "mine"}}}))).url
    assert url.startswith(f"{BASE}/auth/v1/authorize?"), url
    return browsers.go(url, browser=browser, until=[SITE], user=subject, fields=fields)


def administer(method, path, body):
    answer = raw.send(method, path, token=SERVICE, json=body)
    assert answer.status_code == 200, answer.text


async def rejected(code, status, client, arrived):
    """What stands against a sign-in by a provider: an implicit client is told in the fragment, one with PKCE by
    the exchange.
    """
    query, fragment = parameters(arrived["url"])
    if IS_PKCE:
        assert set(query) == {"code"} and not fragment, arrived
        await refused(code, status, client.exchange_code_for_session, {"auth_code": query["code"]})
        return
    assert not query and set(fragment) == {"error", "error_code", "error_description"}, arrived["url"]
    assert fragment["error_code"] == code, arrived["url"]


def verifier(client):
    return client._storage.get_item(f"{client._storage_key}-code-verifier")


async def oauth():
    administer("POST", "/admin/users", {"email": HOLDER, "password": PASSWORD, "email_confirm": True})
    client = make()
    arrived = await sign_in(client, "ada")
    page = next(url for url in arrived["visited"] if "/authorize?" in url and url.startswith(ISSUER))
    asked, _ = parameters(page)
    # What the application asks for is passed on, but for what is the flow's own.
    assert asked["prompt"] == "login" and asked["state"] != "mine", asked
    assert "profile" in asked["scope"].split() and asked["redirect_uri"] == f"{BASE}/auth/v1/callback/workos", asked
    session = await finish(client, arrived)
    assert session.user.app_metadata["provider"] == "workos" and session.provider_token is None, session
    assert [one.provider for one in session.user.identities] == ["workos"], session.user.identities
    assert session.user.identities[0].id == "ada", session.user.identities
    claims = (await done(client.get_claims()))["claims"]
    assert claims["amr"][0]["method"] == "oauth" and claims["aal"] == "aal1", claims
    again = await finish(make_again := make(), await sign_in(make_again, "ada", browser="second"))
    assert again.user.id == session.user.id, again
    third = make()
    posted = await finish(third, await sign_in(third, "grace", provider="figma", browser="third"))
    assert posted.user.app_metadata["provider"] == "figma", posted
    # Without an address they are changed as others are.
    changed = (await done(third.update_user({"data": {"theme": "dark"}}))).user
    assert not changed.email and changed.user_metadata["theme"] == "dark", changed
    administer("PUT", f"/admin/users/{posted.user.id}", {"ban_duration": "1h"})
    administer("PUT", f"/admin/users/{posted.user.id}", {"ban_duration": "none", "app_metadata": {"plan": "gold"}})
    print("sign in by a provider")

    client = make()
    denied = await sign_in(client, "ada", browser="fourth", lie="denied")
    error = await raised(AuthImplicitGrantRedirectError, client.initialize_from_url, denied["url"])
    assert error.details["error"] == "access_denied", error.details
    for verified in ("false", ""):
        unproven = await sign_in(
            client, f"unproven-{CLIENT}", browser=f"unproven-{verified}", email=HOLDER, verified=verified)
        await rejected("provider_email_needs_verification", 422, client, unproven)
    other = make()
    banned = await finish(other, await sign_in(
        other, f"banned-{CLIENT}", browser="banned", email=f"banned-{CLIENT}@corp.example", verified="true"))
    administer("PUT", f"/admin/users/{banned.user.id}", {"ban_duration": "1h"})
    again = await sign_in(client, f"banned-{CLIENT}", browser="banned again")
    await rejected("user_banned", 400, client, again)
    # A callback in another browser than the one that began, and once more in that one.
    begun = await done(client.sign_in_with_oauth({"provider": "workos", "options": {"redirect_to": f"{SITE}/in"}}))
    callback = f"{BASE}/auth/v1/callback/"
    waiting = browsers.go(begun.url, browser="mallory", until=[callback], user="mallory")
    foreign = browsers.go(waiting["url"], browser="victim", until=[SITE])
    assert "bad_oauth_state" in foreign["url"] and "code=" not in foreign["url"].replace("error_code=", ""), foreign
    own = browsers.go(waiting["url"], browser="mallory", until=[SITE])
    assert (await finish(client, own)).user.identities[0].id == "mallory", own
    again = browsers.go(waiting["url"], browser="mallory", until=[SITE])
    assert "bad_oauth_state" in again["url"], again
    # A state belongs to one provider; the flow is over where another one presents it.
    begun = await done(client.sign_in_with_oauth({"provider": "workos", "options": {"redirect_to": f"{SITE}/in"}}))
    waiting = browsers.go(begun.url, browser="mallory", until=[callback], user="mallory")
    other = browsers.go(
        waiting["url"].replace("/callback/workos", "/callback/zoom"), browser="mallory", until=[SITE])
    assert "bad_oauth_state" in other["url"] or "bad_oauth_callback" in other["url"], other
    over = browsers.go(waiting["url"], browser="mallory", until=[SITE])
    assert "bad_oauth_state" in over["url"], over
    print("refusals in the redirect")


async def linking():
    client = make()
    credentials = {"email": f"linker-{CLIENT}@example.com", "password": PASSWORD}
    await done(client.sign_up(credentials))
    await done(client.sign_in_with_password(credentials))
    asked = {"provider": "workos", "options": {"redirect_to": f"{SITE}/linked"}}
    if not IS_PKCE:
        # An implicit flow has no step that could show the session again.
        await refused("validation_failed", 400, client.link_identity, asked)
        print("link and unlink")
        return
    url = client.link_identity(asked).url
    arrived = browsers.go(url, browser="linker", until=[SITE], user="linker")
    query, _ = parameters(arrived["url"])
    # Another session does not finish it, even with the code; its verifier is the client's.
    stranger = make()
    await refused(
        "flow_state_not_found", 404, stranger.exchange_code_for_session,
        {"auth_code": query["code"], "code_verifier": verifier(client)})
    linked = client.exchange_code_for_session({"auth_code": query["code"]}).user
    providers = [one.provider for one in linked.identities]
    assert sorted(providers) == ["email", "workos"] and "workos" in linked.app_metadata["providers"], linked

    other = make()
    other.sign_up({"email": "other-linker@example.com", "password": PASSWORD})
    url = other.link_identity(asked).url
    taken = browsers.go(url, browser="other-linker", until=[SITE], user="linker")
    query, fragment = parameters(taken["url"])
    if "code" in query:
        await refused("identity_already_exists", 422, other.exchange_code_for_session, {"auth_code": query["code"]})
    else:
        assert query["error_code"] == "identity_already_exists", taken

    identity = next(one for one in client.get_user_identities().identities if one.provider == "workos")
    client.unlink_identity(identity)
    assert [one.provider for one in client.get_user_identities().identities] == ["email"]
    await refused("identity_not_found", 422, client.unlink_identity, identity)
    print("link and unlink")


def id_token(nonce, **more):
    return native_tokens(ISSUER, nonce, **more)


async def id_tokens():
    client = make()
    hashed = hashlib.sha256(b"a raw nonce").hexdigest()
    asked = {"provider": "workos", "nonce": "a raw nonce"}
    first = id_token(hashed, subject=f"native-{CLIENT}")
    session = (await done(client.sign_in_with_id_token(asked | first))).session
    assert session.user.app_metadata["provider"] == "workos", session
    claims = (await done(client.get_claims()))["claims"]
    assert claims["amr"][0]["method"] == "oauth", claims

    async def failed(changes):
        try:
            await done(make().sign_in_with_id_token(asked | changes))
        except AuthApiError as error:
            assert error.status == 400 and error.message, error
            return
        raise AssertionError(f"signed in with {changes}")

    # Once; with its own nonce, access token, provider and issuer; and never by an access token alone.
    await failed(first)
    await failed(id_token(hashed) | {"nonce": "another"})
    await failed(id_token(hashed) | {"nonce": None})
    await failed(id_token(None))
    await failed(id_token(None) | {"nonce": None})
    await failed(id_token(hashed) | {"access_token": first["access_token"]})
    await failed(id_token(hashed) | {"provider": "google"})
    await failed(id_token(hashed) | {"provider": "zoom"})
    await failed({"token": first["access_token"]})
    for lie in ("wrong_audience", "wrong_issuer", "none", "public_secret", "foreign_key", "expired", "no_subject"):
        await failed(id_token(hashed, lie=lie))
    # What is odd but true is taken.
    assert (await done(make().sign_in_with_id_token(asked | id_token(hashed, lie="audience_list")))).session
    print("sign in by an id token")


async def in_both_versions():
    """The refusals again as they are sent, since the clients ask for one version alone."""
    holder = {"subject": f"unproven-raw-{CLIENT}", "email": HOLDER, "verified": "false"}
    unproven, unverified = "provider_email_needs_verification", "The provider has not verified the email address"
    back_from_provider(
        raw, f"{SITE}/in", unproven, "The provider does not prove an email address that is accepted here", person=holder)
    banned = {"subject": f"banned-{CLIENT}"}
    back_from_provider(raw, f"{SITE}/in", "user_banned", "User is banned", person=banned)
    for code, status, sentence, person in (
            (unproven, 422, unverified, holder), ("user_banned", 400, "User is banned", banned)):
        back_from_provider(
            raw, f"{SITE}/in", code, sentence, status=status, challenge=CHALLENGE, verifier=VERIFIER, person=person)

    # The identity of one user, which another one links.
    credentials = {"email": f"raw-linker-{CLIENT}@example.com", "password": PASSWORD}
    bearer = raw.send("POST", "/signup", json=credentials).json()["access_token"]

    def taken():
        asked = raw.send(
            "GET", f"/user/identities/authorize?provider=workos&redirect_to={SITE}/linked&skip_http_redirect=true"
            f"&code_challenge={CHALLENGE}&code_challenge_method=s256", token=bearer)
        assert asked.status_code == 200, asked.text
        arrived = browsers.go(asked.json()["url"], browser="raw", until=[SITE], user="ada")
        return {"json": {"auth_code": parameters(arrived["url"])[0]["code"], "code_verifier": VERIFIER}}

    raw.refused(
        "identity_already_exists", 422, "POST", "/token?grant_type=pkce", token=bearer, fresh=taken,
        message="Identity is already linked to another user")

    path, nonce = "/token?grant_type=id_token", "a raw nonce"
    hashed = hashlib.sha256(nonce.encode()).hexdigest()

    def body(changes={}, **more):
        token = id_token(hashed, **more)["token"]
        return lambda: {"json": {"provider": "workos", "id_token": token, "nonce": nonce} | changes}

    for missing in ("provider", "id_token"):
        for value in (None, ""):
            raw.refused_as_oauth(
                "invalid_request", "The provider and an id_token are required", path, body({missing: value}))
    for changes, more in (
            ({"nonce": "another"}, {}), ({"nonce": None}, {}), ({"id_token": "a.b.c"}, {}), ({"provider": "zoom"}, {}),
            ({"access_token": "another"}, {}), ({}, {"lie": "none"}), ({}, {"lie": "expired"})):
        raw.refused_as_oauth("invalid_grant", "Bad ID token", path, body(changes, **more))
    raw.refused(
        "provider_disabled", 400, "POST", path, message="Provider is not enabled", fresh=body({"provider": "google"}))
    for code, status, sentence, person in (
            (unproven, 422, unverified, holder), ("user_banned", 400, "User is banned", banned)):
        # A token counts once, and is spent before anything is looked up.
        raw.refused(code, status, "POST", path, message=sentence, fresh=lambda: body(**person)())
        await refused(code, status, make().sign_in_with_id_token, {
            "provider": "workos", "nonce": nonce} | id_token(hashed, **person))
    print("refusals in both versions")


async def main():
    for part in (oauth, linking, id_tokens, in_both_versions):
        await part()
    browsers.close()


asyncio.run(main())
