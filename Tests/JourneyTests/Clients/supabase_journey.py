# SPDX-License-Identifier: Apache-2.0
"""Calls every method of Supabase's own Python clients against a daemon, as users of either client do.

    python3 supabase_journey.py CLIENT BASE ANON SERVICE LETTERS

CLIENT is `sync`, the client of the package supabase, which uses PKCE; or `async`, the one of supabase_auth alone, which uses
implicit links. BASE is the address of the daemon, and the public one; ANON and SERVICE are its keys. LETTERS is the file of
mail_server.py. Prints a line for each step.
"""
import asyncio
import sys
import uuid

from supabase_auth.errors import (
    AuthImplicitGrantRedirectError, AuthInvalidCredentialsError, AuthInvalidJwtError, AuthSessionMissingError)

from supabase_stage import (
    OTHER_PASSWORD, PASSWORD, Browser, Mails, async_client, done, parameters, pkce_client, raised, refused)

CLIENT, BASE, ANON, SERVICE, LETTERS = sys.argv[1:]
IS_PKCE = CLIENT == "sync"
SITE = "http://localhost:3000"
NO_ONE = "0198c9a4-0000-7000-8000-00000000dead"
mails = Mails(LETTERS)
browser = Browser(BASE)


def step(name):
    print(name, flush=True)


def make(key=ANON):
    """A client without a session."""
    return pkce_client(BASE, key) if IS_PKCE else async_client(BASE, key)


def address(name):
    return f"{name}-{CLIENT}@example.com"


async def follow(client, letter):
    """Opens a mailed link in the browser and hands what it leads to over to the client."""
    target = browser.press(letter["url"])
    assert target.startswith(SITE), target
    query, fragment = parameters(target)
    if IS_PKCE:
        assert set(query) == {"code"} and not fragment, target
        return (await done(client.exchange_code_for_session({"auth_code": query["code"]}))).session
    assert not query and fragment["token_type"] == "bearer" and "provider_token" not in fragment, target
    await done(client.initialize(url=target))
    return await done(client.get_session())


async def method(client):
    """How the client's session was opened, as its token says."""
    claims = (await done(client.get_claims()))["claims"]
    return claims["amr"][0]["method"]


async def confirmed(name, **options):
    """A client with the session of a new user, who has signed up and opened the link."""
    client = make()
    await done(client.sign_up({"email": address(name), "password": PASSWORD, "options": options}))
    await follow(client, mails.take(address(name), "signup"))
    return client


async def signed_in(name, password=PASSWORD):
    client = make()
    await done(client.sign_in_with_password({"email": address(name), "password": password}))
    return client


