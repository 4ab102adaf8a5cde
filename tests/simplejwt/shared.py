"""Django and token_service on one database: what one does, the other sees."""

import concurrent.futures
import json
import os
import re
import subprocess

import recipes
import servers

ROTATING = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}


class Shared:
    """Both services on one database, and the checks made so far."""

    def __init__(self, databases, url, settings, django, service):
        self.databases, self.url, self.settings = databases, url, settings
        self.django, self.service = django, service
        self.count, self.failures = 0, []

    def check(self, name, holds, shown=""):
        """Notes a check."""
        self.count += 1
        if not holds:
            self.failures.append(f"{name}: {shown}")

    def expect(self, name, status, *request):
        """Checks the status of a request, and gives the answer's body."""
        got, body = self.ask(*request)
        self.check(name, got == status, f"status {got}, expected {status}: {body}")
        return body

    @staticmethod
    def ask(port, path, body=None, token=None):
        """Sends a request."""
        wanted = {"method": "GET" if body is None else "POST", "path": path, "headers": {}}
        if token:
            wanted["headers"]["Authorization"] = f"Bearer {token}"
        if body is not None:
            wanted["json"] = body
        status, _, text = servers.request(port, wanted)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, {}

    def login(self, port, name="test", password=None):
        """A token pair of one of the two."""
        return self.ask(port, "/api/token/", {"username": name, "password": password or name})[1]

    def rows(self, statement, *arguments):
        """Rows of the database."""
        return self.databases.run(self.url, statement, arguments)

    def orm(self, script):
        """Runs a script in Django and gives what it prints, as JSON."""
        code = "import json, project\nfrom rest_framework_simplejwt.token_blacklist.models import *\n"
        code += "from django.contrib.auth.models import User\nfrom django.utils import timezone\n" + script
        return json.loads(servers.python(self.url, self.settings, "-c", code))


def compare(binary, command, databases, folder):
    """Every check; gives how many there were and which did not hold."""
    count, failures = 0, []
    base = {"SIGNING_KEY": "reference-secret-key-of-at-least-sixty-four-bytes-0123456789abcdef"}
    for settings, checks in [
        (base | ROTATING, [both_ways, blacklists, rotation, passwords, rows, foreign_rows, races, flush]),
        (base | {"CHECK_REVOKE_TOKEN": True}, [revocation]),
    ]:
        for check in checks:
            url = databases.copy()
            with servers.django(settings, url, folder, workers=2) as django:
                with servers.service(binary, settings, url, folder) as service:
                    shared = Shared(databases, url, settings, django, service)
                    shared.command = [command]
                    check(shared)
                    count += shared.count
                    failures += [f"{check.__name__}: {failure}" for failure in shared.failures]
    return count, failures


def both_ways(shared):
    """Tokens of each are good at the other."""
    for here, there, name in [(shared.django, shared.service, "Django's"), (shared.service, shared.django, "ours")]:
        pair = shared.login(here)
        for route in ("some-protected", "stateless-protected", "public"):
            shared.expect(f"{name} access: {route}", 200, there, f"/api/{route}-route/", None, pair["access"])
        for token in pair.values():
            shared.expect(f"{name}: verify", 200, there, "/api/token/verify/", {"token": token})
        shared.expect(f"{name}: refresh", 200, there, "/api/token/refresh/", {"refresh": pair["refresh"]})
        sliding = shared.ask(here, "/api/token/sliding/", {"username": "test", "password": "test"})[1]
        shared.expect(f"{name}: sliding refresh", 200, there, "/api/token/sliding/refresh/", sliding)


def blacklists(shared):
    """Blacklisted at one, refused by the other."""
    for here, there, name in [(shared.django, shared.service, "there"), (shared.service, shared.django, "here")]:
        refresh = shared.login(here)["refresh"]
        shared.expect(f"blacklisted {name}", 200, here, "/api/token/blacklist/", {"refresh": refresh})
        for port in (here, there):
            shared.expect(f"{name}: refresh", 401, port, "/api/token/refresh/", {"refresh": refresh})
            shared.expect(f"{name}: blacklist again", 401, port, "/api/token/blacklist/", {"refresh": refresh})
            shared.expect(f"{name}: verify", 400, port, "/api/token/verify/", {"token": refresh})
        foreign = shared.login(there)["refresh"]
        shared.expect(f"the other's, {name}", 200, here, "/api/token/blacklist/", {"refresh": foreign})
        shared.expect(f"the other's, refused, {name}", 401, there, "/api/token/refresh/", {"refresh": foreign})


