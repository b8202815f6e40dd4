# SPDX-License-Identifier: Apache-2.0
"""Runs nanoidp as a provider for authd.

    python3 nanoidp_provider.py PORT CALLBACK

Needs an empty working directory. Users, client and commands are those of provider_setup.py.
"""
import json
import os
import subprocess
import sys

import provider_setup as setup

port, callback = int(sys.argv[1]), sys.argv[2]


def write(name, document):
    # JSON is YAML.
    with open(f"{name}.part", "w") as file:
        json.dump(document, file)
    os.replace(f"{name}.part", name)


def write_users(addresses):
    write("users.yaml", {"config_version": 1, "users": {
        user: {"password": setup.PASSWORD, "email": address} for user, address in addresses.items()}})


def main():
    issuer = f"http://127.0.0.1:{port}"
    addresses = dict(setup.ADDRESSES)
    write_users(addresses)
    write("settings.yaml", {
        "config_version": 1, "server": {"host": "127.0.0.1", "port": port},
        "oauth": {"issuer": issuer, "audience": "other", "clients": [
            {"client_id": setup.CLIENT, "client_secret": setup.SECRET, "redirect_uris": [callback],
             "token_endpoint_auth_method": "client_secret_basic"}]}})
    environment = os.environ | {"SECRET_KEY": "only for tests", "NANOIDP_SECRET_KEY": "only for tests"}
    process = subprocess.Popen(
        [sys.executable, "-m", "nanoidp", "--config", ".", "--port", str(port), "--profile", "stricter-dev"],
        env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    setup.await_answer(f"{issuer}/.well-known/openid-configuration", process)

    def change_address(user, address):
        addresses[user] = address
        write_users(addresses)
        setup.call("POST", f"{issuer}/api/config/reload")

    setup.serve_commands(change_address, issuer)
    process.terminate()
    process.wait()


main()
