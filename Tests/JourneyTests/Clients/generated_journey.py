# SPDX-License-Identifier: Apache-2.0
"""Uses a client that openapi-python-client has made from the OpenAPI document, as a program that was written for it does.

    python3 generated_journey.py FOLDER PACKAGE BASE

FOLDER holds the package PACKAGE; BASE is the address of a daemon. Imports every module, then registers a user, signs in,
reads the profile, refreshes, lists the sessions and signs out; and looks at what comes back where a request is refused.
Prints `modules N`, and then a line for each step.
"""
import importlib
import pkgutil
import sys

folder, package, base = sys.argv[1:]
sys.path.insert(0, folder)
root = importlib.import_module(package)

modules = [name for _, name, _ in pkgutil.walk_packages(root.__path__, package + ".")]
for name in modules:
    importlib.import_module(name)
print("modules", len(modules))

models = importlib.import_module(package + ".models")
types = importlib.import_module(package + ".types")


def route(module, name):
    return importlib.import_module(f"{package}.api.{module}.{name}")


def expect(step, answer, status, kind):
    assert answer.status_code == status, f"{step}: {answer.status_code} {answer.content}"
    assert isinstance(answer.parsed, kind), f"{step}: {type(answer.parsed)} {answer.content}"
    print(step)
    return answer.parsed


password = "a compiler from 1952"
open_client = root.Client(base_url=base)

user = expect(
    "register",
    route("authentication", "register").sync_detailed(
        client=open_client, body=models.Registration(password=password, username="grace", email="grace@example.com")),
    201, models.RegisteredUser)
problem = expect(
    "wrong password",
    route("authentication", "login").sync_detailed(
        client=open_client, body=models.SignIn(password="a wrong guess", username="grace")),
    401, models.Problem)
assert problem.code == models.ProblemCode.INVALID_CREDENTIALS, problem
problem = expect(
    "missing fields",
    route("authentication", "login").sync_detailed(client=open_client, body=models.SignIn(password="")),
    422, models.Problem)
assert "username" in [error.field for error in problem.errors], problem
tokens = expect(
    "login",
    route("authentication", "login").sync_detailed(
        client=open_client, body=models.SignIn(password=password, username="grace")),
    200, models.SignedIn)
assert tokens.user.id == user.id and tokens.refresh_token.startswith("art_"), tokens

signed_in = root.AuthenticatedClient(base_url=base, token=tokens.access_token)
me = expect("me", route("authentication", "current_user").sync_detailed(client=signed_in), 200, models.User)
assert me.username == "grace" and me.is_verified is False and me.last_login is not None, me

refreshed = expect(
    "refresh",
    route("authentication", "refresh").sync_detailed(
        client=open_client, body=models.Refresh(refresh_token=tokens.refresh_token)),
    200, models.Tokens)
signed_in = root.AuthenticatedClient(base_url=base, token=refreshed.access_token)
problem = expect(
    "refresh without a body", route("authentication", "refresh").sync_detailed(client=open_client), 415, models.Problem)

sessions = route("authentication", "list_sessions").sync_detailed(client=signed_in)
assert sessions.status_code == 200 and [session.current for session in sessions.parsed] == [True], sessions
print("list sessions")

changed = expect(
    "change the profile",
    route("users", "update_own_profile").sync_detailed(
        client=signed_in, body=models.ProfileChange(full_name="Grace Hopper")),
    200, models.ChangedUser)
assert changed.full_name == "Grace Hopper", changed
expect("list users", route("users", "list_users").sync_detailed(client=signed_in, limit=10), 403, models.Problem)

expect("logout", route("authentication", "logout").sync_detailed(client=signed_in), 200, models.Message)
problem = expect(
    "me after logout", route("authentication", "current_user").sync_detailed(client=signed_in), 401, models.Problem)
assert problem.code == models.ProblemCode.INVALID_TOKEN, problem
