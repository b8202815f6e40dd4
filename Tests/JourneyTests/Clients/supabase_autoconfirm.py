# SPDX-License-Identifier: Apache-2.0
"""Signs up by Supabase's client where addresses are confirmed by themselves, and changes them.

    python3 supabase_autoconfirm.py sync BASE ANON SERVICE
"""
import asyncio
import sys

import httpx

from supabase_stage import OTHER_PASSWORD, PASSWORD, Raw, pkce_client, refused

_, BASE, ANON, SERVICE = sys.argv[1:]
NATIVE = httpx.Client(base_url=BASE, timeout=60)
raw = Raw(BASE, ANON)


def make(key=ANON):
    return pkce_client(BASE, key)


async def main():
    credentials = {"email": "ada@example.com", "password": PASSWORD}
    client = make()
    answer = client.sign_up(credentials)
    assert answer.session and answer.user.email_confirmed_at, answer
    assert answer.user.user_metadata["email_verified"] is True, answer
    client.sign_in_with_password(credentials)
    client.sign_up(credentials)
    await refused("user_already_exists", 422, make().sign_up, credentials | {"password": OTHER_PASSWORD})
    raw.refused(
        "user_already_exists", 422, "POST", "/signup", message="User already registered",
        json=credentials | {"password": OTHER_PASSWORD})

    # The session is one of the native API, too, and so is the user; each API refuses the tokens of the other.
    held = client.get_session()
    native = NATIVE.get("/auth/me", headers={"Authorization": f"Bearer {held.access_token}"})
    assert native.status_code == 401, native.text
    native = NATIVE.post("/auth/refresh", json={"refresh_token": held.refresh_token})
    assert native.status_code == 401, native.text
    signed_in = NATIVE.post("/auth/login", json=credentials)
    assert signed_in.status_code == 200, signed_in.text
    tokens = signed_in.json()
    await refused("bad_jwt", 403, make().get_user, tokens["access_token"])
    await refused("refresh_token_not_found", 400, make().refresh_session, tokens["refresh_token"])
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = NATIVE.get("/auth/me", headers=bearer).json()
    assert me["id"] == held.user.id and me["is_verified"] is False and me["role"] == "user", me
    sessions = NATIVE.get("/auth/sessions", headers=bearer).json()
    assert len(sessions) >= 3, sessions

    # What one API ends is ended in the other.
    ended = NATIVE.post("/auth/logout", params={"sessions": "all"}, headers=bearer)
    assert ended.status_code in (200, 204), ended.text
    await refused("session_not_found", 403, make().get_user, held.access_token)
    tokens = NATIVE.post("/auth/login", json=credentials).json()
    client = make()
    client.sign_in_with_password(credentials)
    client.sign_out()
    native = NATIVE.get("/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert native.status_code == 401, native.text

    # An address that is changed holds at once.
    client.sign_in_with_password(credentials)
    changed = client.update_user({"email": "countess@example.com"}).user
    assert changed.email == "countess@example.com" and not changed.new_email, changed
    guest = make()
    guest.sign_in_anonymously()
    changed = guest.update_user({"email": "guest@example.com"}).user
    assert changed.email == "guest@example.com" and changed.is_anonymous is False, changed

    # Only what an administrator confirms is confirmed.
    made = make(SERVICE).admin.create_user({"email": "made@example.com", "password": PASSWORD}).user
    assert made.id

    # Of a banned user the right password is told so, and a wrong one what everyone is told.
    credentials, admin = {"email": "countess@example.com", "password": PASSWORD}, make(SERVICE).admin
    admin.update_user_by_id(held.user.id, {"ban_duration": "1h"})
    await refused("user_banned", 403, make().sign_up, credentials)
    raw.refused("user_banned", 403, "POST", "/signup", message="User is banned", json=credentials)
    await refused("user_already_exists", 422, make().sign_up, credentials | {"password": OTHER_PASSWORD})
    admin.update_user_by_id(held.user.id, {"ban_duration": "none"})
    assert make().sign_up(credentials).session
    print("done")


asyncio.run(main())
