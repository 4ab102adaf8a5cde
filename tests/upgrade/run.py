#!/usr/bin/env python3
"""Upgrades a service of two nodes on one PostgreSQL, one node after the other, while clients log in, refresh, log out and open routes. The new
version changes the tables while the old one works on them. Then, and in between, it is looked whether

- anybody is logged out, or any acknowledged refresh is refused, by either version;
- a spent token, or one of a session that was logged out, is accepted by either;
- an old node that is started again on the new tables says why it does not.

    tests/upgrade/run.py [--from COMMIT] [--seconds 8] [--release]

The old version is that of the newest commit whose tables are older than these, unless another is named.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SCHEMA = "jwt-auth/src/store/postgres/schema.rs"

sys.path.insert(0, os.path.join(TOP, "tests", "faults"))
import machines
import run as faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", dest="commit", help="the commit of the old version")
    parser.add_argument("--seconds", type=float, default=8, help="of each of the four phases")
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args()
    if not machines.server_programs():
        print("NOT TESTED: PostgreSQL is not installed (no `initdb` in /usr/lib/postgresql/*/bin)")
        return 1 if os.environ.get("CI") == "true" else 0
    commit = options.commit or older_tables()
    new, old = machines.build(options.release), build_of(commit, options.release)
    with tempfile.TemporaryDirectory(prefix="upgrade-") as folder:
        os.chmod(folder, 0o755)
        database = machines.Postgres(folder)
        try:
            return run(options, commit, old, new, database, folder)
        finally:
            database.stop("immediate")


def run(options, commit, old, new, database, folder):
    nodes = [Node(old, database, folder) for _ in range(2)]
    for arguments, text in (["migrate"], None), (["createuser", "test", "--password-stdin"], b"test\n"):
        command = [old["jwt-auth"], *arguments]
        subprocess.run(command, env=nodes[0].environment, input=text, check=True, stdout=subprocess.DEVNULL)
    before, state = version(database), State()
    clients = [faults.Client(state, number) for number in range(options.clients)]
    threads = [threading.Thread(target=client.run) for client in clients]
    try:
        for node in nodes:
            state.join(node)
        for thread in threads:
            thread.start()
        time.sleep(options.seconds)
        # The first new node changes the tables; both old ones go on.
        nodes.append(Node(new, database, folder, JWT_AUTH_AUDIT_TABLE="true"))
        state.join(nodes[2])
        after = version(database)
        if after <= before:
            state.faults.append(f"the tables of {commit} are no older: {before} and {after}")
        look_for_spent_ones(state, nodes)
        time.sleep(options.seconds)
        for node in nodes[:2]:
            state.leave(node)
            refused = node.starts_no_more()
            if "newer release" not in refused:
                state.faults.append(f"an old node on new tables does not say why it does not start: {refused[-300:]}")
            nodes.append(Node(new, database, folder, JWT_AUTH_AUDIT_TABLE="true"))
            state.join(nodes[-1])
            look_for_spent_ones(state, [node for node in nodes if node.port in state.ports])
            time.sleep(options.seconds)
    finally:
        state.is_over = True
        for thread in threads:
            if thread.ident:
                thread.join()
        state.faults += [fault for client in clients for fault in client.faults]
        # What was logged out last is heard of everywhere.
        time.sleep(1)
        faults.check_the_end(state, clients)
        for node in nodes:
            node.stop()
    played = f"from {commit[:12]}, tables {before} to {after}"
    return faults.verdict(state, played, "nobody logged out, nothing forgotten")


def look_for_spent_ones(state, nodes):
    """On each node of either version: of a session that moved on others, the token before the last is a thief's."""
    for node in nodes:
        pair = json.loads(state.insist("/api/token/", {"username": "test", "password": "test"})[1])
        spent = pair["refresh"]
        for _ in range(2):
            status, text = state.insist("/api/token/refresh/", {"refresh": pair["refresh"]})
            if status != 200:
                state.faults.append(f"an honest client is refused: {status} {text}")
                return
            pair = json.loads(text)
        # The grace is a second.
        time.sleep(1.5)
        status, text = state.ask_at(node.port, "/api/token/refresh/", {"refresh": spent}, "a thief")
        if status != 401:
            state.faults.append(f"a spent token is accepted: {status} {text}")
        status, text = state.insist("/api/token/refresh/", {"refresh": pair["refresh"]})
        if status != 401:
            state.faults.append(f"the session of a thief goes on: {status} {text}")


