"""Tokens by recipe: the same bytes for both services. The format is that of fixtures/README.md."""

import base64
import hashlib
import hmac
import json
import re
import uuid

from jwt.algorithms import get_default_algorithms

ALGORITHMS = get_default_algorithms()
HMACS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encode(data):
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    """base64url with or without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(value):
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def sign(algorithm, key, data):
    """A signature, also with keys that a careful library refuses."""
    if algorithm == "none":
        return b""
    if algorithm in HMACS:
        return hmac.new(key.encode(), data, HMACS[algorithm]).digest()
    implementation = ALGORITHMS[algorithm]
    return implementation.sign(data, implementation.prepare_key(key))


def verifies(token, settings):
    """Whether a token's signature is good under the key of these settings."""
    algorithm = settings.get("ALGORITHM", "HS256")
    key = settings["SIGNING_KEY"] if algorithm in HMACS else settings["VERIFYING_KEY"]
    head, _, signature = token.rpartition(".")
    implementation = ALGORITHMS[algorithm]
    return implementation.verify(head.encode(), implementation.prepare_key(key), decode(signature))


def fill(value, now):
    """Puts times and ids into a recipe."""
    if isinstance(value, dict):
        if "$now" in value:
            time = now + value["$now"]
            return {"float": float, "str": str}.get(value.get("$type"), int)(time)
        if "$uuid4hex" in value:
            return uuid.uuid4().hex.ljust(value.get("$fill_with_j_to", 0), "j")
        return {name: fill(inner, now) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, now) for inner in value]
    return value


def make(recipe, settings, now):
    """The token of a recipe."""
    if isinstance(recipe, str):
        return recipe
    header = recipe.get("header_text") or compact(fill(recipe["header"], now))
    if "payload_base64" in recipe:
        payload = base64.b64decode(recipe["payload_base64"])
    elif "payload_text" in recipe:
        text = re.sub(r"\$NOW([+-]\d+)?", lambda found: str(now + int(found[1] or 0)), recipe["payload_text"])
        payload = text.replace("$HEX32", uuid.uuid4().hex).encode("utf-8", "surrogatepass")
    else:
        payload = compact(fill(recipe["claims"], now)).encode()
    signing = recipe["sign_with"]
    key = {"SIGNING_KEY": settings["SIGNING_KEY"], "VERIFYING_KEY": settings.get("VERIFYING_KEY")}.get(
        signing.get("key"), signing.get("key")
    )
    head, body, then = encode(header.encode()), encode(payload), recipe.get("then")
    if then == "pad the payload part with = and sign that":
        body += "=" * (-len(body) % 4)
        then = None
    signature = encode(sign(signing["alg"], key, f"{head}.{body}".encode()))
    return finish(head, body, signature, then)


def finish(head, body, signature, then):
    """What is done to a finished token."""
    token = f"{head}.{body}.{signature}"
    if then is None:
        return token
    if then.startswith("append "):
        return token + then.removeprefix("append ")
    return {
        "drop the signature and its dot": lambda: f"{head}.{body}",
        "swap header and payload parts": lambda: f"{body}.{head}.{signature}",
        "upper-case the header part": lambda: f"{head.upper()}.{body}.{signature}",
        "drop the last character": lambda: token[:-1],
        "a newline after 20 characters": lambda: token[:20] + "\n" + token[20:],
        "set unused bits of the last signature character": lambda: token[:-1]
        + ALPHABET[ALPHABET.index(token[-1]) | 1],
        "empty the signature": lambda: f"{head}.{body}.",
        "a space before and after": lambda: f" {token} ",
        "flip the first signature character": lambda: f"{head}.{body}."
        + ("B" if signature[0] == "A" else "A")
        + signature[1:],
    }[then]()


def claims_of(token):
    """The payload of a token, unverified."""
    return json.loads(decode(token.split(".")[1]))


def with_tokens(value, tokens):
    """Puts tokens into the places that name them: <<T1>>."""
    if isinstance(value, str):
        return re.sub(r"<<(\w+)>>", lambda found: tokens[found[1]], value)
    if isinstance(value, dict):
        return {with_tokens(name, tokens): with_tokens(inner, tokens) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_tokens(inner, tokens) for inner in value]
    return value
