# SPDX-License-Identifier: Apache-2.0
"""Runs the code of a guide to FastAPI and Supabase as it is printed there: creating the client, signing up with metadata,
signing in, the current user as a dependency. What the guide only names stands behind it: PKCE for providers, HTTP-only
cookies for sessions on the server, and refreshing them.

    python3 supabase_document.py sync BASE ANON SERVICE

The provider `workos`, a name that the client knows, is one of lying_provider.py. Prints a line for each step.
"""
import os
import sys

_, BASE, ANON, SERVICE = sys.argv[1:]
os.environ["SUPABASE_URL"] = BASE
os.environ["SUPABASE_KEY"] = ANON

import httpx
from fastapi import Cookie, Depends, FastAPI, HTTPException, Response
from fastapi.security import OAuth2PasswordBearer
from fastapi.testclient import TestClient

from supabase_auth.errors import AuthApiError

from supabase_stage import PATIENCE, ProviderBrowser, parameters

# The client as printed gives up after five seconds, in which a busy machine may not come to the hash of a password.
httpx._config.DEFAULT_TIMEOUT_CONFIG.read = PATIENCE

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

# As printed, from here:
from supabase import create_client, Client

supabase: Client = create_client(
    os.getenv("SUPABASE_URL"),
    os.getenv("SUPABASE_KEY")
)

# Email/password signup
response = supabase.auth.sign_up({
    "email": "user@example.com",
    "password": "secure_password",
    "options": {"data": {"full_name": "John Doe"}}
})
# (until here)
assert response.session and response.user.user_metadata["full_name"] == "John Doe", response
print("sign up")

response = supabase.auth.sign_in_with_password({
    "email": "user@example.com",
    "password": "secure_password"
})
access_token = response.session.access_token
assert access_token.count(".") == 2
print("sign in")


async def get_current_user(token: str = Depends(oauth2_scheme)):
    # Validate Supabase JWT token
    user = supabase.auth.get_user(token)
    return user
# (until here)


app = FastAPI()


@app.get("/users/me")
async def read_users_me(current_user=Depends(get_current_user)):
    return current_user


with_bearer = TestClient(app, base_url="https://app.example")
answer = with_bearer.get("/users/me", headers={"Authorization": f"Bearer {access_token}"})
assert answer.status_code == 200 and answer.json()["user"]["email"] == "user@example.com", answer.text
assert answer.json()["user"]["user_metadata"]["full_name"] == "John Doe", answer.text
print("current user")

assert with_bearer.get("/users/me").status_code == 401
print("refused without a token")


def refused(token, code):
    """What the dependency as printed does with a token that opens nothing: the client raises, and the route tells nothing."""
    bearer = {"Authorization": f"Bearer {token}"}
    try:
        with_bearer.get("/users/me", headers=bearer)
    except AuthApiError as error:
        assert (error.code, error.status) == (code, 403), error
    else:
        raise AssertionError(f"{code} was expected")
    answer = TestClient(app, raise_server_exceptions=False).get("/users/me", headers=bearer)
    assert answer.status_code == 500 and "@" not in answer.text, answer.text


for bad in ("no.token.atall", access_token[:-4] + "AAAA", ANON, SERVICE):
    refused(bad, "bad_jwt")
print("refused with a bad token")

# The page of the application to which the provider sends the browser.
target = "http://localhost:3000/auth/callback"
response = supabase.auth.sign_in_with_oauth({"provider": "workos", "options": {"redirect_to": target}})
browser = ProviderBrowser()
arrived = browser.go(response.url, until=[target], user="ada")
browser.close()
query, fragment = parameters(arrived["url"])
assert set(query) == {"code"} and not fragment, arrived
session = supabase.auth.exchange_code_for_session({"auth_code": query["code"]}).session
assert session.user.app_metadata["provider"] == "workos", session
print("PKCE")

# One client for each request of a server: the sessions of its users stay in their cookies.
COOKIES = {"httponly": True, "secure": True, "samesite": "lax"}


def keep(answer, session):
    answer.set_cookie("access", session.access_token, **COOKIES)
    answer.set_cookie("refresh", session.refresh_token, **COOKIES)


@app.post("/login")
def login(body: dict, answer: Response):
    client = create_client(os.getenv("SUPABASE_URL"), os.getenv("SUPABASE_KEY"))
    keep(answer, client.auth.sign_in_with_password(body).session)
    return {}


@app.get("/profile")
def profile(answer: Response, access: str = Cookie(), refresh: str = Cookie()):
    client = create_client(os.getenv("SUPABASE_URL"), os.getenv("SUPABASE_KEY"))
    opened = client.auth.set_session(access, refresh)
    if not opened.user:
        raise HTTPException(401)
    keep(answer, opened.session)
    return {"email": opened.user.email}


@app.post("/renew")
def renew(answer: Response, refresh: str = Cookie()):
    client = create_client(os.getenv("SUPABASE_URL"), os.getenv("SUPABASE_KEY"))
    keep(answer, client.auth.refresh_session(refresh).session)
    return {}


visitor = TestClient(app, base_url="https://app.example")
answer = visitor.post("/login", json={"email": "user@example.com", "password": "secure_password"})
assert answer.status_code == 200, answer.text
assert all("HttpOnly" in field and "Secure" in field for field in answer.headers.get_list("set-cookie")), answer.headers
answer = visitor.get("/profile")
assert answer.status_code == 200 and answer.json() == {"email": "user@example.com"}, answer.text
print("cookies")

before = dict(visitor.cookies)
assert visitor.post("/renew").status_code == 200
assert visitor.cookies["refresh"] != before["refresh"] and visitor.cookies["access"]
assert visitor.get("/profile").status_code == 200
print("refresh")

other = create_client(BASE, ANON)
signed_out = other.auth.sign_in_with_password({"email": "user@example.com", "password": "secure_password"}).session
bearer = {"Authorization": f"Bearer {signed_out.access_token}"}
assert with_bearer.get("/users/me", headers=bearer).status_code == 200
other.auth.sign_out()
refused(signed_out.access_token, "session_not_found")
print("refused after signing out")
