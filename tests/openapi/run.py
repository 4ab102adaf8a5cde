"""Checks a server against its own OpenAPI document: `python3 run.py PERMISSIONS [--examples N] [--random]`.

PERMISSIONS is the example of that name. A validator reads the document, then schemathesis asks every operation what it
describes and what it forbids. Makes a virtual environment with both below target/ and runs itself again in it.
OPENAPI_PYTHON names a Python that has them already. What is missing is said loudly; under CI=true it fails.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "requirements.txt")
sys.path.insert(0, os.path.join(HERE, ".."))

from virtual_environment import python_with  # noqa: E402

# Which user asks what: together they may do everything, and each is refused something. A logout ends the session that asks
# for it, or its access tokens, so each comes last, alone.
PARTS = [("ada", "^(?!.*/logout/)"), ("sam", "^/orders"), ("ada", "/logout/others"), ("ada", "/logout/all")]


def main():
    """The outer half: finds or makes the Python with the packages."""
    try:
        python = os.environ.get("OPENAPI_PYTHON") or python_with(REQUIREMENTS, "openapi")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"\n*** NOT TESTED: OpenAPI: no virtual environment with the packages of requirements.txt: {error} ***\n")
        return 1 if os.environ.get("CI") == "true" else 0
    return subprocess.call([python, os.path.abspath(__file__), "--inside", *sys.argv[1:]])


def inside():
    """The inner half: starts the server, validates its document and fuzzes it."""
    from openapi_spec_validator import validate

    options = argparse.ArgumentParser()
    options.add_argument("server")
    options.add_argument("--inside", action="store_true")
    options.add_argument("--examples", type=int, default=20)
    options.add_argument("--random", action="store_true")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="openapi-") as folder:
        server = subprocess.Popen(
            [os.path.abspath(options.server)],
            cwd=folder,
            env={**os.environ, "BIND": "127.0.0.1:0"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            address = server.stdout.readline().split("Listening on ")[1].split(". ")[0]
            document = ask(f"{address}/openapi.json")
            validate(document)
            operations = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
            print(f"the document is valid; it has {len(operations)} operations", flush=True)
            answers = os.path.join(folder, "answers")
            failed = any([fuzz(address, folder, answers, options, *part) for part in PARTS])
            return 1 if failed or never_done(operations, answers) else 0
        finally:
            server.kill()
            server.wait()


def fuzz(address, folder, answers, options, user, paths):
    """Runs schemathesis as this user; what it asks is the same at each run, unless --random."""
    schemathesis = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    config = os.path.join(HERE, "schemathesis.toml")
    command = [schemathesis, "--config-file", config, "--no-color", "run", f"{address}/openapi.json"]
    command += ["--include-path-regex", paths, "--max-examples", str(options.examples)]
    command += ["--header", f"Authorization: Bearer {log_in(address, user)['access']}"]
    command += [] if options.random else ["--generation-deterministic", "--seed", "1"]
    known = {"OPENAPI_ADDRESS": address, "OPENAPI_USER": user, "OPENAPI_ANSWERS": answers}
    known["SCHEMATHESIS_HOOKS"] = os.path.join(HERE, "hooks.py")
    return subprocess.call(command, cwd=folder, env={**os.environ, **known})


def never_done(operations, answers):
    """Which operations were never answered with 2xx, so that nobody knows whether they do what the document says."""
    with open(answers) as lines:
        done = {line.strip().split(" ", 1)[1] for line in lines if re.match("2", line)}
    missing = sorted(operations - done)
    print(f"done: {len(operations & done)} of {len(operations)} operations; never: {missing}", flush=True)
    return missing


def log_in(address, user):
    """Tokens of a new session. Passwords are the users' names."""
    return ask(f"{address}/api/token", {"username": user, "password": user})


def ask(url, body=None, token=None):
    """GETs JSON, or POSTs it."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(inside() if "--inside" in sys.argv else main())