def rotation(shared):
    """Rotated at one, its replay is refused by the other, and the next one is good."""
    for here, there, name in [(shared.django, shared.service, "there"), (shared.service, shared.django, "here")]:
        first = shared.login(here)["refresh"]
        second = shared.expect(f"rotate {name}", 200, here, "/api/token/refresh/", {"refresh": first})["refresh"]
        for port in (here, there):
            shared.expect(f"replay, {name}", 401, port, "/api/token/refresh/", {"refresh": first})
        third = shared.expect(f"the next, {name}", 200, there, "/api/token/refresh/", {"refresh": second})["refresh"]
        shared.expect(f"and the next, {name}", 200, here, "/api/token/refresh/", {"refresh": third})


def passwords(shared):
    """Every hash logs in at both, and a changed password counts at once."""
    for user in ("test", "h_pbkdf2_sha256", "h_pbkdf2_sha1", "h_argon2", "h_bcrypt_sha256", "h_scrypt", "h_bcrypt", "h_empty"):
        password = "test"
        statuses = [
            shared.ask(port, "/api/token/", {"username": user, "password": password})[0]
            for port in (shared.service, shared.django, shared.service)
        ]
        shared.check(f"{user} logs in equally", len(set(statuses)) == 1, statuses)
    shared.orm("user = User.objects.get(username='test'); user.set_password('changed'); user.save(); print('1')")
    shared.expect("the old password", 401, shared.service, "/api/token/", {"username": "test", "password": "test"})
    shared.expect("the new password", 200, shared.service, "/api/token/", {"username": "test", "password": "changed"})
    environment = dict(os.environ) | {"DATABASE_URL": shared.url}
    change = [*shared.command, "changepassword", "test", "--password-stdin"]
    environment |= servers.as_environment(shared.settings)
    done = subprocess.run(change, env=environment, input=b"once more", capture_output=True)
    shared.check("changepassword", done.returncode == 0, done.stderr)
    shared.expect("changed here, login there", 200, shared.django, "/api/token/", {"username": "test", "password": "once more"})
    shared.orm("User.objects.create_user('made', password='by Django'); print('1')")
    shared.expect("created by Django", 200, shared.service, "/api/token/", {"username": "made", "password": "by Django"})


def rows(shared):
    """Our rows as the ORM reads them."""
    pair = shared.login(shared.service, "u05")
    rotated = shared.ask(shared.service, "/api/token/refresh/", {"refresh": pair["refresh"]})[1]
    sliding = shared.ask(shared.service, "/api/token/sliding/", {"username": "u05", "password": "u05"})[1]["token"]
    found = shared.orm(
        "print(json.dumps([{'jti': row.jti, 'token': row.token, 'user': row.user_id, 'expires': row.expires_at.timestamp(),"
        " 'aware': timezone.is_aware(row.expires_at) and timezone.is_aware(row.created_at),"
        " 'age': (timezone.now() - row.created_at).total_seconds(), 'black': hasattr(row, 'blacklistedtoken')}"
        " for row in OutstandingToken.objects.filter(user_id=5)]))"
    )
    wanted = {pair["refresh"]: True, rotated["refresh"]: False, sliding: False}
    shared.check("one row a token", len(found) == 3, found)
    for row in found:
        claims = recipes.claims_of(row["token"])
        shared.check("the whole token is stored", row["token"] in wanted, row)
        shared.check("blacklisted or not", wanted.get(row["token"]) == row["black"], row)
        shared.check("its id", claims["jti"] == row["jti"], row)
        shared.check("expires_at is exp", claims["exp"] == row["expires"], row)
        shared.check("aware, and now", row["aware"] and abs(row["age"]) < 10, row)
    if shared.url.startswith("sqlite"):
        forms = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?"
        times = shared.rows("SELECT created_at, expires_at FROM token_blacklist_outstandingtoken")
        times += shared.rows("SELECT blacklisted_at, blacklisted_at FROM token_blacklist_blacklistedtoken")
        for time in {time for row in times for time in row}:
            shared.check("the text form is Django's", re.fullmatch(forms, time) is not None, time)


