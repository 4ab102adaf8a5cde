"""Runs the whole comparison: `python3 run.py TOKEN_SERVICE JWT_AUTH_COMMAND [--part replay|live|shared|guide] [--only NAME] [--sample N]`.

--sample asks each Nth of the live cases.

Makes a virtual environment with the real packages below target/ and runs itself again in it. SIMPLEJWT_PYTHON names
a Python that has them already. What is missing is said loudly; under CI=true it fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "requirements.txt")
sys.path.insert(0, os.path.join(HERE, ".."))

from virtual_environment import python_with  # noqa: E402


def main():
    """The outer half: finds or makes the Python with the packages."""
    python = os.environ.get("SIMPLEJWT_PYTHON")
    try:
        python = python or python_with(REQUIREMENTS, "simplejwt")
    except (OSError, subprocess.CalledProcessError) as error:
        return missing(f"no virtual environment with the packages of requirements.txt: {error}")
    return subprocess.call([python, os.path.abspath(__file__), "--inside", *sys.argv[1:]])


def missing(what):
    """Says what is missing; that is a failure where CI says that nothing may be."""
    print(f"\n*** SKIPPED: the comparison with SimpleJWT: {what} ***\n", flush=True)
    return 1 if os.environ.get("CI") == "true" else 0


def inside():
    """The inner half: runs the parts on every database there is."""
    sys.path.insert(0, HERE)
    import guide
    import live
    import replay
    import servers
    import shared
    from differences import WANTED

    options = argparse.ArgumentParser()
    options.add_argument("service")
    options.add_argument("command")
    options.add_argument("--inside", action="store_true")
    options.add_argument("--part", choices=["replay", "live", "shared", "guide"])
    options.add_argument("--only", default="")
    options.add_argument("--sample", type=int, default=1)
    options = options.parse_args()
    binary, command = os.path.abspath(options.service), os.path.abspath(options.command)
    total, failures, wanted = 0, [], {}
    for kind in (servers.Sqlite, servers.Postgres):
        with tempfile.TemporaryDirectory(prefix="simplejwt-") as folder:
            try:
                databases = kind(folder)
            except servers.Missing as error:
                if missing(str(error)):
                    return 1
                continue
            try:
                begin = time.time()
                if options.part in (None, "replay"):
                    count, known, found = replay.replay(binary, databases, folder, options.only)
                    total, failures, wanted = total + count, failures + found, wanted | known
                if options.part in (None, "live"):
                    # What a database can change is asked again on the other one; the rest does not know of it.
                    only = options.only or ("" if kind is servers.Sqlite else "rotate")
                    count, known, found = live.compare(binary, databases, folder, only, options.sample)
                    total, failures, wanted = total + count, failures + found, wanted | known
                if options.part in (None, "shared"):
                    count, found = shared.compare(binary, command, databases, folder)
                    total, failures = total + count, failures + found
                if options.part in (None, "guide"):
                    count, found = guide.follow(binary, command, databases, folder)
                    total, failures = total + count, failures + found
                print(f"{kind.__name__}: {time.time() - begin:.0f}s", flush=True)
            finally:
                databases.close()
    if options.part in (None, "live") and not options.only and options.sample == 1:
        failures += [f"this wanted difference no longer occurs: {entry}" for entry in WANTED if entry not in wanted]
    for failure in failures[:200]:
        print("DIFFERENT", failure[:400])
    explained = sum(wanted.values())
    print(f"{total} comparisons, {explained} differences explained, {len(failures)} unexplained", flush=True)
    return 1 if failures or total == 0 else 0


if __name__ == "__main__":
    sys.exit(inside() if "--inside" in sys.argv else main())
