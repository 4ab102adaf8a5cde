"""Virtual environments for the suites that ask other people's programs."""

import hashlib
import os
import subprocess
import sys

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "target")


def python_with(requirements, name):
    """The Python of an environment below target/ with these packages, made anew when the file has changed."""
    with open(requirements, "rb") as text:
        digest = hashlib.sha256(text.read()).hexdigest()[:12]
    folder = os.path.join(TARGET, f"{name}-{digest}")
    python = os.path.join(folder, "bin", "python")
    ready = os.path.join(folder, "ready")
    if not os.path.exists(ready):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
        open(ready, "w").close()
    return python
