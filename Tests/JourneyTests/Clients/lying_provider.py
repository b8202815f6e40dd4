# SPDX-License-Identifier: Apache-2.0
"""A provider that lies as it is asked to.

    python3 lying_provider.py PORT SECRET

It has any number of issuers, `http://127.0.0.1:PORT/i/NAME`. Most names tell the truth about themselves; those in LYING_ISSUERS
lie in what they publish, and names such as `aboutredirect` and `keysendless` in how. Its sign-in page asks for a `lie`, a name
in lying_tokens.py or in ANSWERS below, which spoils that one sign-in; for the `subject`, which is the username otherwise; and
for the `email` and how that is `verified`.

What authd must send it checks: its own code once, the verifier, the redirect URI and the secret. What is wrong there is a line
on its standard error, and makes it end with an error when its standard input ends.
"""
import base64
import hashlib
import html
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

import lying_tokens as tokens

PORT, SECRET = int(sys.argv[1]), sys.argv[2]
BASE = f"http://127.0.0.1:{PORT}"
CLIENT = "authd"
# Where nothing may be asked: no answer from there is ever waited for.
INSIDE = "https://10.255.255.1/keys"
FOREIGN = "http://127.0.0.1:9/elsewhere"

# What an issuer of this name publishes about itself instead of the truth.
LYING_ISSUERS = {
    "wrongissuer": lambda about, issuer: about | {"issuer": issuer + "/"},
    "otherissuer": lambda about, issuer: about | {"issuer": BASE + "/i/truthful"},
    "noissuer": lambda about, issuer: {key: value for key, value in about.items() if key != "issuer"},
    "notjson": lambda about, issuer: "<html></html>",
    "notobject": lambda about, issuer: [about],
    "noendpoint": lambda about, issuer: {key: value for key, value in about.items() if key != "token_endpoint"},
    "insidekeys": lambda about, issuer: about | {"jwks_uri": INSIDE},
    "insidetoken": lambda about, issuer: about | {"token_endpoint": INSIDE},
    "filekeys": lambda about, issuer: about | {"jwks_uri": "file:///etc/passwd"},
    "onlypost": lambda about, issuer: about | {"token_endpoint_auth_methods_supported": ["client_secret_post"]},
    "silent": lambda about, issuer: about | {"authorization_response_iss_parameter_supported": False},
}
# Lies of the answer that the browser carries, as changes of its parameters.
ANSWERS = {
    "no_iss": {"iss": None}, "wrong_iss": {"iss": BASE + "/i/truthful2"}, "no_code": {"code": None},
    "denied": {"code": None, "error": "access_denied"}, "failed": {"code": None, "error": "server_error"},
    "denied_by_another": {"code": None, "error": "access_denied", "iss": FOREIGN},
}
codes = {}
faults = []


def fault(text):
    faults.append(text)
    print("fault:", text, file=sys.stderr, flush=True)


