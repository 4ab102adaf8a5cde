#!/usr/bin/env python3
"""How much memory logins cost: starts `token_service` in release with an SQLite file, logs in 10,000 times, 32 at a time, and
compares the resident memory with 29 MiB and 19 MiB for each thread that hashes. Prints it on the way, too: it must be flat.

    tests/memory/run.py [LOGINS [AT_A_TIME]]
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BASE, EACH = 29, 19  # MiB


def main():
    logins, at_a_time = (int(word) for word in (sys.argv[1:] + ["10000", "32"][len(sys.argv) - 1 :])[:2])
    programs = build()
    hashing = max((len(os.sched_getaffinity(0)) - 1), 1)
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite://{folder}/app.db",
            "JWT_AUTH_SIGNING_KEY": "a key for a measurement, of no use to anybody",
            "BIND": f"127.0.0.1:{free_port()}",
        }
        subprocess.run([programs["jwt-auth"], "migrate"], env=environment, check=True)
        create = [programs["jwt-auth"], "createuser", "test", "--password-stdin"]
        subprocess.run(create, env=environment, check=True, input=b"test\n")
        with open(os.path.join(folder, "log"), "w+b") as log:
            service = subprocess.Popen([programs["token_service"]], env=environment, stdout=log, stderr=log)
            try:
                host, port = environment["BIND"].split(":")
                wait_for(service, host, int(port))
                report(service.pid, 0, 0)
                seconds = run(service.pid, host, int(port), logins, at_a_time)
                resident = report(service.pid, logins, seconds)
            finally:
                service.send_signal(signal.SIGTERM)
                service.wait(30)
    allowed = BASE + EACH * hashing
    verdict = "within" if resident <= allowed else "OVER"
    print(f"{resident:.1f} MiB after {logins} logins, {at_a_time} at a time, {hashing} hashing: {verdict} {allowed} MiB")
    return 0 if resident <= allowed else 1


def build():
    command = ["cargo", "build", "--release", "--locked", "--message-format=json-render-diagnostics"]
    command += ["-p", "jwt-auth", "--features", "jwt-auth/cli", "--bin", "jwt-auth"]
    command += ["-p", "jwt-auth-examples", "--bin", "token_service"]
    output = subprocess.run(command, cwd=TOP, check=True, stdout=subprocess.PIPE).stdout
    messages = map(json.loads, output.splitlines())
    return {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}


def run(pid, host, port, logins, at_a_time):
    """Logs in so many times; the seconds it took."""
    left, lock, faults = iter(range(1, logins + 1)), threading.Lock(), []
    begin = time.monotonic()

    def work():
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            while True:
                with lock:
                    count = next(left, None)
                if count is None or faults:
                    return
                log_in(connection)
                if count % max(logins // 10, 1) == 0 and count < logins:
                    report(pid, count, time.monotonic() - begin)
        except Exception as error:  # a thread's own would be lost
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(at_a_time)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.monotonic() - begin


def log_in(connection):
    while True:
        body = json.dumps({"username": "test", "password": "test"})
        connection.request("POST", "/api/token/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status == 200:
            return
        assert answer.status == 503, (answer.status, text)  # a busy machine
        time.sleep(float(answer.headers["Retry-After"]))


def report(pid, count, seconds):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(re.findall(r"^(\w+):\s+(\d+)", status.read(), re.MULTILINE))
    resident = int(fields["VmRSS"]) / 1024
    peak = int(fields["VmHWM"]) / 1024
    print(f"   {count:6} logins, {seconds:6.1f} s: {resident:6.1f} MiB resident, {peak:6.1f} at most, {fields['Threads']} threads", flush=True)
    return resident


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(service, host, port):
    for _ in range(300):
        assert service.poll() is None, "the service ended"
        try:
            return socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the service does not listen")


if __name__ == "__main__":
    sys.exit(main())
