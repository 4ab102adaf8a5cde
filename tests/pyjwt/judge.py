"""What PyJWT makes of tokens that were judged already: `python3 judge.py FILE`, each line `[token, simple_jwt's verdict, the hardened verdict]`.

Makes the virtual environment of tests/simplejwt below target/ and runs itself again in it; SIMPLEJWT_PYTHON names a Python that has PyJWT. What is missing
is said loudly; under CI=true it fails. Each disagreement is explained by a rule below, or the run fails.
"""

import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

from virtual_environment import python_with  # noqa: E402

SECRET = "kUOaNqBGHk0xNUqkhjaVcq-DDdHBo7Vv_pGTqCnDkvB2IrzrMU8nC9GIGBp4yQ8y"


def main():
    """The outer half: finds or makes the Python with PyJWT."""
    python = os.environ.get("SIMPLEJWT_PYTHON")
    try:
        python = python or python_with(os.path.join(HERE, "..", "simplejwt", "requirements.txt"), "simplejwt")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"\n*** SKIPPED: the comparison with PyJWT: {error} ***\n", flush=True)
        return 1 if os.environ.get("CI") == "true" else 0
    return subprocess.call([python, os.path.abspath(__file__), "--inside", *sys.argv[1:]])


def parsed(text):
    """The JSON value of a part, its names in pairs so that none is lost; None where it is no JSON."""
    import base64

    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), object_pairs_hook=Pairs, parse_float=Fraction)
    except ValueError:
        return None


class Pairs(list):
    """An object."""


class Fraction(float):
    """A number that is written with a fraction or an exponent, and how."""

    def __init__(self, text):
        self.text = text


def has_a_name_twice(value):
    if isinstance(value, Pairs):
        names = [name for name, _ in value]
        return len(set(names)) < len(names) or any(has_a_name_twice(inner) for _, inner in value)
    return isinstance(value, list) and any(has_a_name_twice(inner) for inner in value)


def depth(value):
    inner = [member for _, member in value] if isinstance(value, Pairs) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def get(pairs, name, default=None):
    found = [value for known, value in pairs or [] if known == name] if isinstance(pairs, Pairs) else []
    return found[-1] if found else default


def is_text(value):
    return isinstance(value, str)


def both_profiles(token, header, payload):
    """What is refused under either profile, whatever PyJWT says (DESIGN: size, depth, `crit`, `b64`, algorithm, padding, names twice)."""
    if len(token) > 8192:
        return "at most 8 KiB"
    if has_a_name_twice(header) or has_a_name_twice(payload):
        return "names that differ, at every level"
    if depth(header) > 32 or depth(payload) > 32:
        return "at most 32 levels"
    if any(name in ("crit", "b64") for name, _ in header or []):
        return "no header that must be understood"
    if "=" in token or "+" in token or "/" in token or token != token.strip():
        return "base64url without padding, white space and other letters"
    if any(part.startswith("77u_") for part in token.split(".")):
        return "no byte order mark (RFC 8259 8.1)"
    return None


def hardened_only(token, header, payload):
    """What the hardened profile asks for and PyJWT does not."""
    absent = object()
    if any(name in ("zip", "enc", "cty", "jwk", "jku", "x5u", "x5c") for name, _ in header or []):
        return "no header that must be understood or brings a key"
    typ = get(header, "typ", absent)
    if typ is not absent and (not is_text(typ) or typ.lower().removeprefix("application/") not in ("jwt", "at+jwt")):
        return "the type of an access token"
    kid = get(header, "kid", absent)
    if kid is not absent and not (is_text(kid) and 1 <= len(kid) <= 256 and all(" " <= letter <= "~" for letter in kid)):
        return "a key id of 1 to 256 printable characters"
    for name in ("exp", "nbf", "iat"):
        value = get(payload, name, absent)
        if value is not absent and (isinstance(value, bool) or not isinstance(value, (int, float)) or not written_as_time(value)):
            return "times that are numbers without an exponent"
    if any(get(payload, name, absent) is absent for name in ("exp", "iat")):
        return "an expiry and a time of issue"
    if not is_text(get(payload, "iss")):
        return "one issuer, as a text"
    jti = get(payload, "jti")
    if not is_text(jti) or not jti:
        return "an id of 1 to 256 bytes"
    if any(not is_text(get(payload, name, "")) for name in ("sub", "token_type")):
        return "a subject and a type that are texts"
    audience = get(payload, "aud")
    if not is_text(audience) and not (isinstance(audience, list) and all(map(is_text, audience))):
        return "audiences that are texts"
    return None


def written_as_time(value):
    whole = value.text.split(".")[0] if isinstance(value, Fraction) else value
    return "e" not in str(whole).lower() and "e" not in getattr(value, "text", "").lower() and -(2**63) <= int(whole) < 2**63


def inside(path):
    """The inner half: asks PyJWT, and SimpleJWT's own questions after it."""
    import datetime

    import jwt

    options = {"algorithms": ["HS256"], "audience": ["api", "admin"], "issuer": "https://issuer.example"}

    def theirs(token):
        """SimpleJWT's verdict, and PyJWT's alone."""
        try:
            claims = jwt.decode(token, SECRET, **options)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is not accepted)
            return [type(error).__name__] * 2
        # SimpleJWT's `Token.__init__`: an expiry that Python's calendar holds, and an id.
        try:
            datetime.datetime.fromtimestamp(claims["exp"], tz=datetime.timezone.utc)
            claims["jti"]
        except Exception as error:  # noqa: BLE001
            return type(error).__name__, "accepted"
        return "accepted", "accepted"

    asked = collections.Counter()
    rules = {"simple_jwt": collections.Counter(), "hardened": collections.Counter()}
    for line in open(path, encoding="utf-8"):
        token, *ours = json.loads(line)
        verdicts = theirs(token)
        parts = token.split(".")
        header, payload = (parsed(parts[0]), parsed(parts[1])) if len(parts) > 1 else (None, None)
        for profile, own, verdict in zip(rules, ours, verdicts):
            asked[profile, verdict == "accepted", own == "accepted"] += 1
            if (own == "accepted") == (verdict == "accepted"):
                continue
            rule = None
            if own != "accepted":
                rule = both_profiles(token, header, payload)
                if rule is None and profile == "hardened":
                    rule = hardened_only(token, header, payload)
            if rule is None:
                print(f"{profile}: {own} and {verdict}: {header} {payload} {token}", file=sys.stderr)
                return 1
            rules[profile][rule] += 1
    for profile, found in rules.items():
        both, none = asked[profile, True, True], asked[profile, False, False]
        print(f"{both + none + found.total()} tokens, PyJWT {jwt.__version__} and {profile}: both accept {both}, both refuse {none}")
        for rule, times in sorted(found.items()):
            print(f"  {times} differ: {rule}")
        if not both or not none:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(inside(sys.argv[2]) if sys.argv[1] == "--inside" else main())
