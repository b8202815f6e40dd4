# SPDX-License-Identifier: Apache-2.0
"""What each route of Supabase's API refuses, and how that is brought about: a table for supabase_recorded.py and
supabase_limits.py.
"""
import base64

from supabase_stage import OTHER_PASSWORD, PASSWORD, parameters

NO_ONE = "0198c9a4-0000-7000-8000-00000000dead"
PHONE = "+15550100"
VERIFIER = "cells-verifier." + "~" * 49
WEAK = "12345"

# With a body that would be good.
USER_ROUTES = [
    ("GET", "/user", {}), ("PUT", "/user", {"json": {"data": {"a": 1}}}), ("GET", "/reauthenticate", {}),
    ("POST", "/logout?scope=local", {}), ("GET", "/user/identities/authorize?provider=google", {}),
    ("DELETE", f"/user/identities/{NO_ONE}", {}), ("POST", "/factors", {"json": {"factor_type": "totp"}}),
    ("POST", f"/factors/{NO_ONE}/challenge", {"json": {}}), ("POST", f"/factors/{NO_ONE}/verify", {"json": {"code": "1"}}),
    ("DELETE", f"/factors/{NO_ONE}", {}),
]
ADMIN_ROUTES = [
    ("POST", "/invite", {"json": {"email": "x@example.com"}}),
    ("POST", "/admin/generate_link", {"json": {"type": "magiclink", "email": "x@example.com"}}),
    ("GET", "/admin/users", {}), ("POST", "/admin/users", {"json": {"email": "x@example.com"}}),
    ("GET", f"/admin/users/{NO_ONE}", {}), ("PUT", f"/admin/users/{NO_ONE}", {"json": {"user_metadata": {}}}),
    ("DELETE", f"/admin/users/{NO_ONE}", {}), ("GET", f"/admin/users/{NO_ONE}/factors", {}),
    ("PUT", f"/admin/users/{NO_ONE}/factors/{NO_ONE}", {"json": {}}),
    ("DELETE", f"/admin/users/{NO_ONE}/factors/{NO_ONE}", {}), ("GET", "/admin/audit", {}),
]
OFF_ROUTES = {
    "anyone": [
        ("POST", "/passkeys/authentication/options"), ("POST", "/passkeys/authentication/verify"),
        ("GET", "/oauth/authorize"), ("POST", "/oauth/token"), ("POST", "/oauth/clients/register"),
        ("GET", "/oauth/userinfo"),
    ],
    "user": [
        ("POST", "/passkeys/registration/options"), ("POST", "/passkeys/registration/verify"), ("GET", "/passkeys"),
        ("PATCH", f"/passkeys/{NO_ONE}"), ("DELETE", f"/passkeys/{NO_ONE}"),
        ("GET", f"/oauth/authorizations/{NO_ONE}"), ("POST", f"/oauth/authorizations/{NO_ONE}/consent"),
        ("GET", "/user/oauth/grants"), ("DELETE", "/user/oauth/grants"),
    ],
    "admin": [
        ("GET", "/admin/oauth/clients"), ("POST", "/admin/oauth/clients"), ("GET", f"/admin/oauth/clients/{NO_ONE}"),
        ("PUT", f"/admin/oauth/clients/{NO_ONE}"), ("DELETE", f"/admin/oauth/clients/{NO_ONE}"),
        ("POST", f"/admin/oauth/clients/{NO_ONE}/regenerate_secret"), ("GET", f"/admin/users/{NO_ONE}/passkeys"),
        ("DELETE", f"/admin/users/{NO_ONE}/passkeys/{NO_ONE}"), ("GET", "/admin/custom-providers"),
        ("POST", "/admin/custom-providers"), ("GET", f"/admin/custom-providers/{NO_ONE}"),
        ("PUT", f"/admin/custom-providers/{NO_ONE}"), ("DELETE", f"/admin/custom-providers/{NO_ONE}"),
    ],
}