async def sign_up():
    client, events = make(), []
    client.on_auth_state_change(lambda event, session: events.append(event))
    await raised(AuthInvalidCredentialsError, client.sign_up, {"email": address("ada")})
    answer = await done(client.sign_up({
        "email": address("Ada"), "password": PASSWORD,
        "options": {"data": {"full_name": "Ada Lovelace", "email_verified": True}, "email_redirect_to": f"{SITE}/in"}}))
    user = answer.user
    assert answer.session is None and user.email == address("ada") and user.email_confirmed_at is None, answer
    assert user.confirmation_sent_at and len(user.identities) == 1 and user.role == "authenticated", user
    assert user.identities[0].provider == "email" and user.identities[0].id == user.id, user.identities
    assert user.app_metadata == {"provider": "email", "providers": ["email"]}, user
    assert user.user_metadata["full_name"] == "Ada Lovelace", user
    assert user.user_metadata["email_verified"] is False and user.user_metadata["sub"] == user.id, user
    letter = mails.take(address("ada"), "signup")
    assert letter["digits"] and len(letter["digits"]) == 8, letter
    query, _ = parameters(letter["url"])
    assert query["token"].startswith("pkce_") == IS_PKCE and query["redirect_to"] == f"{SITE}/in", letter
    step("sign up")

    credentials = {"email": address("ada"), "password": PASSWORD}
    await refused("email_not_confirmed", 400, client.sign_in_with_password, credentials)
    await refused("invalid_credentials", 400, client.sign_in_with_password, credentials | {"password": "a wrong guess"})
    await refused("weak_password", 422, make().sign_up, {"email": address("weak"), "password": "12345"})
    await refused("validation_failed", 400, make().sign_up, {"email": "nowhere", "password": PASSWORD})
    step("refusals before the confirmation")

    # A client with PKCE has the verifier of the first mail; this one resends without a pair.
    if not IS_PKCE:
        await done(client.resend({"type": "signup", "email": address("ada")}))
        letter = mails.take(address("ada"), "signup")
    session = await follow(client, letter)
    assert session.user.id == user.id and session.user.email_confirmed_at and session.user.confirmed_at, session
    assert session.user.user_metadata["email_verified"] is True, session.user
    assert await method(client) == ("email/signup" if IS_PKCE else "otp")
    assert "SIGNED_IN" in events, events
    assert browser.get(letter["url"]).status_code == 410
    step("confirm by link")

    again = await done(make().sign_up({"email": address("ada"), "password": OTHER_PASSWORD}))
    assert again.session is None and again.user.identities == [] and again.user.id != user.id, again
    await done(make().sign_up({"email": address("grace"), "password": PASSWORD}))
    await done(make().resend({"type": "signup", "email": address("grace")}))
    await done(make().resend({"type": "signup", "email": address("unknown")}))
    first, second = mails.take(address("grace"), "signup"), mails.take(address("grace"), "signup")
    assert first["digits"] != second["digits"], (first, second)
    grace = make()
    opened = await done(grace.verify_otp({"email": address("grace"), "token": first["digits"], "type": "signup"}))
    assert opened.user.email == address("grace") and opened.session, opened
    await refused(
        "otp_expired", 403, grace.verify_otp, {"email": address("grace"), "token": second["digits"], "type": "signup"})
    step("sign up again, resend and confirm by code")


async def session():
    await confirmed("edsger")
    client = await signed_in("edsger")
    held = await done(client.get_session())
    assert held.token_type == "bearer" and held.expires_in > 60 and held.expires_at, held
    user = (await done(client.get_user())).user
    assert (await done(client.get_user(held.access_token))).user.id == user.id and user.last_sign_in_at, user
    identities = (await done(client.get_user_identities())).identities
    assert [identity.provider for identity in identities] == ["email"], identities
    read = await done(client.get_claims())
    claims, header = read["claims"], read["headers"]
    assert header["alg"] in ("ES256", "RS256") and header["typ"] == "JWT" and header["kid"], header
    assert claims["aud"] == "authenticated" and claims["role"] == "authenticated" and claims["aal"] == "aal1", claims
    assert claims["iss"] == f"{BASE}/auth/v1" and claims["sub"] == user.id and claims["phone"] == "", claims
    assert claims["email"] == address("edsger") and claims["is_anonymous"] is False, claims
    assert claims["amr"][0]["method"] == "password" and uuid.UUID(claims["session_id"]), claims
    assert claims["app_metadata"]["provider"] == "email" and claims["user_metadata"]["email"] == address("edsger"), claims
    level = await done(client.mfa.get_authenticator_assurance_level())
    assert (level.current_level, level.next_level) == ("aal1", "aal1"), level
    factors = await done(client.mfa.list_factors())
    assert factors.all == [] and factors.totp == [] and factors.phone == [], factors
    step("read the session and the user")

    await raised(AuthInvalidJwtError, client.get_claims, "no.token")
    await refused("bad_jwt", 403, client.get_user, "no.token.atall")
    await refused("bad_jwt", 403, client.get_user, held.access_token[:-4] + "AAAA")
    await refused("bad_jwt", 403, client.get_user, ANON)
    await raised(AuthSessionMissingError, make().update_user, {"data": {}})
    assert await done(make().get_user()) is None
    step("tokens that are none")

    refreshed = await done(client.refresh_session())
    assert refreshed.session.refresh_token != held.refresh_token, refreshed
    # Its answer was lost on the way.
    again = await done(make().refresh_session(held.refresh_token))
    ids = [(await done(client.get_claims(one.session.access_token)))["claims"]["session_id"] for one in (refreshed, again)]
    assert ids == [claims["session_id"]] * 2, ids
    other = make()
    events = []
    other.on_auth_state_change(lambda event, session: events.append(event))
    taken = await done(other.set_session(again.session.access_token, again.session.refresh_token))
    assert taken.user.id == user.id and events == ["SIGNED_IN"], (taken, events)
    await refused("refresh_token_not_found", 400, make().refresh_session, held.refresh_token[:-6] + "AAAAAA")
    await raised(AuthSessionMissingError, make().refresh_session)
    step("refresh and set the session")