def foreign_rows(shared):
    """Tokens that neither wrote, spelled oddly: both write the same row when they blacklist one."""
    now, found = int(__import__("time").time()), {}
    for port in (shared.django, shared.service):
        payload = '{ "jti":"$HEX32","exp":%d.5, "token_type":"refresh","user_id":5,"x":[1.0, "\u00fc"],"iat":%d}' % (now + 600, now)
        recipe = {"header": {"kid": "a", "alg": "HS256"}, "payload_text": payload, "sign_with": {"alg": "HS256", "key": "SIGNING_KEY"}}
        token = recipes.make(recipe, shared.settings, now)
        shared.expect("blacklist", 200, port, "/api/token/blacklist/", {"refresh": token})
        columns = shared.rows("SELECT token, expires_at, user_id FROM token_blacklist_outstandingtoken ORDER BY id DESC LIMIT 1")[0]
        claims = recipes.claims_of(columns[0])
        found[port] = (recipes.decode(columns[0].split(".")[0]), list(claims), claims | {"jti": "any"}, *columns[1:])
    shared.check("the same row", found[shared.django] == found[shared.service], found)


def races(shared):
    """Of 16 parallel refreshes of one token exactly one succeeds, known to the tables or not."""
    now = int(__import__("time").time())
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for turn in range(6):
            known = shared.login(shared.service if turn % 2 else shared.django)["refresh"]
            claims = {"token_type": "refresh", "exp": now + 600, "iat": now, "jti": {"$uuid4hex": True}, "user_id": "1"}
            recipe = {"header": {"alg": "HS256", "typ": "JWT"}, "claims": claims, "sign_with": {"alg": "HS256", "key": "SIGNING_KEY"}}
            unknown = recipes.make(recipe, shared.settings, now)
            for name, token in (("known", known), ("unknown", unknown)):
                asked = [pool.submit(shared.ask, shared.service, "/api/token/refresh/", {"refresh": token}) for _ in range(16)]
                statuses = sorted(done.result()[0] for done in asked)
                shared.check(f"16 refreshes of a token that is {name}", statuses == [200] + [401] * 15, statuses)


def flush(shared):
    """Django flushes our rows, we flush Django's, and nothing comes back to life."""
    refresh = shared.login(shared.service)["refresh"]
    shared.ask(shared.service, "/api/token/blacklist/", {"refresh": refresh})
    for name in ("Django", "ours"):
        shared.orm(
            "OutstandingToken.objects.create(jti='old', token='x', expires_at=timezone.now() - timezone.timedelta(days=40));"
            " BlacklistedToken.objects.create(token=OutstandingToken.objects.get(jti='old')); print('1')"
        )
        if name == "Django":
            servers.manage(shared.url, shared.settings, "flushexpiredtokens")
        else:
            environment = dict(os.environ) | {"DATABASE_URL": shared.url} | servers.as_environment(shared.settings)
            done = subprocess.run([*shared.command, "flushexpiredtokens"], env=environment, capture_output=True)
            shared.check("flushexpiredtokens", done.returncode == 0, done.stderr)
        left = shared.rows("SELECT jti FROM token_blacklist_outstandingtoken WHERE jti = 'old'")
        shared.check(f"flushed by {name}", left == [], left)
        shared.expect(f"still blacklisted, {name}", 401, shared.service, "/api/token/refresh/", {"refresh": refresh})


def revocation(shared):
    """CHECK_REVOKE_TOKEN: after a changed password tokens of both are refused by both."""
    pairs = [shared.login(port, "u06") for port in (shared.service, shared.django)]
    # Django stores the password anew at its login; what was issued before is refused by both from then on.
    pairs = [shared.login(port, "u06") for port in (shared.service, shared.django)]
    for pair in pairs:
        for port in (shared.service, shared.django):
            shared.expect("before", 200, port, "/api/some-protected-route/", None, pair["access"])
    shared.orm("user = User.objects.get(username='u06'); user.set_password('new'); user.save(); print('1')")
    for pair in pairs:
        for port in (shared.service, shared.django):
            body = shared.expect("after", 401, port, "/api/some-protected-route/", None, pair["access"])
            shared.check("its code", body.get("code") == "password_changed", body)
    for port in (shared.service, shared.django):
        access = shared.login(port, "u06", "new")["access"]
        for other in (shared.service, shared.django):
            shared.expect("a new token", 200, other, "/api/some-protected-route/", None, access)
