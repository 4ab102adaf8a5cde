"""Follows docs/from-django.md: runs every command in it, in order and in one shell, beside a real Django."""

import json
import os
import re
import signal
import subprocess
import sys

import servers

GUIDE = os.path.join(servers.HERE, "..", "..", "docs", "from-django.md")
# A Django service's own, and what SimpleJWT's documentation lists in full: the script leaves out what is a default.
SETTINGS = {
    "SIGNING_KEY": "reference-secret-key-of-at-least-sixty-four-bytes-0123456789abcdef",
    "REFRESH_TOKEN_LIFETIME": 7 * 86400,
    "UPDATE_LAST_LOGIN": True,
    "AUDIENCE": ["shop", "admin"],
    "ISSUER": None,
    "USER_AUTHENTICATION_RULE": "rest_framework_simplejwt.authentication.default_user_authentication_rule",
}


def follow(binary, command, databases, folder):
    """Runs the commands; gives how many blocks there were and what failed."""
    with open(GUIDE) as text:
        steps = re.split(r"^## ", text.read(), flags=re.MULTILINE)
    blocks = fenced("sh", steps)
    # The script for Django's settings, in a project that configures itself when it is imported.
    (script,) = fenced("python", steps)
    with open(os.path.join(folder, "jwt_auth_settings.py"), "w") as output:
        output.write(f"import project\n{script}")
    url, programs = databases.copy(), os.path.join(folder, "programs")
    os.makedirs(programs, exist_ok=True)
    for name, program in (("token_service", binary), ("jwt-auth", command), ("python", sys.executable)):
        path = os.path.join(programs, name)
        with open(path, "w") as wrapper:
            wrapper.write(f'#!/bin/sh\nexec "{program}" "$@"\n')
        os.chmod(path, 0o755)
    make_ada(url)
    with servers.django(SETTINGS, url, folder) as port:
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "DATABASE_URL": url,
            "DJANGO": f"http://127.0.0.1:{port}",
            "BIND": f"127.0.0.1:{servers.free_port()}",
            "PYTHONPATH": servers.HERE,
            "PYTHONDONTWRITEBYTECODE": "1",
            "SIMPLE_JWT": json.dumps(SETTINGS),
        }
        return len(blocks), run(blocks, environment, folder)


def make_ada(url):
    """The user of the guide."""
    code = "import project\nfrom django.contrib.auth.models import User\nUser.objects.create_user('ada', password='lovelace')"
    servers.python(url, SETTINGS, "-c", code)


def fenced(language, texts):
    """What stands between fences of this language."""
    return [block for text in texts for block in re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]


def run(blocks, environment, folder):
    """Runs all blocks in one shell; gives the one that failed."""
    script = "\n".join(["set -eo pipefail", *(f"echo '== block {n}' >&2\n{block}" for n, block in enumerate(blocks))])
    log = os.path.join(folder, "guide.log")
    with open(log, "w") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script], env=environment, cwd=folder, stdout=output, stderr=output, start_new_session=True
        )
        try:
            code = shell.wait(120)
        except subprocess.TimeoutExpired:
            code = "120 seconds were not enough"
        finally:
            # The servers that the guide started, if it stopped half-way.
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    if code == 0:
        return []
    with open(log) as output:
        return [f"docs/from-django.md: {code}: {output.read()[-1500:]}"]
