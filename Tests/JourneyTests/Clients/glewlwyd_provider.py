# SPDX-License-Identifier: Apache-2.0
"""Runs Glewlwyd as a provider for authd, with a database of its own.

    python3 glewlwyd_provider.py PORT CALLBACK

Needs an empty working directory. It is the provider that verifies addresses. Users, client and commands are those of
provider_setup.py.
"""
import gzip
import http.cookiejar
import os
import sqlite3
import subprocess
import sys
import urllib.request

import provider_setup as setup

port, callback = int(sys.argv[1]), sys.argv[2]
base = f"http://127.0.0.1:{port}"
SCOPES = ["openid", "email", "profile"]
CONFIGURATION = """
port = {port}
bind_address = "127.0.0.1"
external_url = "{base}"
login_url = "login.html"
api_prefix = "api"
static_files_path = "{here}/none"
log_mode = "console"
log_level = "ERROR"
cookie_domain = "127.0.0.1"
cookie_secure = 0
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
user_middleware_module_path = "{here}/none"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3"; path = "{here}/glewlwyd.db"; }};
"""


def start():
    here = os.getcwd()
    os.mkdir("none")
    # Debian keeps it compressed; it has the user admin with this password.
    with gzip.open("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz", "rt") as file:
        database = sqlite3.connect("glewlwyd.db")
        database.executescript(file.read())
        database.close()
    with open("glewlwyd.conf", "w") as file:
        file.write(CONFIGURATION.format(port=port, base=base, here=here))
    process = subprocess.Popen(
        ["glewlwyd", "-c", f"{here}/glewlwyd.conf"], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    setup.await_answer(f"{base}/config", process)
    return process


def openssl(*arguments, text=""):
    return subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, check=True).stdout


def user(name, address):
    return {"username": name, "name": name.capitalize(), "email": address, "verified": "yes", "enabled": True,
            "scope": SCOPES}


def configure(call):
    call("POST", "/api/auth", {"username": "admin", "password": "password"})
    for scope in SCOPES[1:]:
        call("POST", "/api/scope", {
            "name": scope, "display_name": scope, "description": scope, "password_required": False, "scheme": {}})
    users = call("GET", "/api/mod/user/database")
    users["parameters"]["data-format"]["verified"] = {
        "multiple": False, "read": True, "write": True, "profile-read": False, "profile-write": False}
    call("PUT", "/api/mod/user/database", users)
    call("PUT", "/api/mod/user/database/reset")
    key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    switches = {f"auth-type-{kind}-enabled": kind in ("code", "id-token") for kind in (
        "code", "token", "id-token", "none", "password", "client", "device", "refresh")}
    call("POST", "/api/mod/plugin", {
        "module": "oidc", "name": "oidc", "display_name": "oidc", "order_rank": 0, "parameters": switches | {
            "iss": f"{base}/api/oidc", "jwt-type": "rsa", "jwt-key-size": "256", "key": key,
            "cert": openssl("pkey", "-pubout", text=key), "access-token-duration": 3600,
            "refresh-token-duration": 3600, "code-duration": 60, "refresh-token-rolling": False,
            "allow-non-oidc": False, "jwks-show": True, "jwks-x5c": [], "subject-type": "public",
            "pkce-allowed": True, "pkce-method-plain-allowed": False, "pkce-required": True,
            "name-claim": "on-demand", "name-claim-scope": ["profile"],
            "email-claim": "on-demand", "email-claim-scope": ["email"],
            "claims": [{
                "name": "email_verified", "user-property": "verified", "type": "boolean", "boolean-value-true": "yes",
                "boolean-value-false": "no", "mandatory": False, "on-demand": True, "scope": ["email"]}]}})
    call("POST", "/api/client?source=database", {
        "client_id": setup.CLIENT, "name": "authd", "confidential": True, "client_secret": setup.SECRET,
        "enabled": True, "redirect_uri": [callback], "authorization_type": ["code"], "scope": [],
        "token_endpoint_auth_method": ["client_secret_basic"]})
    for name, address in setup.ADDRESSES.items():
        call("POST", "/api/user?source=database", user(name, address) | {"password": setup.PASSWORD})


def main():
    process = start()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def call(method, path, body=None):
        return setup.call(method, base + path, body, opener)

    configure(call)
    setup.serve_commands(
        lambda name, address: call("PUT", f"/api/user/{name}?source=database", user(name, address)), f"{base}/api/oidc")
    process.terminate()
    process.wait()


main()