async def user():
    client = await confirmed("barbara", data={"full_name": "Barbara", "theme": "light"})
    changed = await done(client.update_user({"data": {"theme": "dark", "full_name": None, "email_verified": False}}))
    assert changed.user.user_metadata["theme"] == "dark", changed
    assert changed.user.user_metadata["email_verified"] is True and "full_name" not in changed.user.user_metadata, changed
    refreshed = await done(client.refresh_session())
    read = (await done(client.get_claims(refreshed.session.access_token)))["claims"]
    assert read["user_metadata"]["theme"] == "dark", read
    await refused("not_admin", 403, client.update_user, {"app_metadata": {"role": "admin"}})
    await refused("phone_provider_disabled", 400, client.update_user, {"phone": "+15550100"})
    step("change the metadata")

    client = await signed_in("barbara")
    await refused("same_password", 422, client.update_user, {"password": PASSWORD})
    weak = await refused("weak_password", 422, client.update_user, {"password": "12345"})
    assert weak.reasons and set(weak.reasons) <= {"length", "characters", "pwned"}, weak.reasons
    other = await signed_in("barbara")
    await done(client.update_user({"password": OTHER_PASSWORD}))
    assert (await done(client.get_user())).user.email == address("barbara")
    held = await done(other.get_session())
    await refused("session_not_found", 403, other.get_user, held.access_token)
    await refused(
        "invalid_credentials", 400, make().sign_in_with_password, {"email": address("barbara"), "password": PASSWORD})
    step("change the password, which ends the other sessions")

    client = await signed_in("barbara", OTHER_PASSWORD)
    await done(client.reauthenticate())
    nonce = mails.take(address("barbara"))["digits"]
    await done(client.update_user({"password": PASSWORD, "nonce": nonce}))
    await done(client.update_user({"password": OTHER_PASSWORD, "current_password": PASSWORD}))
    await refused(
        "current_password_invalid", 400, client.update_user,
        {"password": PASSWORD, "current_password": "a wrong guess"})
    step("reauthenticate")

    client = await signed_in("barbara", OTHER_PASSWORD)
    await refused("email_exists", 422, client.update_user, {"email": address("ada")})
    new = address("liskov")
    asked = await done(client.update_user({"email": new}, {"email_redirect_to": f"{SITE}/changed"}))
    assert asked.user.new_email == new and asked.user.email == address("barbara"), asked
    current, other = mails.take(address("barbara"), "email_change"), mails.take(new, "email_change")
    assert parameters(other["url"])[0]["redirect_to"] == f"{SITE}/changed", other
    first = await done(client.verify_otp({
        "email": address("barbara"), "token": current["digits"], "type": "email_change"}))
    assert first.session is None and first.user is None, first
    assert (await done(client.get_user())).user.email == address("barbara")
    session = await follow(client, other)
    assert session.user.email == new and session.user.new_email is None, session
    assert await method(client) == ("email_change" if IS_PKCE else "otp")
    step("change the address, confirmed at both")


