"""Checks a server against its own OpenAPI document: `python3 run.py PERMISSIONS [--examples N] [--random]`.

PERMISSIONS is the example of that name. A validator reads the document, then schemathesis asks every operation what it
describes and what it forbids. Makes a virtual environment with both below target/ and runs itself again in it.
OPENAPI_PYTHON names a Python that has them already. What is missing is said loudly; under CI=true it fails.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "requirements.txt")
CONFIG = os.path.join(HERE, "schemathesis.toml")

# A user for each set of paths, by how they begin: together, everybody may do everything. A logout ends the session that
# its own requests come from, so it is asked last and alone.
PARTS = [("ada", r"^/(catalogue|orders$|orders/\{id\}$|api/token|api/sessions|\.well-known)"), ("sam", r"/refund$"), ("ada", r"^/api/logout/")]


def main():
    """The outer half: finds or makes the Python with the packages."""
    try:
        python = os.environ.get("OPENAPI_PYTHON") or environment()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"\n*** NOT TESTED: OpenAPI: no virtual environment with the packages of requirements.txt: {error} ***\n")
        return 1 if os.environ.get("CI") == "true" else 0
    return subprocess.call([python, os.path.abspath(__file__), "--inside", *sys.argv[1:]])


def environment():
    """The Python of a virtual environment, made anew when requirements.txt has changed."""
    with open(REQUIREMENTS, "rb") as requirements:
        name = hashlib.sha256(requirements.read()).hexdigest()[:12]
    folder = os.path.join(HERE, "..", "..", "target", f"openapi-{name}")
    python = os.path.join(folder, "bin", "python")
    ready = os.path.join(folder, "ready")
    if not os.path.exists(ready):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        open(ready, "w").close()
    return python


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
            print(f"the document is valid; it has {len(document['paths'])} paths", flush=True)
            uncovered = [path for path in document["paths"] if len(parts_of(path)) != 1]
            assert not uncovered, f"not asked, or twice: {uncovered}"
            return max(fuzz(address, folder, options, *part) for part in PARTS)
        finally:
            server.kill()
            server.wait()


def parts_of(path):
    import re

    return [part for part in PARTS if re.search(part[1], path)]


def fuzz(address, folder, options, user, paths):
    """Runs schemathesis as this user; what it asks is the same at each run, unless --random."""
    token = ask(f"{address}/api/token", {"username": user, "password": user})["access"]
    command = [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", CONFIG, "--no-color", "run"]
    command += [f"{address}/openapi.json", "--include-path-regex", paths, "--header", f"Authorization: Bearer {token}"]
    command += ["--max-examples", str(options.examples)]
    command += [] if options.random else ["--generation-deterministic", "--seed", "1"]
    return subprocess.call(command, cwd=folder)


def ask(url, body=None):
    """GETs JSON, or POSTs it."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(inside() if "--inside" in sys.argv else main())
