# SPDX-License-Identifier: Apache-2.0
"""Looks for the secrets of mailed actions in copies of a database.

    python3 find_secrets.py SECRETS COPY...

SECRETS is JSON: a list of tokens (`aot_…`, `afh_…`) and codes. Looked for are each in its own text, the octets that it
stands for and their parts, and what those give by a digest without a key; all of them as they are, in hexadecimal digits
and in both alphabets of Base64. Prints the number of spellings, and then a line for each that was found.
"""
import base64
import hashlib
import json
import sys

DIGESTS = ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "blake2b"]
# No spelling is shorter: by so many octets at its beginning a spelling is looked up.
SHORTEST = 8


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def values(secret):
    """What a secret can be told by, each with its name."""
    if "_" not in secret:
        plain = secret.replace("-", "")
        for text in {secret, plain, secret.lower(), plain.lower()}:
            yield f"text {text}", text.encode()
        return
    text = secret.split("_", 1)[1]
    octets = decoded(text)
    yield "text", secret.encode()
    yield "text behind the prefix", text.encode()
    yield "octets", octets
    # The message authentication code, which a copy must not give away; a row holds what it is made for.
    yield "code", octets[-16:]
    if secret.startswith("afh_"):
        yield "random octets", octets[:-16]


def spellings(secret):
    for name, value in values(secret):
        forms = {name: value}
        if name != "code":
            forms |= {f"{digest} of {name}": hashlib.new(digest, value).digest() for digest in DIGESTS}
        for form, octets in forms.items():
            yield form, octets
            yield f"{form}, hexadecimal", octets.hex().encode()
            yield f"{form}, hexadecimal capitals", octets.hex().upper().encode()
            yield f"{form}, Base64", base64.b64encode(octets).rstrip(b"=")[:-1]
            yield f"{form}, Base64url", base64.urlsafe_b64encode(octets).rstrip(b"=")[:-1]


table, count = {}, 0
with open(sys.argv[1]) as file:
    for secret in json.load(file):
        for name, spelling in spellings(secret):
            assert len(spelling) >= SHORTEST, (secret, name)
            table.setdefault(spelling[:SHORTEST], []).append((spelling, f"{name} of {secret}"))
            count += 1
print(count)
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        copy = file.read()
    for start in range(len(copy) - SHORTEST + 1):
        for spelling, name in table.get(copy[start : start + SHORTEST], ()):
            if copy.startswith(spelling, start):
                print(f"{path}: {name}")