async def mailed_sign_in():
    client = make()
    await refused(
        "otp_disabled", 422, client.sign_in_with_otp,
        {"email": address("alan"), "options": {"should_create_user": False}})
    await raised(AuthInvalidCredentialsError, client.sign_in_with_otp, {})
    await done(client.sign_in_with_otp({
        "email": address("alan"),
        "options": {"data": {"full_name": "Alan"}, "email_redirect_to": "https://evil.example/steal"}}))
    letter = mails.take(address("alan"), "signup")
    # A target that is not admitted is replaced silently.
    assert parameters(letter["url"])[0]["redirect_to"].startswith(SITE), letter
    session = await follow(client, letter)
    assert session.user.email == address("alan") and session.user.user_metadata["full_name"] == "Alan", session
    step("sign up by a mailed link")

    await done(client.sign_in_with_otp({"email": address("alan"), "options": {"should_create_user": False}}))
    letter = mails.take(address("alan"), "magiclink")
    wrong = "0" * 8 if letter["digits"] != "0" * 8 else "1" * 8
    await refused("otp_expired", 403, make().verify_otp, {"email": address("alan"), "token": wrong, "type": "email"})
    other = address("unknown")
    await refused("otp_expired", 403, make().verify_otp, {"email": other, "token": letter["digits"], "type": "email"})
    opened = await done(client.verify_otp({"email": address("alan"), "token": letter["digits"], "type": "email"}))
    assert opened.session and await method(client) == "otp", opened
    step("sign in by a mailed code")

    await done(client.sign_in_with_otp({"email": address("alan")}))
    letter = mails.take(address("alan"), "magiclink")
    token_hash = parameters(letter["url"])[0]["token"]
    await refused("otp_expired", 403, make().verify_otp, {"token_hash": token_hash, "type": "email_change"})
    opened = await done(make().verify_otp({"token_hash": token_hash, "type": "magiclink"}))
    assert opened.session and opened.user.email == address("alan"), opened
    await refused("otp_expired", 403, make().verify_otp, {"token_hash": token_hash, "type": "magiclink"})
    target = browser_error(letter)
    error = await raised(AuthImplicitGrantRedirectError, make().initialize_from_url, target)
    assert error.details["code"] == "otp_expired", error.details
    step("sign in by the hash of a link")


def browser_error(letter):
    """Where the button of a page leads that was opened before the link was used."""
    query, _ = parameters(letter["url"])
    target = browser.post(letter["url"].split("?")[0], query)
    assert target.startswith(SITE), target
    return target


async def recover():
    await confirmed("donald")
    client, events = make(), []
    client.on_auth_state_change(lambda event, session: events.append(event))
    await done(make().reset_password_for_email(address("unknown")))
    await done(client.reset_password_for_email(address("donald"), {"redirect_to": f"{SITE}/reset"}))
    session = await follow(client, mails.take(address("donald"), "recovery"))
    assert session.user.email == address("donald") and "PASSWORD_RECOVERY" in events, events
    await done(client.update_user({"password": OTHER_PASSWORD}))
    await signed_in("donald", OTHER_PASSWORD)
    step("recover by link")

    await done(client.reset_password_email(address("donald")))
    letter = mails.take(address("donald"), "recovery")
    events.clear()
    await done(client.verify_otp({"email": address("donald"), "token": letter["digits"], "type": "recovery"}))
    assert events[0] == "PASSWORD_RECOVERY", events
    await done(client.update_user({"password": PASSWORD}))
    await signed_in("donald")
    step("recover by code")


