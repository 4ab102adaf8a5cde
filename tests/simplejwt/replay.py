"""Replays the recorded answers of the real SimpleJWT (fixtures/) on token_service."""

import glob
import json
import os
import re
import time

import recipes
import servers
from differences import RECORDED, WANTED, record
from matching import Difference, match, same_row


def replay(binary, databases, folder, only=""):
    """Runs every recorded case; gives how many there were, what was wanted of the differences, and what was not."""
    count, wanted, unwanted = 0, {}, []
    for path in sorted(glob.glob(os.path.join(servers.HERE, "fixtures", "*-*.json"))):
        with open(path) as text:
            config = json.load(text)
        if only not in os.path.basename(path):
            continue
        groups = [config["cases"]] if "cases" in config else [steps_of(found) for found in config["sequences"]]
        for steps in groups:
            url = databases.copy()
            environment = {name: value for name, value in config["environment"].items()}
            with servers.service(binary, {}, url, folder, environment) as port:
                run = Replay(config["settings"], databases, url, port)
                for step in steps:
                    count += "name" in step
                    try:
                        run.step(step)
                    except (Difference, KeyError) as difference:
                        known = WANTED + RECORDED
                        record(step.get("name", "setup"), str(difference), wanted, unwanted, known)
    return count, wanted, unwanted


def steps_of(sequence):
    """A sequence is a list of steps, or an object with one."""
    return sequence if isinstance(sequence, list) else sequence["steps"]


class Replay:
    """One service on one database, and the tokens kept so far."""

    def __init__(self, settings, databases, url, port):
        self.settings, self.databases, self.url, self.port = settings, databases, url, port
        self.tokens = {}

    def step(self, step):
        """Does a step, and compares when it is a case."""
        now = int(time.time())
        if "sql" in step:
            self.databases.run(self.url, step["sql"], self.arguments(step))
        elif "define" in step:
            for name, recipe in step["define"].items():
                self.tokens[name] = recipes.make(recipe, self.settings, now)
        elif "query" in step:
            rows = self.databases.run(self.url, step["query"], self.arguments(step))
            expected = step["expected"] if isinstance(step["expected"], list) else step["expected"]["rows"]
            if len(rows) != len(expected) or not all(map(same_row, expected, rows)):
                raise Difference(f"rows {rows}, expected {expected}")
        else:
            self.send(step, now)

    def send(self, step, now):
        """Sends a request and keeps what is to be kept of the answer."""
        wanted = step.get("setup") or step["request"]
        made = {name: recipes.make(recipe, self.settings, now) for name, recipe in wanted.get("tokens", {}).items()}
        status, headers, body = servers.request(self.port, wanted, self.tokens | made)
        for name, member in (wanted.get("save") or step.get("save") or {}).items():
            try:
                self.tokens[name] = json.loads(body)[member]
            except (ValueError, KeyError):
                raise Difference(f"status {status}, nothing to keep as {name}") from None
        if "setup" not in step:
            self.compare(step, status, headers, body, now)

    def compare(self, step, status, headers, body, now):
        """Compares an answer with the recorded one."""
        expected = step["expected"]
        if status in step.get("also_allowed", {}).get("status", []):
            return
        if expected.get("status") is None:
            wanted = str(expected.get("status_class", status))
            if str(status)[0] != wanted[0]:
                raise Difference(f"status {status}, expected {wanted}")
            return
        statuses = expected["status"] if isinstance(expected["status"], list) else [expected["status"]]
        # A path without its slash may be answered as if the slash were there.
        if statuses == [301]:
            return
        if status not in statuses:
            raise Difference(f"status {status}, expected {statuses}")
        html = "html" in (expected.get("headers", {}).get("content-type") or "")
        if status == 404 or html:
            return
        media_type = (expected.get("headers", {}).get("content-type") or "").split(";")[0]
        if media_type and (headers.get("content-type") or "").split(";")[0] != media_type:
            raise Difference(f"content-type {headers.get('content-type')}, expected {media_type}")
        challenge = expected.get("headers", {}).get("www-authenticate")
        if len(statuses) == 1 and headers.get("www-authenticate") != challenge:
            raise Difference(f"www-authenticate {headers.get('www-authenticate')}, expected {challenge}")
        if expected.get("body") is not None:
            match(expected["body"], json.loads(body), now, self.settings)

    def arguments(self, step):
        """The arguments of a statement: `jti of <<x>>` is that claim of token x."""
        found = [re.fullmatch(r"jti of <<(\w+)>>", str(argument)) for argument in step.get("args", [])]
        return [
            recipes.claims_of(self.tokens[name[1]])["jti"] if name else argument
            for name, argument in zip(found, step.get("args", []))
        ]
