#!/usr/bin/env python3
"""How many honest clients the real SimpleJWT logs out, with ROTATE_REFRESH_TOKENS and BLACKLIST_AFTER_ROTATION: starts a service on free
loopback ports and lets the clients of the simulation (`tests/tests/suite/store/simulation`) refresh there. Their hours pass in no time, which
SimpleJWT does not notice: nothing of what it does here goes by the clock.

    tests/simplejwt/simulation.py [SESSIONS]

With 300 sessions a row, the default, the test holds docs/sessions.md to what comes out.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

from virtual_environment import python_with  # noqa: E402

# As `jwt_auth_tests::KEY`.
KEY = "a signing key of the test suites, 64 bytes and a few more than it"
SETTINGS = {"SIGNING_KEY": KEY, "ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True, "REFRESH_TOKEN_LIFETIME": 100 * 86400}


def main():
    """The outer half: finds or makes the Python with the packages."""
    python = os.environ.get("SIMPLEJWT_PYTHON") or python_with(os.path.join(HERE, "requirements.txt"), "simplejwt")
    return subprocess.call([python, os.path.abspath(__file__), "--inside", *sys.argv[1:]])


def inside(sessions="300"):
    """The inner half: the service, and the clients."""
    sys.path.insert(0, HERE)
    import servers

    # In memory where there is such a place: what a power failure would leave is not asked.
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=place) as folder:
        with servers.django(SETTINGS, servers.Sqlite(folder).copy(), folder) as port:
            environment = dict(os.environ) | {"SIMPLEJWT_SERVER": f"127.0.0.1:{port}", "SIMPLEJWT_SESSIONS": sessions}
            command = ["cargo", "test", "--quiet", "-p", "jwt-auth-tests", "--all-features", "--test", "suite"]
            command += ["simplejwt_logs_out_honest_clients", "--", "--ignored", "--nocapture"]
            return subprocess.call(command, env=environment, cwd=os.path.join(HERE, "..", ".."))


if __name__ == "__main__":
    if "--inside" in sys.argv:
        sys.exit(inside(*sys.argv[2:]))
    sys.exit(main())
