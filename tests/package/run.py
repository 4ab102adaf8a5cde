"""Takes the crates as a registry would hand them out: `python3 run.py`.

Packs both, unpacks them outside of the workspace and builds a project against the result, for the default features, for each
set that the README or a guide names, for all, and for the command. Then it runs the README's first screen, and the tour below
it as it is printed. What is missing is said loudly; under CI=true it fails.
"""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tarfile
import tempfile
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ADDRESS = "127.0.0.1:8000"


def main():
    missing = [tool for tool in ("curl", "jq", "bash") if shutil.which(tool) is None]
    if missing:
        print(f"\n*** NOT TESTED: the packages: {', '.join(missing)} must be installed ***\n")
        return 1 if os.environ.get("CI") == "true" else 0
    with tempfile.TemporaryDirectory(prefix="package-") as folder:
        crates = pack(folder)
        readme = read(os.path.join(crates["jwt-auth"], "README.md"))
        guides = [read(os.path.join(TOP, "docs", page)) for page in pages()]
        project = Project(os.path.join(folder, "project"), crates, fenced(readme, "toml")[0])
        for features in feature_sets([readme, *guides]):
            project.check(features)
        project.check_command()
        project.walk(fenced(readme, "rust,no_run")[0], tour(readme))
    return 0


def pages():
    return sorted(page for page in os.listdir(os.path.join(TOP, "docs")) if page.endswith(".md"))


def pack(folder):
    """Both packages, unpacked: their folders by name."""
    run(["cargo", "package", "--quiet", "--no-verify", "--allow-dirty", "-p", "jwt-auth-macros", "-p", "jwt-auth"], TOP)
    crates = {}
    for package in cargo_metadata()["packages"]:
        name, version = package["name"], package["version"]
        if name in ("jwt-auth", "jwt-auth-macros"):
            with tarfile.open(os.path.join(target(), "package", f"{name}-{version}.crate")) as archive:
                archive.extractall(folder, filter="data")
            crates[name] = os.path.join(folder, f"{name}-{version}")
    for name, crate in crates.items():
        for wanted in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] if name == "jwt-auth" else ["LICENSE-MIT"]:
            assert os.path.isfile(os.path.join(crate, wanted)), f"{wanted} is not in the package {name}"
    for page in pages():
        assert os.path.isfile(os.path.join(crates["jwt-auth"], "docs", page)), f"docs/{page} is not in the package"
    return crates


def feature_sets(texts):
    """The default features, each set that somebody is told to write, and all that a table lists."""
    named = [features for text in texts for features in re.findall(r'jwt-auth = \{ version = "[^"]+", features = \[([^]]*)\]', text)]
    sets = {tuple(sorted(re.findall(r'"([^"]+)"', features))) for features in named}
    everything = next(package for package in cargo_metadata()["packages"] if package["name"] == "jwt-auth")["features"]
    assert len(sets) >= 3, f"the documents name other sets than these: {sets}"
    unknown = {feature for features in sets for feature in features} - set(everything)
    assert not unknown, f"the documents name features that there are not: {unknown}"
    return [(), *sorted(sets), tuple(sorted(set(everything) - {"default"}))]


class Project:
    """A project of somebody's own, beside the packages."""

    def __init__(self, folder, crates, manifest):
        self.folder, self.crates, self.manifest = folder, crates, manifest
        os.makedirs(os.path.join(folder, "src"))
        # The versions that are tested elsewhere: what is checked here is the package. `.ci/full` takes the newest.
        if os.environ.get("LONG_TESTS") != "1":
            shutil.copy(os.path.join(TOP, "Cargo.lock"), folder)

    def cargo(self, *arguments, folder=None):
        patches = [f'patch.crates-io.{name}.path="{path}"' for name, path in self.crates.items()]
        options = [option for patch in patches for option in ("--config", patch)]
        # Not the workspace's lock file, and not its settings; what was compiled for it serves here as well.
        run(["cargo", *arguments, "--quiet", "--target-dir", target(), *options], folder or self.folder)

    def write(self, manifest, source, file):
        for old in ("main.rs", "lib.rs"):
            if os.path.exists(path := os.path.join(self.folder, "src", old)):
                os.remove(path)
        head = '[package]\nname = "outside"\nversion = "0.0.0"\nedition = "2024"\n\n'
        write(os.path.join(self.folder, "Cargo.toml"), head + manifest)
        write(os.path.join(self.folder, "src", file), source)

    def check(self, features):
        listed = ", ".join(f'"{feature}"' for feature in features)
        print(f"   features [{listed}]", flush=True)
        self.write(f'[dependencies]\njwt-auth = {{ version = "0.1", features = [{listed}] }}\n', "pub use jwt_auth::*;\n", "lib.rs")
        self.cargo("check")

    def check_command(self):
        print("   the command", flush=True)
        self.cargo("check", "--bin", "jwt-auth", "--features", "cli", folder=self.crates["jwt-auth"])

    def walk(self, screen, steps):
        print("   the README's first screen, and its tour", flush=True)
        assert len(screen.splitlines()) <= 20, "the first screen has more than 20 lines"
        assert screen.count(ADDRESS) == 1
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.write(self.manifest, screen.replace(ADDRESS, address), "main.rs")
        self.cargo("build")
        program = os.path.join(target(), "debug", "outside")
        for _ in range(2):  # the second start finds its database and key
            with Server(program, self.folder, address):
                follow(steps, address)
            key = os.path.join(self.folder, "app.key")
            assert stat.S_IMODE(os.stat(key).st_mode) == 0o600, "others can read the key"


class Server:
    """The program while it runs."""

    def __init__(self, program, folder, address):
        self.program, self.folder, self.address = program, folder, address

    def __enter__(self):
        self.process = subprocess.Popen([self.program], cwd=self.folder)
        host, port = self.address.split(":")
        for _ in range(300):
            assert self.process.poll() is None, "the first screen ended"
            try:
                return socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the first screen does not listen")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def tour(readme):
    """The lines after `$ ` of the tour, and what is shown below each."""
    block = next(block for block in fenced(readme, "console") if "/token/" in block)
    steps = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    assert sum(len(answers) for _, answers in steps) >= 5, "the tour shows answers"
    return steps


def follow(steps, address):
    """One shell, as when pasted: each line sees the variables of the one before. A mark parts the answers."""
    mark = "=== end of line"
    script = "".join(f"{line.replace(ADDRESS, address)}\necho; echo '{mark}'\n" for line, _ in steps)
    output = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout
    for (line, expected), answer in zip(steps, output.split(mark)):
        answer = re.sub(r"eyJ[\w.-]+", "eyJ...", answer.replace("\r", ""))
        for wanted in expected:
            assert wanted in answer, f"{line}\nanswered\n{answer}\nwithout\n{wanted}"


def fenced(text, language):
    return re.findall(rf"^```{re.escape(language)}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def cargo_metadata():
    command = ["cargo", "metadata", "--format-version=1", "--no-deps"]
    return json.loads(subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, check=True).stdout)


def target():
    return cargo_metadata()["target_directory"]


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
