"""Every difference from SimpleJWT that is wanted, with its reason. Reviewed by hand; one that no longer occurs is an error.

A difference is (pattern of the case, pattern of what differs, reason).
"""

import re

OTHER_ANSWER = r"status 200 there, 401 here|'Token is invalid' here"

NOBODY = r"status (200|403) there, 401 here|status 401, expected|no recognizable user|User not found"

WANTED = [
    (r"append =|pad the payload", r"status 200 there, 401 here", "base64url in a token has no padding (RFC 7515, 2)"),
    (r"without slash", r"status 301 there", "a path without its slash is answered, not redirected"),
    (
        r"payload .*(\"user_id\":\"3\"|token_type\":\"other|\"a\":1,\"a\":2|\"exp\":1)",
        OTHER_ANSWER,
        "a name given twice is ambiguous: which one counts differs between readers (RFC 7519, 4)",
    ),
    (
        r"duplicate claim (token_type|exp, past last)",
        r"'Token is invalid', expected 'Token (has wrong type|is expired)'",
        "what is refused for a name given twice is refused before anything else in it is read",
    ),
    (r"payload .*\]\]\]\]", OTHER_ANSWER, "JSON nested deeper than 32 levels is work for an attacker"),
    (r"payload .*(NaN|1e400)", OTHER_ANSWER, "it is no JSON (RFC 8259, 6), or no number that others can read"),
    (r"payload .*ud800", OTHER_ANSWER, "half of a surrogate pair is no text (RFC 8259, 8.2)"),
    (r"payload '\\ufeff", r"status 200 there, 401 here|'Token is invalid' here", "JSON begins with no byte order mark (RFC 8259, 8.1)"),
    (r"payload UTF-16", OTHER_ANSWER, "JSON is UTF-8 (RFC 8259, 8.1)"),
    (
        r"revoke.*/api/token/.* test",
        r"hash_password|\.hp",
        "Django stores the password anew at every login with an outdated hash; here a setting says whether",
    ),
    (r" encoded$", r"here", "axum matches a path as it is written, without decoding it"),
    (r" chunked$", r"here", "a body in chunks (RFC 9112, 7.1) is read; behind WSGI Django takes it for an empty one"),
    (r"/id number", r"here", "an id that is no text is in no table (RFC 7519, 4.1.7)"),
    (r"email/user list|names/user list", r"status 200 there, 401 here", "a list names nobody"),
    (r"user_id '\u0661'", r"there, 401 here", "an id in digits of another script is nobody's"),
    (r"(no|without) (user_id|sub): /api/token/(refresh|blacklist)|refresh: without (user_id|sub)$", NOBODY, "a refresh token that names nobody is good for nothing"),
    (r"user_id ''", NOBODY, "the empty text names nobody"),
]

# Of recorded answers alone.
RECORDED = [
    (r"/blacklist/.*no user_id", NOBODY, "a refresh token that names nobody is good for nothing"),
    (r"/blacklist/rows of the special ones", r"rows ", "a refresh token that names nobody is written to no table"),
    (r"user_id null", NOBODY, "`null` names nobody"),
]


def record(case, difference, wanted, unwanted, known=WANTED):
    """Sorts a difference into the wanted and the others."""
    for entry in known:
        if re.search(entry[0], case) and re.search(entry[1], difference):
            wanted[entry] = wanted.get(entry, 0) + 1
            return
    unwanted.append(f"{case}: {difference}")
