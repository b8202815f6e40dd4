# SPDX-License-Identifier: Apache-2.0
"""Runs Canaille as a provider for authd, with a database in memory.

    python3 canaille_provider.py PORT CALLBACK

It knows no verified addresses, sends `iss` with its answers, asks for consent, and signs id tokens with Ed25519. Users, client
and commands are those of provider_setup.py.
"""
import datetime
import logging
import sys
import threading

from canaille import create_app
from canaille.app import models
from joserfc.jwk import OKPKey, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

import provider_setup as setup

port, callback = int(sys.argv[1]), sys.argv[2]


class Quiet(WSGIRequestHandler):
    def log(self, *arguments):
        pass


def main():
    name = f"127.0.0.1:{port}"
    # Canaille demands an RSA key, whatever its clients want.
    keys = [RSAKey.generate_key(2048, auto_kid=True), OKPKey.generate_key("Ed25519", auto_kid=True)]
    app = create_app({
        "SECRET_KEY": "only for tests", "SERVER_NAME": name, "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "FORCE_HTTPS": False, "JAVASCRIPT": False, "HTMX": False, "SMTP": None,
                     "LOGGING": {"version": 1}},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True) for key in keys]}})
    backend = app.backend.instance
    with app.app_context():
        for user, address in setup.ADDRESSES.items():
            backend.save(models.User(
                user_name=user, formatted_name=user.capitalize(), family_name=user.capitalize(), emails=[address],
                password=setup.PASSWORD))
        client = models.Client(
            client_id=setup.CLIENT, client_secret=setup.SECRET, client_name="authd",
            client_id_issued_at=datetime.datetime.now(datetime.timezone.utc), redirect_uris=[callback],
            grant_types=["authorization_code"], response_types=["code"], scope=["openid", "email", "profile"],
            token_endpoint_auth_method="client_secret_basic", id_token_signed_response_alg="EdDSA")
        backend.save(client)
        client.audience = [client]
        backend.save(client)

    def change_address(user, address):
        with app.app_context():
            found = backend.get(models.User, user_name=user)
            found.emails = [address]
            backend.save(found)

    logging.disable(logging.INFO)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    setup.serve_commands(change_address, f"http://{name}")


main()