class Cells:
    """The refusals of each kind; a cell is its code, status, method, path and what else is sent."""

    def __init__(self, raw, mails, browser, service, challenge):
        self.raw, self.mails, self.browser, self.service, self.challenge = raw, mails, browser, service, challenge

    def admin(self, method, path, body=None):
        answer = self.raw.send(method, path, token=self.service, **({} if body is None else {"json": body}))
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def user(self, name, **more):
        """A user who is confirmed, and the path of that user in the admin API."""
        made = self.admin("POST", "/admin/users", {
            "email": f"{name}@example.com", "password": PASSWORD, "email_confirm": True} | more)
        return f"/admin/users/{made['id']}"

    def session(self, name):
        answer = self.raw.send(
            "POST", "/token?grant_type=password", json={"email": f"{name}@example.com", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def credentials(self):
        """What opens a route of a user, or of the admin API, and does not."""
        self.user("cells")
        out = self.session("cells")
        assert self.raw.send("POST", "/logout?scope=local", token=out["access_token"]).status_code == 204
        self.gone = self.user("cells-gone")
        gone = self.session("cells-gone")
        self.admin("DELETE", self.gone, {"should_soft_delete": False})
        self.banned = self.user("cells-banned")
        banned = self.session("cells-banned")
        self.admin("PUT", self.banned, {"ban_duration": "1h"})
        own = self.session("cells")
        self.token = own["access_token"]
        bare = {"Authorization": ""}
        for method, path, content in USER_ROUTES:
            yield "no_authorization", 401, method, path, content | {"fields": bare}
            yield "no_authorization", 401, method, path, content | {"fields": {"Authorization": "Basic YTpi"}}
            for token in ("no.token.atall", self.raw.key, self.service, own["access_token"][:-4] + "AAAA"):
                yield "bad_jwt", 403, method, path, content | {"token": token}
            yield "session_not_found", 403, method, path, content | {"token": out["access_token"]}
            yield "user_not_found", 403, method, path, content | {"token": gone["access_token"]}
            yield "user_banned", 403, method, path, content | {"token": banned["access_token"]}
        for method, path, content in ADMIN_ROUTES:
            yield "no_authorization", 401, method, path, content | {"fields": bare}
            yield "bad_jwt", 403, method, path, content | {"token": "no.token.atall"}
            for token in (own["access_token"], self.raw.key):
                yield "not_admin", 403, method, path, content | {"token": token}
            fields = {"Origin": "https://app.example"}
            yield "not_admin", 403, method, path, content | {"token": self.service, "fields": fields}
        for code, token in (
                ("session_not_found", out), ("session_not_found", gone), ("user_banned", banned)):
            yield code, 400, "POST", "/token?grant_type=refresh_token", {"json": {"refresh_token": token["refresh_token"]}}

    def off(self):
        token = self.token
        keys = {"anyone": None, "user": token, "admin": self.service}
        for level, routes in OFF_ROUTES.items():
            for method, path in routes:
                yield "feature_disabled", 404, method, path, {"token": keys[level]}
                if level != "anyone":
                    yield "no_authorization", 401, method, path, {"fields": {"Authorization": ""}}
        yield "saml_provider_disabled", 404, "POST", "/sso", {"json": {"domain": "example.com"}}
        for kind in ("totp", "phone", "webauthn"):
            yield f"mfa_{kind}_enroll_not_enabled", 422, "POST", "/factors", {"token": token, "json": {"factor_type": kind}}
        yield "validation_failed", 400, "POST", "/factors", {"token": token, "json": {"factor_type": "sms"}}
        for method, path, content in USER_ROUTES[-3:]:
            yield "mfa_factor_not_found", 404, method, path, content | {"token": token}
        guest = self.raw.send("POST", "/signup", json={"data": {}}).json()["access_token"]
        for method, path, content in USER_ROUTES[-4:]:
            yield "no_authorization", 403, method, path, content | {"token": guest}
        yield "email_not_confirmed", 422, "GET", "/reauthenticate", {"token": guest}
        yield "phone_provider_disabled", 422, "POST", "/token?grant_type=password", {
            "json": {"phone": PHONE, "password": PASSWORD}}
        yield "phone_provider_disabled", 400, "POST", "/signup", {"json": {"phone": PHONE, "password": PASSWORD}}
        for path in ("/otp", "/magiclink", "/recover"):
            yield "phone_provider_disabled", 400, "POST", path, {"json": {"phone": PHONE}}
        yield "phone_provider_disabled", 400, "POST", "/resend", {"json": {"type": "sms", "phone": PHONE}}
        yield "phone_provider_disabled", 400, "PUT", "/user", {"token": token, "json": {"phone": PHONE}}
        yield "phone_provider_disabled", 400, "POST", "/admin/users", {"token": self.service, "json": {"phone": PHONE}}
        yield "phone_provider_disabled", 400, "PUT", self.banned, {"token": self.service, "json": {"phone": PHONE}}

    def fields(self):
        """Bodies and queries that cannot be read, or say nothing."""
        token = self.token
        for method, path, level in (
                ("POST", "/signup", None), ("POST", "/token?grant_type=password", None), ("POST", "/otp", None),
                ("POST", "/magiclink", None), ("POST", "/recover", None), ("POST", "/resend", None),
                ("POST", "/verify", None), ("PUT", "/user", token), ("POST", "/factors", token),
                ("POST", "/invite", self.service), ("POST", "/admin/generate_link", self.service),
                ("POST", "/admin/users", self.service), ("PUT", self.banned, self.service)):
            content = {"content": b"{", "token": level, "fields": {"Content-Type": "application/json"}}
            yield "bad_json", 400, method, path, content
        both = {"email": "x@example.com", "phone": PHONE, "password": PASSWORD}
        half = {"email": "x@example.com", "password": PASSWORD, "code_challenge": self.challenge}
        for path, body in (
                ("/signup", {"email": 7, "password": PASSWORD}), ("/signup", both), ("/signup", half),
                ("/signup", {"email": "nowhere", "password": PASSWORD}),
                ("/token?grant_type=password", {"email": "x@example.com"}), ("/token?grant_type=refresh_token", {}),
                ("/token?grant_type=pkce", {"auth_code": NO_ONE}), ("/token?grant_type=id_token", {"provider": 1}),
                ("/otp", {"email": "nowhere"}), ("/otp", {}), ("/magiclink", {}), ("/magiclink", {"email": "nowhere"}),
                ("/recover", {}), ("/recover", half), ("/resend", {"type": "other", "email": "x@example.com"}),
                ("/resend", {"type": "signup"}), ("/verify", {"type": "email", "email": "x@example.com"}),
                ("/verify", {"type": "other", "email": "x@example.com", "token": "12345678"}),
                ("/verify", {"type": "email", "email": "x@example.com", "token": "12345678", "token_hash": "aot_x"})):
            yield "validation_failed", 400, "POST", path, {"json": body}
        stray = {"email": "x@example.com", "channel": "sms"}
        yield "validation_failed", 400, "POST", "/otp", {
            "json": stray, "message": "Channel should only be specified with Phone OTP"}
        for phone in ("+0155501", "555-0100", "+1", "one", "1" * 16):
            yield "validation_failed", 400, "POST", "/verify", {
                "json": {"type": "sms", "phone": phone, "token": "123456"},
                "message": "Invalid phone number format (E.164 required)"}
        for method, path, body in (
                ("PUT", "/user", {"email": "nowhere"}), ("PUT", "/user", {"data": 7}),
                ("POST", "/logout?scope=everywhere", None), ("GET", "/user/identities/authorize?provider=google", None)):
            yield "validation_failed", 400, method, path, {"token": token} | ({} if body is None else {"json": body})
        yield "validation_failed", 400, "GET", "/authorize?provider=unknown", {}
        link = "/admin/generate_link"
        for method, path, body in (
                ("POST", "/invite", {"email": "nowhere"}), ("POST", "/invite", {}),
                ("POST", link, {"type": "other", "email": "x@example.com"}), ("POST", link, {"type": "recovery"}),
                ("GET", "/admin/users?page=0", None), ("GET", "/admin/users?per_page=1001", None),
                ("POST", "/admin/users", {}), ("POST", "/admin/users", {"email": "nowhere"}),
                ("POST", "/admin/users", {"email": "x@example.com", "role": "service_role"}),
                ("POST", "/admin/users", {"email": "x@example.com", "id": "42"}),
                ("PUT", self.banned, {"ban_duration": "a day"}), ("PUT", self.banned, {"role": "service_role"}),
                ("GET", "/admin/audit?page=0", None)):
            yield "validation_failed", 400, method, path, {"token": self.service} | ({} if body is None else {"json": body})
        for method in ("GET", "PUT", "DELETE"):
            content = {} if method == "GET" else {"json": {}}
            yield "validation_failed", 404, method, "/admin/users/42", content | {"token": self.service}
        yield "invalid_credentials", 400, "POST", "/token", {"json": {}}
        yield "not_found", 404, "GET", "/nowhere", {}
        yield "method_not_allowed", 405, "DELETE", "/signup", {}
        yield "request_entity_too_large", 413, "POST", "/signup", {"json": {"email": "x" * 70_000}}

    def administration(self, root):
        """What a key is refused; root is the id of an administrator."""
        for method, path, content in (
                ("GET", f"/admin/users/{NO_ONE}", {}), ("PUT", f"/admin/users/{NO_ONE}", {"json": {"user_metadata": {}}}),
                ("DELETE", f"/admin/users/{NO_ONE}", {}), ("GET", f"/admin/users/{NO_ONE}/factors", {}),
                ("POST", "/admin/generate_link", {"json": {"type": "recovery", "email": "unknown@example.com"}})):
            yield "user_not_found", 404, method, path, content | {"token": self.service}
        for method in ("PUT", "DELETE"):
            yield "mfa_factor_not_found", 404, method, f"{self.banned}/factors/{NO_ONE}", {"token": self.service, "json": {}}
        known = "cells@example.com"
        for method, path, body in (
                ("POST", "/invite", {"email": known}), ("POST", "/admin/users", {"email": known.upper()}),
                ("PUT", self.banned, {"email": known}),
                ("POST", "/admin/generate_link", {"type": "signup", "email": known, "password": PASSWORD})):
            yield "email_exists", 422, method, path, {"token": self.service, "json": body}
        for method, path, body in (
                ("POST", "/admin/users", {"email": "weak@example.com"}), ("PUT", self.banned, {}),
                ("POST", "/admin/generate_link", {"type": "signup", "email": "weak@example.com"})):
            yield "weak_password", 422, method, path, {"token": self.service, "json": body | {"password": WEAK}}
        # An id that a user has, and one that a user had who was deleted.
        for path in (self.banned, self.gone):
            yield "user_already_exists", 422, "POST", "/admin/users", {
                "token": self.service, "message": "User already registered",
                "json": {"id": path.rsplit("/")[-1], "email": "same-id@example.com"}}
        path, address = f"/admin/users/{root}", self.admin("GET", f"/admin/users/{root}")["email"]
        for method, path, body in (
                ("PUT", path, {"password": OTHER_PASSWORD}), ("PUT", path, {"email": "taken-over@example.com"}),
                ("PUT", path, {"ban_duration": "1h"}), ("DELETE", path, {}),
                ("DELETE", path, {"should_soft_delete": True}), ("POST", "/invite", {"email": address}),
                ("POST", "/admin/generate_link", {"type": "magiclink", "email": address}),
                ("POST", "/admin/generate_link", {"type": "recovery", "email": address})):
            yield "not_admin", 403, method, path, {"token": self.service, "json": body}

    def own(self):
        """What a user is refused who has just signed in."""
        token = self.token
        for code, status, body in (
                ("same_password", 422, {"password": PASSWORD}), ("weak_password", 422, {"password": WEAK}),
                ("email_exists", 422, {"email": "cells-banned@example.com"}),
                ("not_admin", 403, {"app_metadata": {"plan": "gold"}}),
                ("current_password_invalid", 400, {"password": OTHER_PASSWORD, "current_password": "a wrong guess"})):
            yield code, status, "PUT", "/user", {"token": token, "json": body}
        user = self.raw.send("GET", "/user", token=token).json()
        yield "single_identity_not_deletable", 422, "DELETE", "/user/identities/" + user["identities"][0]["identity_id"], {
            "token": token}
        yield "identity_not_found", 422, "DELETE", f"/user/identities/{NO_ONE}", {"token": token}

    def signing_in(self):
        password = "/token?grant_type=password"
        for email, guess in (("unknown", PASSWORD), ("cells", OTHER_PASSWORD), ("cells-banned", OTHER_PASSWORD)):
            yield "invalid_credentials", 400, "POST", password, {
                "json": {"email": f"{email}@example.com", "password": guess}}
        banned = {"email": "cells-banned@example.com", "password": PASSWORD}
        yield "user_banned", 400, "POST", password, {"json": banned}
        new = {"email": "cells-new@example.com", "password": PASSWORD}
        pair = {"code_challenge": self.challenge, "code_challenge_method": "s256"}
        assert self.raw.send("POST", "/signup", json=new | pair).status_code == 200
        yield "email_not_confirmed", 400, "POST", password, {"json": new}
        yield "weak_password", 422, "POST", "/signup", {"json": {"email": "weak@example.com", "password": WEAK}}
        letter = self.mails.take(new["email"], "signup")
        code = parameters(self.browser.press(letter["url"]))[0]["code"]
        exchange = "/token?grant_type=pkce"
        # Two wrong ones, of which three would void it.
        yield "bad_code_verifier", 400, "POST", exchange, {"json": {"auth_code": code, "code_verifier": "v" * 64}}
        yield "flow_state_not_found", 404, "POST", exchange, {"json": {"auth_code": NO_ONE, "code_verifier": VERIFIER}}
        listed = self.admin("GET", "/admin/users")["users"]
        path = "/admin/users/" + next(user["id"] for user in listed if user["email"] == new["email"])
        self.admin("PUT", path, {"ban_duration": "1h"})
        yield "user_banned", 400, "POST", exchange, {"json": {"auth_code": code, "code_verifier": self.verifier}}
        yield "refresh_token_not_found", 400, "POST", "/token?grant_type=refresh_token", {
            "json": {"refresh_token": base64.urlsafe_b64encode(b"0" * 18).decode()}}
        yield "provider_disabled", 400, "POST", "/token?grant_type=id_token", {
            "json": {"provider": "google", "id_token": "a.b.c", "nonce": "n"}}
        yield "otp_disabled", 422, "POST", "/otp", {"json": {"email": "unknown@example.com", "create_user": False}}

    def codes(self):
        for body in (
                {"type": "email", "email": "unknown@example.com", "token": "12345678"},
                {"type": "recovery", "email": "cells@example.com", "token": "12345678"},
                {"type": "sms", "phone": PHONE, "token": "12345678"}, {"type": "magiclink", "token_hash": "aot_unknown"}):
            yield "otp_expired", 403, "POST", "/verify", {"json": body}
        path = self.user("cells-late")
        assert self.raw.send("POST", "/recover", json={"email": "cells-late@example.com"}).status_code == 200
        code = self.mails.take("cells-late@example.com", "recovery")["digits"]
        self.admin("PUT", path, {"ban_duration": "1h"})
        yield "user_banned", 403, "POST", "/verify", {
            "json": {"type": "recovery", "email": "cells-late@example.com", "token": code}}

    def interval(self):
        """A second mail of a kind to an address, where requests are limited."""
        self.user("cells-eager")
        token = self.session("cells-eager")["access_token"]
        for method, path, body in (
                ("POST", "/signup", {"email": "eager@example.com", "password": PASSWORD}),
                ("POST", "/otp", {"email": "eager-otp@example.com"}),
                ("POST", "/magiclink", {"email": "eager-link@example.com"}),
                ("POST", "/recover", {"email": "cells-eager@example.com"}),
                ("POST", "/recover", {"email": "eager-unknown@example.com"}),
                ("POST", "/resend", {"type": "signup", "email": "eager-resend@example.com"}),
                ("GET", "/reauthenticate", None)):
            content = {"json": body} if body else {"token": token}
            answer = self.raw.send(method, path, **content)
            assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
            yield "over_email_send_rate_limit", 429, method, path, content
        for email in ("eager-moved@example.com", "eager-elsewhere@example.com"):
            content = {"token": token, "json": {"email": email}}
            if email.startswith("eager-moved"):
                answer = self.raw.send("PUT", "/user", **content)
                assert answer.status_code == 200, answer.text
            yield "over_email_send_rate_limit", 429, "PUT", "/user", content

    def all(self, root, verifier):
        self.verifier = verifier
        yield from self.credentials()
        yield from self.off()
        yield from self.fields()
        yield from self.administration(root)
        yield from self.own()
        yield from self.signing_in()
        yield from self.codes()
