#!/usr/bin/env python3
"""Kills the service, and restarts or freezes its database, while clients log in, refresh, log out and open routes. Then it is looked
whether anything that was acknowledged is forgotten:

- a refresh that was answered 200 is never refused afterwards, and a living session is never logged out;
- a token that was spent twice over is never accepted, and neither is one of a session that was logged out;
- in between there is 503 with `Retry-After`, or no connection, and nothing else;
- the service answers again within five seconds of its database taking connections, and leaks none of these.

    tests/faults/run.py [--store sqlite|postgres] [--kills 20] [--restarts 5] [--freezes 3] [--release]
"""

import argparse
import http.client
import json
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from glob import glob

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
KEY = "a key for a measurement, of no use to anybody"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--restarts", type=int, default=5)
    parser.add_argument("--freezes", type=int, default=3)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args()
    programs = build(options.release)
    if options.store == "postgres" and not server_programs():
        wanted = "PostgreSQL is not installed (no `initdb` in /usr/lib/postgresql/*/bin)"
        print(f"NOT TESTED: {wanted}")
        return 1 if os.environ.get("CI") == "true" else 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.chmod(folder, 0o755)
        database = Postgres(folder) if options.store == "postgres" else None
        url = database.url() if database else f"sqlite://{folder}/app.db"
        service = Service(programs, url, folder)
        try:
            return run(options, service, database)
        finally:
            service.stop()
            if database:
                database.stop("immediate")


