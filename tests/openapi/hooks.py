"""What schemathesis cannot guess: passwords, tokens and sessions that are good. And a note of what was answered."""

import os
import sys

import schemathesis

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import ask, log_in

ADDRESS, USER, ANSWERS = (os.environ[f"OPENAPI_{name}"] for name in ("ADDRESS", "USER", "ANSWERS"))


def good(path):
    """A body that is accepted; each one needs a login of its own, because it can be used once."""
    match path.removeprefix("/api/token"):
        case "":
            return {"username": USER, "password": USER}
        case "/verify":
            return {"token": log_in(ADDRESS, USER)["access"]}
        case "/reauthenticate":
            return {"refresh": log_in(ADDRESS, USER)["refresh"], "password": USER}
        case "/refresh" | "/blacklist" | "/api/logout/others":
            return {"refresh": log_in(ADDRESS, USER)["refresh"]}
    return None


@schemathesis.hook
def before_call(context, case, **_):
    """Every second request that fits the document is made one that is accepted."""
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    before_call.turn = not getattr(before_call, "turn", False)
    if not before_call.turn:
        return
    if case.path == "/api/sessions/{sid}":
        log_in(ADDRESS, USER)
        sessions = ask(f"{ADDRESS}/api/sessions", token=log_in(ADDRESS, USER)["access"])
        case.path_parameters["sid"] = next(session["sid"] for session in sessions if not session["current"])
    elif isinstance(case.body, dict):
        case.body = good(case.path) or case.body


@schemathesis.hook
def after_call(context, case, response):
    """Notes the operation and the status."""
    with open(ANSWERS, "a") as answers:
        answers.write(f"{response.status_code} {case.method} {case.path}\n")