async def anonymous():
    client = make()
    answer = await done(client.sign_in_anonymously({"options": {"data": {"cart": 3}}}))
    user = answer.user
    assert user.is_anonymous and not user.email and not user.identities and user.app_metadata == {}, user
    assert user.user_metadata["cart"] == 3 and await method(client) == "anonymous", user
    assert (await done(client.get_claims()))["claims"]["is_anonymous"] is True
    await refused("validation_failed", (400, 422), client.update_user, {"password": PASSWORD})
    await refused("no_authorization", 403, client.mfa.enroll, {"factor_type": "totp"})
    asked = await done(client.update_user({"email": address("niklaus")}))
    assert asked.user.is_anonymous and asked.user.new_email == address("niklaus"), asked
    session = await follow(client, mails.take(address("niklaus"), "email_change"))
    assert session.user.id == user.id and session.user.email == address("niklaus"), session
    assert session.user.is_anonymous is False and [one.provider for one in session.user.identities] == ["email"], session
    await done(client.update_user({"password": PASSWORD}))
    await signed_in("niklaus")
    step("anonymous user who becomes a permanent one")


async def sign_out():
    await confirmed("tony")
    first, second, third = await signed_in("tony"), await signed_in("tony"), await signed_in("tony")
    tokens = [(await done(one.get_session())).access_token for one in (first, second, third)]
    await done(first.sign_out({"scope": "local"}))
    assert await done(first.get_session()) is None
    await refused("session_not_found", 403, make().get_user, tokens[0])
    await done(make().get_user(tokens[1]))
    await done(second.sign_out({"scope": "others"}))
    await refused("session_not_found", 403, make().get_user, tokens[2])
    await done(make().get_user(tokens[1]))
    await done(second.sign_out())
    await refused("session_not_found", 403, make().get_user, tokens[1])
    # A session that is gone is as good as signed out.
    await done(third.sign_out())
    fourth = await signed_in("tony")
    token = (await done(fourth.get_session())).access_token
    await refused("validation_failed", 400, make().admin.sign_out, token, "everywhere")
    await done(make().admin.sign_out(token, "local"))
    await refused("session_not_found", 403, make().get_user, token)
    step("sign out of sessions")


async def off():
    phone = "+15550100"
    client = await confirmed("charles")
    await refused("phone_provider_disabled", 400, make().sign_up, {"phone": phone, "password": PASSWORD})
    await refused("phone_provider_disabled", 422, make().sign_in_with_password, {"phone": phone, "password": PASSWORD})
    await refused("phone_provider_disabled", 400, make().sign_in_with_otp, {"phone": phone})
    await refused("phone_provider_disabled", 400, make().resend, {"type": "sms", "phone": phone})
    await refused("otp_expired", 403, make().verify_otp, {"phone": phone, "token": "123456", "type": "sms"})
    error = await refused(
        "validation_failed", 400, make().verify_otp, {"phone": "555-0100", "token": "123456", "type": "sms"})
    assert error.message == "Invalid phone number format (E.164 required)", error
    error = await refused("saml_provider_disabled", 404, make().sign_in_with_sso, {"domain": "example.com"})
    assert "SAML 2.0 is disabled" in error.message, error
    await refused("mfa_totp_enroll_not_enabled", 422, client.mfa.enroll, {"factor_type": "totp"})
    await refused("mfa_phone_enroll_not_enabled", 422, client.mfa.enroll, {"factor_type": "phone", "phone": phone})
    await refused("mfa_factor_not_found", 404, client.mfa.challenge, {"factor_id": NO_ONE})
    await refused("mfa_factor_not_found", 404, client.mfa.challenge_and_verify, {"factor_id": NO_ONE, "code": "123456"})
    await refused(
        "mfa_factor_not_found", 404, client.mfa.verify, {"factor_id": NO_ONE, "challenge_id": NO_ONE, "code": "123456"})
    await refused("mfa_factor_not_found", 404, client.mfa.unenroll, {"factor_id": NO_ONE})
    step("what is off")

    identity = (await done(client.get_user_identities())).identities[0]
    await refused("single_identity_not_deletable", 422, client.unlink_identity, identity)
    url = (await done(client.sign_in_with_oauth({"provider": "google"}))).url
    assert browser.get(url).status_code == 400, url
    await refused("validation_failed", 400, client.link_identity, {"provider": "google"})
    step("providers that are off")


