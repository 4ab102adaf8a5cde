"""Django and token_service on free loopback ports, and the databases they stand on."""

import contextlib
import glob
import http.client
import json
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = os.path.join(HERE, "fixtures", "seed.json")


class Missing(Exception):
    """Something the suite needs is not on this machine."""


def free_port():
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(port, process, log):
    """Waits until a server accepts connections."""
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    process.kill()
    with open(log) as text:
        raise RuntimeError("the server did not start: " + text.read()[-2000:])


@contextlib.contextmanager
def running(command, environment, port, folder, name):
    """A server process for as long as the block lasts."""
    log = os.path.join(folder, f"{name}.log")
    with open(log, "w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=HERE)
    try:
        wait_until_up(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def as_environment(settings):
    """SIMPLE_JWT as the variables of token_service."""
    variables = {"JWT_AUTH_PROFILE": "simple_jwt", "JWT_AUTH_STORE": "django"}
    for name, value in settings.items():
        variables[f"JWT_AUTH_{name}"] = value if isinstance(value, str) else json.dumps(value)
    return variables


def service(binary, settings, url, folder, extra=None):
    """token_service with these settings on this database."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "BIND": f"127.0.0.1:{port}", "DATABASE_URL": url}
    environment |= as_environment(settings) | (extra or {})
    return running([binary], environment, port, folder, "service")


def django(settings, url, folder, workers=1):
    """The Django service with these settings on this database."""
    port = free_port()
    environment = dict(os.environ) | {"SIMPLE_JWT": json.dumps(settings), "DATABASE_URL": url}
    command = [sys.executable, "-m", "gunicorn", "project:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", "4", "--log-level", "critical", "--keep-alive", "30"]
    return running(command, environment, port, folder, "django")


def manage(url, settings, *arguments):
    """A command of the Django project."""
    python(url, settings, "project.py", *arguments)


def python(url, settings, *arguments):
    """Python that can import the Django project; gives what it prints."""
    environment = dict(os.environ) | {"SIMPLE_JWT": json.dumps(settings), "DATABASE_URL": url}
    return subprocess.run([sys.executable, *arguments], env=environment, cwd=HERE, check=True, stdout=subprocess.PIPE).stdout


class Sqlite:
    """Seeded SQLite files."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0
        self.seeded = os.path.join(folder, "seeded.db")
        manage(f"sqlite://{self.seeded}", {}, "migrate", SEED)

    def copy(self):
        """The address of a new copy of the seeded database."""
        self.count += 1
        path = os.path.join(self.folder, f"copy{self.count}.db")
        shutil.copy(self.seeded, path)
        return f"sqlite://{path}"

    @staticmethod
    def run(url, statement, arguments=()):
        """Runs a statement and gives its rows."""
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite://"), timeout=20)) as connection:
            rows = connection.execute(statement, arguments).fetchall()
            connection.commit()
            return rows

    def close(self):
        """Nothing runs."""


class Postgres:
    """A private PostgreSQL cluster with a seeded database."""

    def __init__(self, folder):
        self.port, self.count = free_port(), 0
        self.data = tempfile.mkdtemp(prefix="simplejwt-postgres-")
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            with contextlib.suppress(KeyError):
                shutil.chown(self.data, "postgres", "postgres")
        self.command("initdb", "-D", self.data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.command("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", f"{self.data}/log", "start")
        self.create("seeded")
        manage(self.url("seeded"), {}, "migrate", SEED)

    def url(self, name):
        """The address of a database."""
        return f"postgres://{self.user}@127.0.0.1:{self.port}/{name}"

    def create(self, name, template="template1"):
        """A new database."""
        self.run(self.url("postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def copy(self):
        """The address of a new copy of the seeded database."""
        self.count += 1
        self.create(f"copy{self.count}", "seeded")
        return self.url(f"copy{self.count}")

    @staticmethod
    def run(url, statement, arguments=()):
        """Runs a statement and gives its rows."""
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.replace("?", "%s"), arguments)
            return cursor.fetchall() if cursor.description else []

    def command(self, name, *arguments):
        """A program of PostgreSQL, which refuses to run as root."""
        found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[::-1]), None)
        if not found:
            raise Missing(f"PostgreSQL ({name}) is not installed")
        command = [os.path.realpath(found) if "/usr/lib" in os.path.realpath(found) else found, *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.data)

    def close(self):
        """Stops the cluster and removes it."""
        self.command("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.data, ignore_errors=True)


def request(port, wanted, tokens=None):
    """Sends a request as it is described and gives status, headers and body."""
    from recipes import with_tokens

    tokens = tokens or {}
    headers, body = with_tokens(dict(wanted.get("headers", {})), tokens), None
    if "json" in wanted:
        body = json.dumps(with_tokens(wanted["json"], tokens)).encode()
        headers.setdefault("Content-Type", "application/json")
    elif "body" in wanted:
        body = with_tokens(wanted["body"], tokens).encode("utf-8", "surrogatepass")
    elif "body_base64" in wanted:
        import base64

        body = base64.b64decode(wanted["body_base64"])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest(wanted["method"], with_tokens(wanted["path"], tokens), skip_accept_encoding=True)
        for name, values in headers.items():
            # A list is a header that is sent several times.
            for value in [values] if isinstance(values, str) else values:
                connection.putheader(name, value.encode("latin-1", "replace"))
        if wanted.get("chunked"):
            connection.putheader("Transfer-Encoding", "chunked")
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        elif body is not None or wanted["method"] in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