class State(faults.State):
    """Each request goes to one of the nodes that serve."""

    def __init__(self):
        self.ports = []
        super().__init__(None)

    @property
    def port(self):
        return random.choice(self.ports)

    @port.setter
    def port(self, _):
        pass

    def ask_at(self, port, *arguments):
        only = State()
        only.ports, only.faults, only.count, only.lock = [port], self.faults, self.count, self.lock
        return only.insist(*arguments)

    def join(self, node):
        """As behind a load balancer: it gets requests when it is well."""
        node.start()
        begin = time.monotonic()
        while self.is_well(node.port) != 200:
            if time.monotonic() - begin > 30:
                raise AssertionError("a node does not start")
            time.sleep(0.02)
        self.ports = self.ports + [node.port]

    def is_well(self, port):
        only = State()
        only.ports = [port]
        return only.ask("/healthz")[0]

    def leave(self, node):
        self.ports = [port for port in self.ports if port != node.port]
        time.sleep(0.5)
        node.stop()


class Node:
    def __init__(self, programs, database, folder, **settings):
        self.port, self.program, self.process = machines.free_port(), programs["token_service"], None
        self.log = open(os.path.join(folder, "service.log"), "ab")
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database.url(),
            "JWT_AUTH_SIGNING_KEY": machines.KEY,
            "JWT_AUTH_REFRESH_REUSE_GRACE": "1s",
            "JWT_AUTH_MAX_SESSIONS_PER_USER": "null",
            # Of a login on one node and a request on another nothing is to be heard of late.
            "JWT_AUTH_REVOCATION_SYNC_INTERVAL": "200ms",
            "BIND": f"127.0.0.1:{self.port}",
            **settings,
        }

    def start(self):
        self.process = subprocess.Popen([self.program], env=self.environment, stdout=self.log, stderr=self.log)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def starts_no_more(self):
        """What it says when it is started again."""
        try:
            ended = subprocess.run([self.program], env=self.environment, capture_output=True, timeout=20)
        except subprocess.TimeoutExpired:
            return "it runs"
        return (ended.stdout + ended.stderr).decode()


def version(database):
    query = "SELECT value FROM jwt_auth_meta WHERE name = 'version'"
    command = ["psql", "-h", "127.0.0.1", "-p", str(database.port), "-U", "jwt_auth", "-tAc", query, "postgres"]
    return int(database.run(*command))


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=TOP, check=True, stdout=subprocess.PIPE).stdout.decode()


def steps(text):
    return int(re.search(r"const STEPS: \[&str; (\d+)\]", text).group(1))


def older_tables():
    """The newest commit whose tables are older."""
    with open(os.path.join(TOP, SCHEMA), encoding="utf-8") as file:
        present = steps(file.read())
    for commit in ["HEAD", *git("rev-list", "HEAD", "--", SCHEMA).split()]:
        for candidate in (commit, f"{commit}^"):
            if steps(git("show", f"{candidate}:{SCHEMA}")) < present:
                return git("rev-parse", candidate).strip()
    raise SystemExit("no commit has older tables")


def build_of(commit, release):
    """Its programs, built in a working tree of its own."""
    with tempfile.TemporaryDirectory(prefix="upgrade-tree-") as tree:
        git("worktree", "add", "--detach", "--force", tree, commit)
        try:
            command = ["cargo", "build", "--locked", "--message-format=json-render-diagnostics"]
            command += ["--release"] if release else []
            command += ["-p", "jwt-auth", "-p", "jwt-auth-examples", "--all-features", "--bin", "jwt-auth", "--bin", "token_service"]
            command += ["--target-dir", os.path.join(TOP, "target", "upgrade")]
            output = subprocess.run(command, cwd=tree, check=True, stdout=subprocess.PIPE).stdout
        finally:
            git("worktree", "remove", "--force", tree)
    messages = map(json.loads, output.splitlines())
    return {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}


if __name__ == "__main__":
    sys.exit(main())