async def administration():
    admin, name = make(SERVICE).admin, address("managed")
    await refused("not_admin", 403, make().admin.list_users)
    client = await confirmed("ken")
    token = (await done(client.get_session())).access_token
    await refused("not_admin", 403, make(token).admin.list_users)
    await refused("not_admin", 403, make(token).admin.invite_user_by_email, address("guest"))
    step("the admin API is closed to users' tokens")

    made = (await done(admin.create_user({
        "email": name, "password": PASSWORD, "email_confirm": True, "user_metadata": {"plan": "free"},
        "app_metadata": {"tenant": "acme"}}))).user
    assert made.email_confirmed_at and made.user_metadata["plan"] == "free", made
    assert made.app_metadata["tenant"] == "acme" and made.app_metadata["provider"] == "email", made
    await refused("email_exists", 422, admin.create_user, {"email": name, "password": PASSWORD})
    await refused("user_already_exists", 422, admin.create_user, {"email": address("x"), "id": made.id})
    await refused("validation_failed", 400, admin.create_user, {"email": address("x"), "role": "service_role"})
    assert made.id in [user.id for user in await done(admin.list_users())]
    page = await done(admin.list_users(1, 2))
    assert len(page) == 2 and page[0].created_at >= page[1].created_at, page
    assert (await done(admin.get_user_by_id(made.id))).user.email == name
    await refused("user_not_found", 404, admin.get_user_by_id, NO_ONE)
    await signed_in("managed")
    step("make and read users")

    changed = (await done(admin.update_user_by_id(
        made.id, {"user_metadata": {"plan": "paid"}, "app_metadata": {"tenant": None, "level": 7}}))).user
    assert changed.user_metadata["plan"] == "paid" and "tenant" not in changed.app_metadata, changed
    assert changed.app_metadata["level"] == 7, changed
    held = await signed_in("managed")
    token = (await done(held.get_session())).access_token
    banned = (await done(admin.update_user_by_id(made.id, {"ban_duration": "24h"}))).user
    assert banned.banned_until, banned
    await refused("user_banned", 403, make().get_user, token)
    credentials = {"email": name, "password": PASSWORD}
    await refused("user_banned", 400, make().sign_in_with_password, credentials)
    await refused("invalid_credentials", 400, make().sign_in_with_password, credentials | {"password": "a wrong guess"})
    await done(admin.update_user_by_id(made.id, {"ban_duration": "none"}))
    held = await signed_in("managed")
    token = (await done(held.get_session())).access_token
    await done(admin.update_user_by_id(made.id, {"password": OTHER_PASSWORD}))
    await refused("session_not_found", 403, make().get_user, token)
    await signed_in("managed", OTHER_PASSWORD)
    moved = (await done(admin.update_user_by_id(made.id, {"email": address("moved"), "email_confirm": True}))).user
    assert moved.email == address("moved") and moved.email_confirmed_at, moved
    step("change and ban users")

    invited = (await done(admin.invite_user_by_email(
        address("guest"), {"data": {"team": "blue"}, "redirect_to": f"{SITE}/welcome"}))).user
    assert invited.invited_at and invited.email_confirmed_at is None and invited.user_metadata["team"] == "blue", invited
    letter = mails.take(address("guest"), "invite")
    guest = make()
    opened = await done(guest.verify_otp({"email": address("guest"), "token": letter["digits"], "type": "invite"}))
    assert opened.user.id == invited.id and opened.user.email_confirmed_at, opened
    await refused("email_exists", 422, admin.invite_user_by_email, address("guest"))
    step("invite")


