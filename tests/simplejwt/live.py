"""Asks the real SimpleJWT and token_service the same requests on copies of one database, and compares the answers."""

import itertools
import json
import re
import time

import cases
import recipes
import servers
import token_cases
from differences import record

KEY = "reference-secret-key-of-at-least-sixty-four-bytes-0123456789abcdef"
SLACK = 3
TOKENS = "rest_framework_simplejwt.tokens."


def configurations():
    """Settings of SIMPLE_JWT, and the groups of cases asked under them."""
    base = {"SIGNING_KEY": KEY}
    yield "default", base, ["shapes", "odd tokens", "headers", "logins"]
    changes = {
        "rotate": {"ROTATE_REFRESH_TOKENS": True},
        "rotate and blacklist": {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True},
        "last login": {"UPDATE_LAST_LOGIN": True},
        "audience": {"AUDIENCE": "aud-a"},
        "audiences": {"AUDIENCE": ["aud-a", "aud-b"], "ISSUER": "iss-a"},
        "audience list of one": {"AUDIENCE": ["aud-a"]},
        "issuer": {"ISSUER": "https://issuer.test"},
        "leeway": {"LEEWAY": 10},
        "leeway of a fraction": {"LEEWAY": 5.5},
        "lifetimes": {"ACCESS_TOKEN_LIFETIME": 60, "REFRESH_TOKEN_LIFETIME": 30, "SLIDING_TOKEN_LIFETIME": 1.5},
        "names": {"USER_ID_CLAIM": "sub", "TOKEN_TYPE_CLAIM": "typ", "JTI_CLAIM": "id", "USER_ID_FIELD": "username"},
        "email": {"USER_ID_FIELD": "email"},
        "refresh_exp renamed": {"SLIDING_TOKEN_REFRESH_EXP_CLAIM": "until", "SLIDING_TOKEN_REFRESH_LIFETIME": 100},
        "no type": {"TOKEN_TYPE_CLAIM": None},
        "schemes": {"AUTH_HEADER_TYPES": ["JWT", "Bearer"]},
        "header": {"AUTH_HEADER_NAME": "HTTP_X_ACCESS_TOKEN", "AUTH_HEADER_TYPES": ["JWT"]},
        "sliding": {"AUTH_TOKEN_CLASSES": [TOKENS + "SlidingToken"]},
        "classes": {"AUTH_TOKEN_CLASSES": [TOKENS + "AccessToken", TOKENS + "SlidingToken", TOKENS + "RefreshToken"]},
        "untyped": {"AUTH_TOKEN_CLASSES": [TOKENS + "UntypedToken"]},
        "revoke": {"CHECK_REVOKE_TOKEN": True},
        "revoke renamed": {"CHECK_REVOKE_TOKEN": True, "REVOKE_TOKEN_CLAIM": "hp"},
        "inactive": {"CHECK_USER_IS_ACTIVE": False},
        "HS384": {"ALGORITHM": "HS384"},
        "HS512": {"ALGORITHM": "HS512"},
    }
    for name, change in changes.items():
        yield name, base | change, ["settings"]
    for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"):
        yield algorithm, {"ALGORITHM": algorithm} | key_pair(algorithm), ["settings"]


