#!/usr/bin/env python3
"""Kills the service, cuts its power or fills its disk, and restarts, freezes or holds up its database, while clients log in, refresh, log
out and open routes. Then it is looked whether anything that was acknowledged is forgotten:

- a refresh that was answered 200 is never refused afterwards, and a living session is never logged out;
- a token that was spent twice over is never accepted, and neither is one of a session that was logged out;
- in between there is 503 with `Retry-After`, or no connection, and nothing else;
- the service answers again within five seconds of its database taking connections, and leaks none of these.

    tests/faults/run.py [--store sqlite|postgres] [--kills 20] [--release]
        of SQLite: [--powers 3] [--fills 3]; of PostgreSQL: [--restarts 5] [--freezes 3] [--holds 2]
"""

import argparse
import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time

from machines import Postgres, Service, build, server_programs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--restarts", type=int, default=5)
    parser.add_argument("--freezes", type=int, default=3)
    parser.add_argument("--holds", type=int, default=2)
    parser.add_argument("--powers", type=int, default=3)
    parser.add_argument("--fills", type=int, default=3)
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
        service = Service(programs, url, folder, keeps=database is None and options.powers > 0)
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
        faults += ["restart"] * options.restarts + ["freeze"] * options.freezes + ["hold"] * options.holds
    else:
        faults += ["power"] * options.powers + ["fill"] * options.fills
    random.shuffle(faults)
    slowest = 0.0
    for fault in faults:
        time.sleep(random.uniform(0.2, 0.8))
        if fault == "kill":
            service.kill()
            service.start()
        elif fault == "power":
            service.cut_power()
            service.start()
        elif fault == "fill":
            before = state.count["503"]
            service.fill(True)
            time.sleep(random.uniform(0.5, 2.0))
            service.fill(False)
            if state.count["503"] == before:
                state.faults.append("nobody was told that the disk is full")
        elif fault == "hold":
            database.hold(random.uniform(2.0, 8.0))
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
    played = f"{options.store}: {options.kills} kills, "
    if database:
        played += f"{options.restarts} restarts, {options.freezes} freezes, {options.holds} holds"
    else:
        played += f"{options.powers} power failures, {options.fills} full disks"
    return verdict(state, f"{played}, slowest recovery {slowest:.2f} s{leak}", "nothing forgotten")


def verdict(state, played, good):
    """Prints what was played, what the clients did meanwhile, and what was found; answers the exit code."""
    count = state.count
    print(
        f"{played}: {count['refreshes']} refreshes, {count['logins']} logins, {count['logouts']} logouts acknowledged, "
        f"{count['unanswered']} unanswered, {count['503']} times 503: "
        + (good if not state.faults else f"{len(state.faults)} FAULTS")
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


if __name__ == "__main__":
    sys.exit(main())
