"""Whether an answer is what was recorded."""

import datetime
import json
import re

import recipes

# Seconds that may pass between making a token and reading the answer.
SLACK = 3


class Difference(Exception):
    """What differs, and where."""


def match(expected, got, now, settings, path="body"):
    """Compares a JSON value with a recorded one, key order too; raises Difference."""
    if isinstance(expected, dict):
        if "$now" in expected:
            return match_time(expected, got, now, path)
        if "$hex32" in expected:
            if expected["$hex32"] == "new" and not re.fullmatch("[0-9a-f]{32}", str(got)):
                raise Difference(f"{path}: {got!r} is no id")
            return None
        if "$has" in expected:
            if expected["$has"] not in got:
                raise Difference(f"{path}: no {expected['$has']} in {got!r}")
            return None
        if "$jwt" in expected:
            return match_token(expected["$jwt"], got, now, settings, path)
        return match_object(expected, got, now, settings, path)
    if isinstance(expected, list):
        if not isinstance(got, list) or len(expected) != len(got):
            raise Difference(f"{path}: {got!r}, expected {expected!r}")
        for index, (inner, found) in enumerate(zip(expected, got)):
            match(inner, found, now, settings, f"{path}[{index}]")
        return None
    # The rest of it is Python's wording.
    prefix = "JSON parse error - "
    if str(expected).startswith(prefix) and str(got).startswith(prefix):
        return None
    if expected != got or type(expected) is not type(got):
        raise Difference(f"{path}: {got!r}, expected {expected!r}")
    return None


def match_time(expected, got, now, path):
    """A time within a few seconds, of the type that was sent."""
    kind = {"float": float, "str": str}.get(expected.get("$type"), int)
    if not isinstance(got, kind) or abs(float(got) - (now + expected["$now"])) > SLACK:
        raise Difference(f"{path}: {got!r}, expected now{expected['$now']:+}")


def match_token(expected, got, now, settings, path):
    """A token with this header, a good signature, and these claims in this order."""
    if not isinstance(got, str) or got.count(".") != 2:
        raise Difference(f"{path}: no token but {got!r}")
    header = json.loads(recipes.decode(got.split(".")[0]))
    if list(header.items()) != list(expected["header"].items()):
        raise Difference(f"{path}: header {header}, expected {expected['header']}")
    if expected["signature"] == "good" and not recipes.verifies(got, settings):
        raise Difference(f"{path}: the signature is not good")
    claims = recipes.claims_of(got)
    if list(claims) != [name for name, _ in expected["claims"]]:
        raise Difference(f"{path}: claims {list(claims)}, expected {expected['claims']}")
    for name, value in expected["claims"]:
        match(value, claims[name], now, settings, f"{path}.{name}")


def match_object(expected, got, now, settings, path):
    """An object with the same members in the same order; `kind` was not recorded."""
    if not isinstance(got, dict):
        raise Difference(f"{path}: {got!r}, expected {expected!r}")
    got = {name: value for name, value in got.items() if name != "kind" or path != "body"}
    if list(expected) != list(got):
        raise Difference(f"{path}: members {list(got)}, expected {list(expected)}")
    for name, value in expected.items():
        match(value, got[name], now, settings, f"{path}.{name}")


def same_row(expected, got):
    """Whether a row of a database is the recorded one: times within 5 seconds of now."""
    return len(expected) == len(got) and all(map(same_value, expected, got))


def same_value(expected, got):
    """One value of a row."""
    if isinstance(expected, dict) and "$now" in expected:
        utc = datetime.timezone.utc
        moment = datetime.datetime.fromisoformat(got) if isinstance(got, str) else got
        moment = moment.replace(tzinfo=moment.tzinfo or utc)
        wanted = datetime.datetime.now(utc) + datetime.timedelta(seconds=expected["$now"])
        return abs((moment - wanted).total_seconds()) <= 5
    if expected == "<JWT>":
        return isinstance(got, str) and got.count(".") == 2
    if expected == "<32 hex>":
        return re.fullmatch("[0-9a-f]{32}", str(got)) is not None
    return expected == got or (isinstance(expected, bool) and bool(got) == expected)