def key_pair(algorithm):
    """A new key pair as PEM."""
    from cryptography.hazmat.primitives import serialization as to
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if algorithm == "EdDSA":
        key = ed25519.Ed25519PrivateKey.generate()
    elif algorithm.startswith("ES"):
        key = ec.generate_private_key({"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}[algorithm]())
    else:
        key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(to.Encoding.PEM, to.PrivateFormat.PKCS8, to.NoEncryption())
    public = key.public_key().public_bytes(to.Encoding.PEM, to.PublicFormat.SubjectPublicKeyInfo)
    return {"SIGNING_KEY": private.decode(), "VERIFYING_KEY": public.decode()}


def cases_of(groups, settings):
    """The requests of some groups."""
    known = {
        "shapes": cases.shapes,
        "odd tokens": token_cases.odd_tokens,
        "headers": token_cases.headers,
        "logins": token_cases.logins,
        "settings": lambda: token_cases.settings_cases(settings),
    }
    for group in groups:
        yield from known[group]()


def compare(binary, databases, folder, only="", sample=1):
    """Runs every configuration, and of its cases each `sample`th; gives the number of comparisons, what was wanted of the differences, and what was not."""
    count, wanted, unwanted = 0, {}, []
    for number, (name, settings, groups) in enumerate(configurations()):
        if only not in name:
            continue
        theirs, ours = databases.copy(), databases.copy()
        with servers.django(settings, theirs, folder) as django, servers.service(binary, settings, ours, folder) as service:
            # Each configuration begins elsewhere, so that together they ask everything.
            for case, request in itertools.islice(cases_of(groups, settings), number % sample, None, sample):
                count += 1
                made = {key: recipes.make(recipe, settings, int(time.time())) for key, recipe in request.get("tokens", {}).items()}
                answers = [servers.request(port, request, made) for port in (django, service)]
                difference = differs(request, *answers)
                if difference:
                    record(f"{name}/{case}", difference, wanted, unwanted)
    return count, wanted, unwanted


def differs(request, theirs, ours):
    """What differs between two answers, in words; nothing when they are alike."""
    status, headers, body = theirs
    our_status, our_headers, our_body = ours
    if status >= 500:
        return None if our_status in (400, 401) and "detail" in as_json(our_body) else f"status {status} there, {our_status} here"
    if status != our_status:
        return f"status {status} there, {our_status} here: {our_body[:150]}"
    if "html" in headers.get("content-type", ""):
        return None
    resource_options = request["method"] == "OPTIONS" and "token" not in request["path"]
    for name in ("content-type", "www-authenticate", "allow"):
        values = [answer.get(name, "").split(";")[0] for answer in (headers, our_headers)]
        if values[0] != values[1] and not (name == "content-type" and not body):
            # A guard of ours refuses before the route is known.
            if name == "allow" and "token" not in request["path"]:
                continue
            return f"{name} {values[0]!r} there, {values[1]!r} here"
    if not body and not our_body or resource_options:
        return None
    pair = as_json(body), as_json(our_body)
    return unlike(*pair, path="body")


def as_json(body):
    """A body as JSON, members in order."""
    try:
        return json.loads(body)
    except ValueError:
        return {"unreadable": str(body[:100])}


def unlike(theirs, ours, path):
    """What differs between two JSON values."""
    if isinstance(theirs, str) and isinstance(ours, str):
        if theirs.startswith("JSON parse error - ") and ours.startswith("JSON parse error - "):
            return None
        if theirs != ours and theirs.count(".") == 2 and theirs.startswith("ey") and ours.count(".") == 2:
            return unlike_tokens(theirs, ours, path)
    if type(theirs) is not type(ours):
        return f"{path}: {theirs!r} there, {ours!r} here"
    if isinstance(theirs, dict):
        if list(theirs) != list(ours):
            return f"{path}: members {list(theirs)} there, {list(ours)} here"
        found = (unlike(value, ours[name], f"{path}.{name}") for name, value in theirs.items())
        return next(filter(None, found), None)
    if isinstance(theirs, list):
        if len(theirs) != len(ours):
            return f"{path}: {theirs!r} there, {ours!r} here"
        found = (unlike(a, b, f"{path}[{index}]") for index, (a, b) in enumerate(zip(theirs, ours)))
        return next(filter(None, found), None)
    # NaN is not even like itself.
    return None if theirs == ours or theirs != theirs and ours != ours else f"{path}: {theirs!r} there, {ours!r} here"


def unlike_tokens(theirs, ours, path):
    """Two new tokens: the same header bytes, the same claims in order; ids are new, times near."""
    if theirs.split(".")[0] != ours.split(".")[0]:
        return f"{path}: header {recipes.decode(theirs.split('.')[0])} there, {recipes.decode(ours.split('.')[0])} here"
    a, b = recipes.claims_of(theirs), recipes.claims_of(ours)
    if list(a) != list(b):
        return f"{path}: claims {list(a)} there, {list(b)} here"
    for name, value in a.items():
        new_id = all(isinstance(found, str) and re.fullmatch("[0-9a-f]{32}", found) for found in (value, b[name]))
        # A digest of the password hash is as long as an id, and must be the same.
        if new_id and name not in ("hash_password", "hp"):
            continue
        near = isinstance(value, int) and isinstance(b[name], int) and not isinstance(value, bool)
        if near and name in ("exp", "iat", "refresh_exp", "until") and abs(value - b[name]) <= SLACK:
            continue
        if value != b[name] or type(value) is not type(b[name]):
            if value != value and b[name] != b[name]:
                continue
            return f"{path}.{name}: {value!r} there, {b[name]!r} here"
    return None