def run(options, service, database):
    service.start()
    state = State(service.port)
    clients = [Client(state, number) for number in range(options.clients)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    faults = ["kill"] * options.kills
    if database:
        faults += ["restart"] * options.restarts + ["freeze"] * options.freezes
    random.shuffle(faults)
    slowest = 0.0
    for fault in faults:
        time.sleep(random.uniform(0.2, 0.8))
        if fault == "kill":
            service.kill()
            service.start()
        elif fault == "restart":
            database.stop("immediate")
            time.sleep(random.uniform(0.0, 0.5))
            database.start()
        else:
            database.signal(signal.SIGSTOP)
            time.sleep(random.uniform(0.5, 3.0))
            database.signal(signal.SIGCONT)
        slowest = max(slowest, state.wait_for_answer())
    time.sleep(1)
    state.is_over = True
    for thread in threads:
        thread.join()
    state.faults += [fault for client in clients for fault in client.faults]
    check_the_end(state, clients)
    leak = ""
    if database:
        connections = database.connections()
        leak = f", {connections} connections of the service at the end"
        if connections > 40:
            state.faults.append(f"{connections} connections are left open")
    if slowest > 5:
        state.faults.append(f"{slowest:.1f} s until an answer")
    print(
        f"{options.store}: {options.kills} kills, "
        + (f"{options.restarts} restarts, {options.freezes} freezes, " if database else "")
        + f"{state.count['refreshes']} refreshes, {state.count['logins']} logins, {state.count['logouts']} logouts acknowledged, "
        f"{state.count['unanswered']} unanswered, {state.count['503']} times 503, slowest recovery {slowest:.2f} s{leak}: "
        + ("nothing forgotten" if not state.faults else f"{len(state.faults)} FAULTS")
    )
    for fault in state.faults[:20]:
        print(f"   {fault}")
    return 1 if state.faults else 0


def check_the_end(state, clients):
    """What every client knows to be true holds when all is quiet."""
    for client in clients:
        for session in client.over:
            status, text = state.insist("/api/token/refresh/", {"refresh": session.refresh})
            if status != 401:
                state.faults.append(f"a session that was logged out refreshes: {status} {text}")
            status, text = state.insist("/api/stateless-protected-route/", token=session.access)
            if status != 401:
                state.faults.append(f"an access token of a session that was logged out opens a route: {status} {text}")
        if client.session:
            status, text = state.insist("/api/token/refresh/", {"refresh": client.session.refresh}, client.agent)
            if status != 200:
                state.faults.append(f"a living session is refused: {status} {text}")
    # A token that was spent twice over is a thief's, and takes its session along.
    for client in clients:
        if client.session and client.session.spent:
            status, text = state.insist("/api/token/refresh/", {"refresh": client.session.spent[0]}, "a thief")
            if status != 401:
                state.faults.append(f"a spent token is accepted: {status} {text}")


class State:
    def __init__(self, port):
        self.port, self.is_over, self.faults, self.lock = port, False, [], threading.Lock()
        self.count = dict.fromkeys(["refreshes", "logins", "logouts", "unanswered", "503"], 0)

    def ask(self, path, body=None, agent="a client", token=None):
        """Status and text; None where nothing came back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/json", "User-Agent": agent}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request("POST" if body is not None else "GET", path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.add("unanswered")
            return None, ""
        finally:
            connection.close()
        if answer.status == 503:
            self.add("503")
            if not answer.headers.get("Retry-After"):
                self.faults.append(f"503 without Retry-After at {path}")
        elif answer.status >= 500:
            self.faults.append(f"{answer.status} at {path}: {text}")
        return answer.status, text

    def insist(self, path, body=None, agent="a client", token=None):
        """Until there is an answer."""
        while True:
            status, text = self.ask(path, body, agent, token)
            if status not in (None, 409, 429, 503):
                return status, text
            time.sleep(0.05 if status is None else 0.2)

    def wait_for_answer(self):
        begin = time.monotonic()
        while time.monotonic() - begin < 30:
            status, _ = self.ask("/healthz")
            if status == 200:
                break
            time.sleep(0.02)
        return time.monotonic() - begin

    def add(self, what):
        with self.lock:
            self.count[what] += 1


class Session:
    def __init__(self, pair):
        self.refresh, self.access, self.spent = pair["refresh"], pair["access"], []


class Client:
    """One that does what a client should: it keeps its token until it has another one, and asks again."""

    def __init__(self, state, number):
        self.state, self.agent, self.session, self.over, self.faults = state, f"client {number}", None, [], []

    def run(self):
        while not self.state.is_over:
            try:
                self.step()
            except Exception as error:  # a thread's own would be lost
                self.faults.append(repr(error))
                return

    def step(self):
        if self.session is None:
            status, text = self.state.insist("/api/token/", {"username": "test", "password": "test"}, self.agent)
            if status != 200:
                raise AssertionError(f"a login is refused: {status} {text}")
            self.session = Session(json.loads(text))
            self.state.add("logins")
        elif random.random() < 0.05:
            status, text = self.state.insist("/api/token/blacklist/", {"refresh": self.session.refresh}, self.agent)
            # 401: it was done, and the answer was lost.
            if status not in (200, 401):
                raise AssertionError(f"a logout is refused: {status} {text}")
            self.over.append(self.session)
            self.session = None
            self.state.add("logouts")
        elif random.random() < 0.3:
            status, text = self.state.insist("/api/stateless-protected-route/", token=self.session.access)
            if status != 200:
                self.faults.append(f"a good access token is refused: {status} {text}")
        else:
            status, text = self.state.insist("/api/token/refresh/", {"refresh": self.session.refresh}, self.agent)
            if status != 200:
                self.faults.append(f"an honest client is refused: {status} {text}")
                self.session = None
                return
            pair = json.loads(text)
            self.session.spent.append(self.session.refresh)
            self.session.refresh, self.session.access = pair["refresh"], pair["access"]
            self.state.add("refreshes")


class Service:
    def __init__(self, programs, url, folder):
        self.port, self.program, self.process = free_port(), programs["token_service"], None
        self.log = open(os.path.join(folder, "service.log"), "ab")
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "JWT_AUTH_SIGNING_KEY": KEY,
            # Before the grace is over nothing that is spent is a thief's.
            "JWT_AUTH_REFRESH_REUSE_GRACE": "1s",
            "JWT_AUTH_MAX_SESSIONS_PER_USER": "null",
            "BIND": f"127.0.0.1:{self.port}",
        }
        subprocess.run([programs["jwt-auth"], "migrate"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        create = [programs["jwt-auth"], "createuser", "test", "--password-stdin"]
        subprocess.run(create, env=self.environment, check=True, input=b"test\n", stdout=subprocess.DEVNULL)

    def start(self):
        self.process = subprocess.Popen([self.program], env=self.environment, stdout=self.log, stderr=self.log)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


def server_programs():
    return next((os.path.dirname(found) for found in sorted(glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)), None)


class Postgres:
    """A server of its own, which keeps what it has acknowledged: `fsync` is on."""

    def __init__(self, folder):
        self.programs, self.port = server_programs(), free_port()
        self.data, self.log = os.path.join(folder, "data"), os.path.join(folder, "postgres.log")
        self.user = None
        if os.geteuid() == 0:
            # It does not run as root.
            self.user = pwd.getpwnam("postgres")
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.run("initdb", "-U", "jwt_auth", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D", self.data)
        self.start()

    def url(self):
        return f"postgres://jwt_auth@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
        self.run("pg_ctl", "start", "-w", "-D", self.data, "-l", self.log, "-o", options)

    def stop(self, mode):
        self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)

    def signal(self, number):
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
            main = file.readline().strip()
        with open(f"/proc/{main}/task/{main}/children", encoding="ascii") as file:
            children = file.read().split()
        for process in [main, *children]:
            try:
                os.kill(int(process), number)
            except ProcessLookupError:
                pass

    def connections(self):
        query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "jwt_auth", "-tAc", query, "postgres"]
        return int(self.run(*command))

    def run(self, program, *arguments):
        command = [os.path.join(self.programs, program), *arguments]
        become = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        # A server that is started would hold a pipe open.
        with tempfile.TemporaryFile() as output:
            subprocess.run(command, check=True, stdout=output, stderr=output, cwd="/", **become)
            output.seek(0)
            return output.read().decode()


def build(release):
    command = ["cargo", "build", "--locked", "--message-format=json-render-diagnostics"] + (["--release"] if release else [])
    command += ["-p", "jwt-auth", "-p", "jwt-auth-examples", "--all-features", "--bin", "jwt-auth", "--bin", "token_service"]
    output = subprocess.run(command, cwd=TOP, check=True, stdout=subprocess.PIPE).stdout
    messages = map(json.loads, output.splitlines())
    return {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
