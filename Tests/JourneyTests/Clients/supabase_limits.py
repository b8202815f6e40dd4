# SPDX-License-Identifier: Apache-2.0
"""Asks for mails by Supabase's client faster than they are sent.

    python3 supabase_limits.py sync BASE ANON SERVICE LETTERS
"""
import asyncio
import sys

from supabase_cells import Cells
from supabase_stage import PASSWORD, Browser, Mails, Raw, pkce_client, refused

_, BASE, ANON, SERVICE, LETTERS = sys.argv[1:]
mails = Mails(LETTERS)


async def main():
    raw = Raw(BASE, ANON)
    for code, status, method, path, content in Cells(raw, mails, Browser(BASE), SERVICE, "").interval():
        raw.refused(code, status, method, path, **content)
    client = pkce_client(BASE, ANON)
    client.sign_up({"email": "ada@example.com", "password": PASSWORD})
    letter = mails.take("ada@example.com", "signup")
    # Of unknown addresses no more is told than of known ones.
    for address in ("ada@example.com", "unknown@example.com"):
        client.reset_password_for_email(address)
        error = await refused("over_email_send_rate_limit", 429, client.reset_password_for_email, address)
        assert "you can only request this after" in error.message, error
    error = await refused(
        "over_email_send_rate_limit", 429, client.resend, {"type": "signup", "email": "ada@example.com"})
    assert "you can only request this after" in error.message, error
    # The first one is valid as before.
    opened = client.verify_otp({"email": "ada@example.com", "token": letter["digits"], "type": "signup"})
    assert opened.session, opened
    # A change of the address counts for the present one, whichever address is asked for.
    client.update_user({"email": "ada-moved@example.com"})
    for address in ("ada-moved@example.com", "ada-elsewhere@example.com"):
        error = await refused("over_email_send_rate_limit", 429, client.update_user, {"email": address})
        assert "you can only request this after" in error.message, error
    # Wrong codes at one address are counted, whichever code would be right.
    client.sign_in_with_otp({"email": "ada@example.com"})
    right = mails.take("ada@example.com", "magiclink")["digits"]
    for _ in range(5):
        wrong = "00000000" if right != "00000000" else "11111111"
        await refused(
            "otp_expired", 403, client.verify_otp, {"email": "ada@example.com", "token": wrong, "type": "email"})
    await refused(
        "otp_expired", 403, client.verify_otp, {"email": "ada@example.com", "token": right, "type": "email"})
    print("done")


asyncio.run(main())
