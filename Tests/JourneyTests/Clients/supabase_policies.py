# SPDX-License-Identifier: Apache-2.0
"""Asks a database for users by their real tokens, as PostgREST does: verifies a token, and says in each transaction whose it
is.

    python3 supabase_policies.py sync BASE ANON SERVICE NATIVE PSQL…

NATIVE is an administrator's token of authd's own API. PSQL is the command that opens a connection of the role `authenticator`.
Prints a line for each step.
"""
import json
import subprocess
import sys

import httpx
import jwt

from supabase_stage import PASSWORD, pkce_client

_, BASE, ANON, SERVICE, NATIVE, *PSQL = sys.argv[1:]
KEYS = jwt.PyJWKSet.from_dict(httpx.get(f"{BASE}/auth/v1/.well-known/jwks.json", timeout=60).json())


def verify(token, audience="authenticated"):
    """The claims of a token, as PostgREST checks them: an audience must fit where there is one."""
    key = KEYS[jwt.get_unverified_header(token)["kid"]]
    has_audience = "aud" in jwt.decode(token, options={"verify_signature": False})
    return jwt.decode(
        token, key, algorithms=["ES256"], audience=audience if has_audience else None,
        options={"verify_aud": bool(audience)})


class Connection:
    """One connection, which a pool lends to one request after another."""

    def __init__(self):
        self.process = subprocess.Popen(
            PSQL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.count = 0

    def run(self, sql):
        """The lines that statements give, errors included."""
        self.count += 1
        mark = f"ran {self.count}"
        self.process.stdin.write(f"{sql}\n\\echo {mark}\n")
        self.process.stdin.flush()
        lines = []
        while True:
            line = self.process.stdout.readline()
            assert line, f"{sql}: {lines}"
            if line.rstrip("\n") == mark:
                return lines
            lines.append(line.rstrip("\n"))

    def request(self, claims, sql, role=None):
        """A transaction as PostgREST opens one; what the last statement gives."""
        text = json.dumps(claims).replace("'", "''")
        role = role or claims["role"]
        lines = self.run(
            f"BEGIN; SET LOCAL ROLE \"{role}\"; SELECT 'claims', set_config('request.jwt.claims', '{text}', true) IS NULL;\n"
            f"{sql}\nCOMMIT;")
        assert "claims|f" in lines or any("ERROR" in line for line in lines), lines
        return [line for line in lines if line != "claims|f"]


def user(name):
    return pkce_client(BASE, ANON).sign_up({"email": f"{name}@example.com", "password": PASSWORD}).session


ada, grace = user("ada"), user("grace")
connection = Connection()
claims = {session.user.id: verify(session.access_token) for session in (ada, grace)}
for session in (ada, grace):
    mine = claims[session.user.id]
    assert connection.request(mine, f"INSERT INTO notes (text) VALUES ('of {session.user.email}');") == []
    read = connection.request(mine, "SELECT auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'aal';")
    assert read == [f"{session.user.id}|authenticated|{session.user.email}|aal1"], read
    assert connection.request(mine, "SELECT text FROM notes;") == [f"of {session.user.email}"]
forged = connection.request(claims[ada.user.id], f"INSERT INTO notes VALUES ('{grace.user.id}', 'forged');")
assert len(forged) == 1 and "row-level security" in forged[0], forged
assert connection.request(claims[ada.user.id], "SELECT count(*) FROM notes WHERE text = 'forged';") == ["0"]
print("own rows only")

assert connection.request(claims[grace.user.id], "SELECT count(*) FROM notes;") == ["1"]
# The same connection after the transaction: it keeps the setting, which is empty.
left = connection.run(
    "BEGIN; SET LOCAL ROLE authenticated; SELECT count(*), auth.uid() IS NULL, auth.jwt() IS NULL FROM notes; COMMIT;")
assert left == ["0|t|t"], left
assert connection.run("SELECT current_user, coalesce(current_setting('request.jwt.claims', true), '');") == ["authenticator|"]
print("nothing after COMMIT")

anon = verify(ANON)
assert anon["role"] == "anon", anon
assert connection.request(anon, "SELECT count(*), bool_and(auth.uid() IS NULL) FROM (SELECT 1) AS one, notes;") == ["0|"]
assert connection.request(anon, "SELECT auth.uid() IS NULL, auth.role();") == ["t|anon"]
print("no rows for anon")

weak = connection.request(claims[grace.user.id], "SELECT count(*) FROM vault;")
strong = connection.request(claims[grace.user.id] | {"aal": "aal2"}, "SELECT count(*) FROM vault;")
assert (weak, strong) == (["0"], ["1"]), (weak, strong)
print("a policy for aal2")

service = verify(SERVICE)
assert service["role"] == "service_role" and service["jti"] and service["exp"], service
assert connection.request(service, "SELECT count(*) FROM notes;") == ["2"]
for role in ("anon", "authenticated", "service_role"):
    refused = connection.request({"role": role}, "SELECT count(*) FROM authd.users;")
    assert len(refused) == 1 and "permission denied for schema authd" in refused[0], refused
    refused = connection.request(
        {"role": role}, "CREATE FUNCTION auth.uid(text) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';")
    assert len(refused) == 1 and "permission denied for schema auth" in refused[0], refused
print("no right on the tables of authd")

try:
    verify(NATIVE)
    raise AssertionError("a token of another audience is taken")
except jwt.InvalidAudienceError:
    pass
# Where the audience is not looked at, its role still is none of the database.
native = verify(NATIVE, audience=None)
assert native["role"] == "admin", native
refused = connection.request(native, "SELECT count(*) FROM notes;")
assert any("ERROR" in line for line in refused) and "1" not in refused, refused
print("nothing by a native token")

broken = ["no JSON", "[1]", '"text"', "null", "1", '{"sub": "service"}', '{"sub": 5}', '{"sub": null}', "{}", "[" * 100_000]
for text in broken:
    quoted = text.replace("'", "''")
    lines = connection.run(
        "BEGIN; SET LOCAL ROLE authenticated; "
        f"SELECT 'claims', set_config('request.jwt.claims', '{quoted}', true) IS NULL; "
        "SELECT auth.uid() IS NULL, auth.role() IS NULL, auth.email() IS NULL, count(*) FROM notes; COMMIT;")
    assert lines == ["claims|f", "t|t|t|0"], (text[:20], lines)
print("no rows for broken claims")
