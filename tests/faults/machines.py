"""The service and its database, which can be killed, frozen, filled and cut off."""

import glob
import json
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "..", ".."))
KEY = "a key for a measurement, of no use to anybody"


class Service:
    """`token_service`. With `keeps` it runs on files that a power failure can be played on."""

    def __init__(self, programs, url, folder, keeps=False):
        self.port, self.program, self.process, self.folder = free_port(), programs["token_service"], None, folder
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
        if keeps:
            self.keep_what_is_durable()

    def keep_what_is_durable(self):
        """From now on each file is copied whenever it is fsynced: see power.c."""
        library = os.path.join(self.folder, "power.so")
        source = os.path.join(HERE, "power.c")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", library, source, "-pthread"], check=True)
        os.mkdir(os.path.join(self.folder, "durable"))
        for name in self.files():
            shutil.copy(os.path.join(self.folder, name), os.path.join(self.folder, "durable", name))
        self.environment |= {"LD_PRELOAD": library, "POWER_FOLDER": self.folder}

    def files(self):
        return [name for name in os.listdir(self.folder) if name.startswith("app.db")]

    def start(self):
        # Python's children may be killed by SIGXFSZ; a program that is not sees a full disk as an error.
        self.process = subprocess.Popen([self.program], env=self.environment, stdout=self.log, stderr=self.log, restore_signals=False)

    def cut_power(self):
        """Ends it, and leaves of its files what they held at their last fsync."""
        self.kill()
        for name in self.files():
            durable = os.path.join(self.folder, "durable", name)
            # The index of the log is in memory, and one that was never synced need not exist.
            if os.path.exists(durable) and not name.endswith("-shm"):
                shutil.copy(durable, os.path.join(self.folder, name))
            else:
                os.remove(os.path.join(self.folder, name))

    def fill(self, is_full):
        """Whether there is room on its disk: beyond the first page of a file nothing can be written."""
        most = 4096 if is_full else resource.RLIM_INFINITY
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most, hard))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


def server_programs():
    return next((os.path.dirname(found) for found in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)), None)


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

    def hold(self, seconds):
        """Holds up every statement on sessions for so long, until all connections of the service wait."""
        lock = f"BEGIN; LOCK TABLE jwt_auth_sessions; SELECT pg_sleep({seconds}); COMMIT"
        self.run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "jwt_auth", "-qc", lock, "postgres")

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