async def links():
    admin = make(SERVICE).admin
    made = await done(admin.generate_link({
        "type": "signup", "email": address("linked"), "password": PASSWORD, "options": {"data": {"alpha": "1"}}}))
    assert made.user.user_metadata == {"alpha": "1"} and made.properties.verification_type == "signup", made
    assert made.properties.action_link.startswith(f"{BASE}/auth/v1/verify?token={made.properties.hashed_token}"), made
    assert len(made.properties.email_otp) == 8, made
    opened = await done(make().verify_otp({"token_hash": made.properties.hashed_token, "type": "signup"}))
    assert opened.user.id == made.user.id and opened.session, opened
    await refused("email_exists", 422, admin.generate_link, {
        "type": "signup", "email": address("linked"), "password": PASSWORD})
    for kind in ("magiclink", "recovery"):
        made = await done(admin.generate_link({"type": kind, "email": address("linked")}))
        assert made.properties.verification_type == kind, made
        opened = await done(make().verify_otp({
            "email": address("linked"), "token": made.properties.email_otp, "type": kind}))
        assert opened.session, opened
    made = await done(admin.generate_link({"type": "magiclink", "email": address("linked-new")}))
    assert made.properties.verification_type == "signup", made
    made = await done(admin.generate_link({"type": "invite", "email": address("linked-guest")}))
    target = browser.press(made.properties.action_link)
    assert "access_token" in parameters(target)[1], target
    await refused("user_not_found", 404, admin.generate_link, {"type": "recovery", "email": address("unknown")})
    new = address("linked-moved")
    current = await done(admin.generate_link({
        "type": "email_change_current", "email": address("linked"), "new_email": new}))
    other = await done(admin.generate_link({"type": "email_change_new", "email": address("linked"), "new_email": new}))
    assert "type=email_change&" in current.properties.action_link + "&", current
    first = await done(make().verify_otp({"token_hash": current.properties.hashed_token, "type": "email_change"}))
    assert first.session is None, first
    second = await done(make().verify_otp({"email": new, "token": other.properties.email_otp, "type": "email_change"}))
    assert second.user.email == new, second
    assert mails.links(address("linked")) == mails.links(new) == 0
    step("generate links of every kind")

    user = (await done(admin.create_user({"email": address("gone"), "password": PASSWORD, "email_confirm": True}))).user
    assert await done(admin.mfa.list_factors({"user_id": user.id})) == []
    await refused("mfa_factor_not_found", 404, admin.mfa.delete_factor, {"user_id": user.id, "id": NO_ONE})
    await done(admin.delete_user(user.id, True))
    gone = (await done(admin.get_user_by_id(user.id))).user
    assert gone.deleted_at and not gone.email and gone.user_metadata == {}, gone
    await refused(
        "invalid_credentials", 400, make().sign_in_with_password, {"email": address("gone"), "password": PASSWORD})
    # The address is free again.
    user = (await done(admin.create_user({"email": address("gone"), "password": PASSWORD, "email_confirm": True}))).user
    await done(admin.delete_user(user.id))
    await refused("user_not_found", 404, admin.get_user_by_id, user.id)
    await refused("user_not_found", 404, admin.delete_user, user.id)
    step("delete users")

    oauth = admin.oauth
    await refused("feature_disabled", 404, oauth.list_clients)
    await refused("feature_disabled", 404, oauth.create_client, {"client_name": "x", "redirect_uris": [SITE]})
    await refused("feature_disabled", 404, oauth.get_client, NO_ONE)
    await refused("feature_disabled", 404, oauth.update_client, NO_ONE, {"client_name": "y"})
    await refused("feature_disabled", 404, oauth.delete_client, NO_ONE)
    await refused("feature_disabled", 404, oauth.regenerate_client_secret, NO_ONE)
    step("OAuth clients, which are off")


async def main():
    for part in (
            sign_up, session, user, mailed_sign_in, recover, anonymous, sign_out, off, administration, links):
        await part()


asyncio.run(main())