def challenge(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, body, kind="application/json", fields={}):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | fields).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, target):
        self.reply(302, "", fields={"Location": target})

    def drip(self, seconds, piece):
        """An answer without end, or a slow one."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            while True:
                self.wfile.write(piece)
                time.sleep(seconds)
        except OSError:
            return

    def misbehave(self, lie):
        """Whether a lie was one about the answer as such."""
        if lie.endswith("redirect"):
            # Where the truth waits: one who follows takes it for true.
            self.redirect(self.path + ("&" if "?" in self.path else "?") + "honestly=1")
        elif lie.endswith("endless"):
            self.drip(0, b" " * 65536)
        elif lie.endswith("slow"):
            self.drip(0.5, b" ")
        elif lie.endswith("hangup"):
            self.close_connection = True
        elif lie.endswith("refused"):
            self.reply(400, {"error": "invalid_grant"})
        elif lie.endswith("broken"):
            self.reply(500, {"error": "server_error"})
        elif lie.endswith("notjson"):
            self.reply(200, "<html></html>", "text/html")
        else:
            return False
        return True

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        match url.path.split("/"):
            case ["", "i", name, ".well-known", "openid-configuration"]:
                if "honestly" in query or not name.startswith("about") or not self.misbehave(name):
                    self.reply(200, self.about(name))
            case ["", "i", name, "keys"]:
                if "honestly" in query or not name.startswith("keys") or not self.misbehave(name):
                    self.reply(200, tokens.key_set(name))
            case ["", "i", name, "authorize"]:
                self.page(name, query)
            case ["", "i", name, "userinfo"]:
                self.userinfo(query)
            case _:
                self.reply(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        url = urllib.parse.urlsplit(self.path)
        match url.path.split("/"):
            case ["", "i", name, "login"]:
                self.answer(name, form)
            case ["", "i", name, "token"]:
                self.token(name, form, "honestly" in url.query)
            case _:
                self.reply(404, {})

    def about(self, name):
        issuer = f"{BASE}/i/{name}"
        about = {
            "issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
            "userinfo_endpoint": issuer + "/userinfo", "jwks_uri": issuer + "/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "response_modes_supported": ["query", "form_post"],
            # One that no client knows is passed over.
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "XS999"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": True}
        return LYING_ISSUERS.get(name, lambda about, issuer: about)(about, issuer)

    def page(self, name, query):
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        for key, value in wanted.items():
            if query.get(key) != value:
                fault(f"{key} is {query.get(key)!r}")
        for key in ("state", "nonce", "code_challenge", "redirect_uri", "scope"):
            if not query.get(key):
                fault(f"no {key}")
        hidden = "".join(
            f'<input type="hidden" name="q_{html.escape(key)}" value="{html.escape(value)}">'
            for key, value in query.items())
        shown = "".join(f'<input name="{key}">' for key in ("username", "lie", "subject", "email", "verified"))
        self.reply(
            200, f'<title>sign in</title><form method="post" action="login">{hidden}{shown}<button>Go</button></form>',
            "text/html")

    def answer(self, name, form):
        query = {key[2:]: value for key, value in form.items() if key.startswith("q_")}
        code = base64.urlsafe_b64encode(os.urandom(16)).decode()
        codes[code] = {"issuer": f"{BASE}/i/{name}", "lie": form.get("lie", "")} | query | {
            "subject": form.get("subject") or form.get("username", ""), "email": form.get("email", ""),
            "verified": form.get("verified", "")}
        answer = {"code": code, "state": query.get("state"), "iss": f"{BASE}/i/{name}"}
        if name == "silent":
            del answer["iss"]
        answer |= ANSWERS.get(form.get("lie"), {})
        answer = {key: value for key, value in answer.items() if value is not None}
        if query.get("response_mode") != "form_post":
            return self.redirect(query["redirect_uri"] + "?" + urllib.parse.urlencode(answer))
        # Apple sends this at the first sign-in.
        answer["user"] = json.dumps({"name": {"firstName": "Ada", "lastName": "Lovelace"}})
        fields = "".join(
            f'<input type="hidden" name="{key}" value="{html.escape(value)}">' for key, value in answer.items())
        self.reply(
            200, f'<title>posting</title><form method="post" action="{html.escape(query["redirect_uri"])}">{fields}'
            "</form><script>document.forms[0].submit()</script>", "text/html")

    def check_client(self, name, form):
        text = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ") or "").decode()
        user, _, password = text.partition(":")
        if name == "onlypost":
            if text:
                fault("Basic, though only the form was offered")
            user, password = form.get("client_id", ""), form.get("client_secret", "")
        if (urllib.parse.unquote_plus(user), urllib.parse.unquote_plus(password)) != (CLIENT, SECRET):
            fault(f"{name}: wrong credentials of the client")

    def token(self, name, form, honestly):
        self.check_client(name, form)
        code = form.get("code", "")
        flow = codes.get(code) if honestly else codes.pop(code, None)
        if not flow:
            fault(f"{name}: unknown code")
            return self.reply(400, {"error": "invalid_grant"})
        if flow["issuer"] != f"{BASE}/i/{name}":
            fault(f"a code of {flow['issuer']} was sent to {name}")
        if challenge(form.get("code_verifier", "")) != flow.get("code_challenge"):
            fault(f"{name}: wrong verifier")
        if form.get("redirect_uri") != flow.get("redirect_uri") or form.get("grant_type") != "authorization_code":
            fault(f"{name}: wrong redirect URI or grant type")
        if honestly:
            fault(f"{name}: the token endpoint's redirect was followed")
        lie = flow["lie"]
        if lie.startswith("token_") and not honestly and self.misbehave(lie):
            return
        access = base64.urlsafe_b64encode(json.dumps(flow).encode()).decode()
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 300, "refresh_token": "never kept"}
        self.reply(200, tokens.spoil(lie, answer | {"id_token": tokens.id_token(flow, CLIENT, SECRET, access)}))

    def userinfo(self, query):
        try:
            flow = json.loads(base64.urlsafe_b64decode(self.headers.get("Authorization", "").removeprefix("Bearer ")))
        except ValueError:
            fault("userinfo without its access token")
            return self.reply(401, {})
        lie = flow["lie"]
        if "honestly" in query:
            fault("the redirect of the userinfo endpoint was followed")
        elif lie.startswith("userinfo_") and self.misbehave(lie):
            return
        claims = {"sub": flow["subject"]} | tokens.profile(flow)
        self.reply(200, claims | {"userinfo_sub": {"sub": "another"}, "userinfo_nosub": {"sub": None}}.get(lie, {}))


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Provider)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", BASE, flush=True)
    sys.stdin.read()
    sys.exit(1 if faults else 0)


main()
