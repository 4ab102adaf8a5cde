"""Follows every link of the documentation that cargo doc has written: `python3 links.py target/doc`.

A link to a page of ours on docs.rs counts as one to the page that was written here.
"""

import os
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

ROOT = "https://docs.rs/jwt-auth/latest/"
OURS = ("jwt_auth", "jwt_auth_macros")
# From the documentation of tracing's blanket impls, which rustdoc repeats on every page.
THEIRS = ("dispatcher",)


class Page(HTMLParser):
    """The links and the ids of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if attributes.get("id"):
            self.ids.add(attributes["id"])


def main(top):
    pages = {}

    def page(path):
        if path not in pages:
            pages[path] = Page(path)
        return pages[path]

    followed, dead = 0, []
    for crate in OURS:
        for folder, _, files in os.walk(os.path.join(top, crate)):
            for name in (name for name in files if name.endswith(".html")):
                path = os.path.join(folder, name)
                for link in page(path).links:
                    target, fragment = urldefrag(link)
                    if target.startswith(ROOT):
                        target = os.path.join(top, target[len(ROOT) :])
                    elif "://" in target or target.startswith(("mailto:", "javascript:")) or target in THEIRS or "::" in target:
                        continue
                    else:
                        target = os.path.join(folder, unquote(target)) if target else path
                    target = os.path.normpath(target)
                    if os.path.isdir(target):
                        target = os.path.join(target, "index.html")
                    followed += 1
                    if not os.path.isfile(target):
                        dead.append(f"{path}: {link}")
                    elif fragment and "/src/" not in target and not exists(page(target), fragment):
                        dead.append(f"{path}: {link}: no such place in the page")
    print(f"{followed} links followed, {len(dead)} dead")
    print("\n".join(dead[:40]))
    assert followed > 1000, "the documentation has moved"
    return 1 if dead else 0


def exists(page, fragment):
    # rustdoc links to hidden and to derived trait methods, and does not write them down.
    return fragment in page.ids or unquote(fragment) in page.ids or fragment.startswith("tymethod.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
