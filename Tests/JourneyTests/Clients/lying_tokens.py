# SPDX-License-Identifier: Apache-2.0
"""Keys and id tokens of lying_provider.py, true and spoilt."""
import base64
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

RSA = rsa.generate_private_key(65537, 2048)
FOREIGN = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def number(value, size=None):
    return encode(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_key(key, kid):
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": number(public.n), "e": number(public.e)}


def curve_key(kid):
    public = CURVE.public_key().public_numbers()
    return {"kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "kid": kid, "x": number(public.x, 32),
            "y": number(public.y, 32)}


# A client may not stumble over keys that it does not know.
UNKNOWN_KEYS = [{"kty": "XYZ", "kid": "odd", "alg": "XS999", "use": "sig"}, {"kty": "OKP", "crv": "Ed9", "kid": "odd2"}]


def key_set(name):
    keys = UNKNOWN_KEYS + [rsa_key(RSA, "rsa"), curve_key("curve")]
    match name:
        case "onekey":
            # Without a name, as the tokens of this issuer.
            keys = [{key: value for key, value in rsa_key(RSA, "").items() if key != "kid"}]
        case "octkey":
            # A public secret.
            keys = [{"kty": "oct", "use": "sig", "alg": "HS256", "kid": "rsa", "k": encode(b"public" * 8)}]
        case "encryptionkey":
            keys = [rsa_key(RSA, "rsa") | {"use": "enc"}]
        case "smallkey":
            keys = [rsa_key(rsa.generate_private_key(65537, 1024), "rsa")]
        case "emptyset":
            keys = []
    return {"keys": keys}


def sign(header, payload, signer):
    text = ".".join(encode(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (header, payload))
    return text + "." + encode(signer(text.encode()))


def rs256(key):
    return lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def es256(text):
    r, s = decode_dss_signature(CURVE.sign(text, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def hs256(secret):
    return lambda text: hmac.digest(secret, text, "sha256")


def public_pem():
    return RSA.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def profile(flow):
    if not flow.get("email"):
        return {"name": "Ada Lovelace"}
    verified = {"true": True, "text": "true", "no_text": "false", "one": 1, "": None}.get(flow["verified"], False)
    claims = {"name": "Ada Lovelace", "email": flow["email"], "email_verified": verified}
    return {key: value for key, value in claims.items() if value is not None}


# Changes of the claims; one that is None is left out.
CLAIMS = {
    "wrong_issuer": lambda now, flow: {"iss": flow["issuer"] + "/"},
    "foreign_issuer": lambda now, flow: {"iss": "https://accounts.google.com"},
    "wrong_audience": lambda now, flow: {"aud": "another"},
    "longer_audience": lambda now, flow: {"aud": "authd2"},
    "empty_audience": lambda now, flow: {"aud": []},
    "no_audience": lambda now, flow: {"aud": None},
    "wrong_party": lambda now, flow: {"azp": "another"},
    "wrong_nonce": lambda now, flow: {"nonce": "another"},
    "no_nonce": lambda now, flow: {"nonce": None},
    "no_subject": lambda now, flow: {"sub": None},
    "empty_subject": lambda now, flow: {"sub": ""},
    "long_subject": lambda now, flow: {"sub": "s" * 256},
    "number_subject": lambda now, flow: {"sub": 7},
    "expired": lambda now, flow: {"exp": now - 3600, "iat": now - 7200},
    "no_expiry": lambda now, flow: {"exp": None},
    "text_expiry": lambda now, flow: {"exp": str(now + 300)},
    "from_tomorrow": lambda now, flow: {"iat": now + 86400, "exp": now + 90000},
    "not_before": lambda now, flow: {"nbf": now + 86400, "exp": now + 90000},
    "no_issuance": lambda now, flow: {"iat": None},
    "wrong_hash": lambda now, flow: {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    # Not lies, but what providers do.
    "audience_list": lambda now, flow: {"aud": ["authd"]},
    "fractions": lambda now, flow: {"iat": now - 0.25, "exp": now + 300.5, "auth_time": now - 1.75},
}


def id_token(flow, client, secret, access):
    lie, now = flow["lie"], int(time.time())
    at_hash = encode(hashlib.sha256(access.encode()).digest()[:16])
    claims = {
        "iss": flow["issuer"], "sub": flow["subject"], "aud": client, "exp": now + 300, "iat": now,
        "nonce": flow.get("nonce"), "at_hash": at_hash}
    if not lie.startswith("userinfo_"):
        claims |= profile(flow)
    claims |= CLAIMS.get(lie, lambda now, flow: {})(now, flow)
    claims = {key: value for key, value in claims.items() if value is not None}
    header, signer = {"alg": "RS256", "kid": "rsa", "typ": "JWT"}, rs256(RSA)
    if flow["issuer"].endswith("/onekey"):
        del header["kid"]
    if flow["issuer"].endswith("/octkey"):
        header["alg"], signer = "HS256", hs256(b"public" * 8)
    match lie:
        case "none":
            header, signer = {"alg": "none"}, lambda text: b""
        case "None":
            header, signer = {"alg": "None", "kid": "rsa"}, lambda text: b""
        case "unsigned":
            signer = lambda text: b""
        case "public_secret":
            # What one takes who verifies by whatever key has the name.
            header["alg"], signer = "HS256", hs256(public_pem())
        case "client_secret":
            header["alg"], signer = "HS256", hs256(secret.encode())
        case "foreign_key":
            signer = rs256(FOREIGN)
        case "unknown_kid":
            header["kid"], signer = "another", rs256(FOREIGN)
        case "path_kid":
            header |= {"alg": "HS256", "kid": "../../../../dev/null"}
            signer = hs256(b"")
        case "other_kind":
            # The name of the one key, the algorithm of the other.
            header |= {"alg": "ES256", "kid": "rsa"}
            signer = es256
        case "other_algorithm":
            # The key is for RS256 alone.
            header["alg"] = "RS512"
            signer = lambda text: RSA.sign(text, padding.PKCS1v15(), hashes.SHA512())
        case "own_key":
            header |= {"jwk": rsa_key(FOREIGN, "rsa")}
            signer = rs256(FOREIGN)
        case "own_address":
            header |= {"jku": flow["issuer"] + "/keys", "kid": "mine"}
            signer = rs256(FOREIGN)
        case "critical":
            header |= {"crit": ["exp"], "exp": now}
        case "zero_signature":
            header |= {"alg": "ES256", "kid": "curve"}
            signer = lambda text: bytes(64)
        case "curve":
            header |= {"alg": "ES256", "kid": "curve"}
            signer = es256
        case "no_kid":
            # Of several keys, the one that fits.
            del header["kid"]
        case "huge":
            claims["padding"] = "x" * 20_000
        case "twice":
            text = json.dumps(claims)
            return sign(header, (text[:-1] + ', "sub": "another"}').encode(), signer)
        case "not_object":
            return sign(header, [claims], signer)
        case "two_parts":
            return sign(header, claims, signer).rpartition(".")[0]
        case "changed":
            first, _, signature = sign(header, claims, signer).split(".")
            return ".".join([first, encode(json.dumps(claims | {"sub": "another"}).encode()), signature])
    return sign(header, claims, signer)


def spoil(lie, answer):
    match lie:
        case "no_token":
            del answer["id_token"]
        case "number_token":
            answer["id_token"] = 7
        case "list_answer":
            return [answer]
        case "big_answer":
            answer["padding"] = "x" * 100_000
    return answer
