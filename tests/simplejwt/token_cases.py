"""Odd tokens, header forms and users: the second half of the requests."""

from cases import FORMATS, OBTAIN, REFRESH, ROUTES, SLIDING, everywhere, get, post, raw, token

NOW = {"$now": 0}


def odd_tokens():
    """Tokens with every oddity at every place that takes one."""
    headers = {
        "typ missing": {"alg": "HS256"},
        "typ odd": {"alg": "HS256", "typ": "X"},
        "typ null": {"alg": "HS256", "typ": None},
        "kid": {"alg": "HS256", "typ": "JWT", "kid": "nobody"},
        "kid empty": {"alg": "HS256", "kid": ""},
        "kid number": {"alg": "HS256", "kid": 1},
        "kid null": {"alg": "HS256", "kid": None},
        "kid long": {"alg": "HS256", "kid": "k" * 500},
        "crit": {"alg": "HS256", "crit": ["exp"]},
        "crit empty": {"alg": "HS256", "crit": []},
        "zip": {"alg": "HS256", "zip": "DEF"},
        "jwk": {"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}},
        "jku": {"alg": "HS256", "jku": "http://127.0.0.1/"},
        "x5c": {"alg": "HS256", "x5c": ["AAAA"]},
        "cty": {"alg": "HS256", "cty": "JWT"},
        "b64 true": {"alg": "HS256", "b64": True},
        "b64 false": {"alg": "HS256", "b64": False},
        "alg none": {"alg": "none"},
        "alg lower": {"alg": "hs256"},
        "alg HS512": {"alg": "HS512"},
        "alg number": {"alg": 1},
        "alg null": {"alg": None},
        "alg missing": {"typ": "JWT"},
        "alg RS256": {"alg": "RS256"},
    }
    for name, header in headers.items():
        yield from everywhere(f"header {name}", lambda kind, header=header: token(kind, header=header))
    thens = ["append =", "append ==", "append .x", "append AAAA", "drop the last character", "empty the signature"]
    thens += ["drop the signature and its dot", "swap header and payload parts", "upper-case the header part"]
    thens += ["a newline after 20 characters", "a space before and after", "flip the first signature character"]
    thens += ["set unused bits of the last signature character", "pad the payload part with = and sign that"]
    for then in thens:
        if then == "a newline after 20 characters" or then == "a space before and after":
            continue
        yield from everywhere(then, lambda kind, then=then: token(kind, then=then))
    yield from everywhere("other key", lambda kind: token(kind, sign_with={"alg": "HS256", "key": "k" * 64}))
    yield from everywhere("HS512", lambda kind: token(kind, sign_with={"alg": "HS512", "key": "SIGNING_KEY"}))
    yield from times()
    yield from other_claims()
    yield from payloads()


def times():
    """exp, iat, nbf and refresh_exp of every type."""
    odd = [0, -1, 1, 1.5, 1e12, 1e20, 2**63, 2**70, 253402300799, 253402300800, True, False, "", "1", "x", [], {}, [1]]
    near = [{"$now": -1}, {"$now": 60}, {"$now": 60, "$type": "float"}, {"$now": 60, "$type": "str"}, {"$now": -60, "$type": "str"}]
    for claim in ("exp", "iat", "nbf"):
        for value in odd + near:
            yield from everywhere(f"{claim} {value!r}", lambda kind, claim=claim, value=value: token(kind, **{claim: value}))
    for claim in ("exp", "iat"):
        yield from everywhere(f"no {claim}", lambda kind, claim=claim: token(kind, **{claim: None}))
    for value in odd + near:
        made = token("sliding", refresh_exp=value)
        yield f"refresh_exp {value!r}", post("/api/token/sliding/refresh/", {"token": "<<T1>>"}) | {"tokens": {"T1": made}}
    made = token("sliding", refresh_exp=None)
    yield "no refresh_exp", post("/api/token/sliding/refresh/", {"token": "<<T1>>"}) | {"tokens": {"T1": made}}


def other_claims():
    """Ids, types, users, issuers, audiences, subjects."""
    odd = ["", " ", "x", 0, 1, 1.5, True, [], {}, ["1"], {"a": 1}]
    for claim in ("jti", "token_type", "sub", "aud", "iss"):
        for value in odd:
            yield from everywhere(f"{claim} {value!r}", lambda kind, claim=claim, value=value: token(kind, **{claim: value}))
    yield from everywhere("jti long", lambda kind: token(kind, jti={"$uuid4hex": True, "$fill_with_j_to": 254}))
    for claim in ("jti", "token_type", "user_id"):
        yield from everywhere(f"no {claim}", lambda kind, claim=claim: token(kind, **{claim: None}))
    for kind_given in ("access", "refresh", "sliding", "untyped", "Access"):
        yield from everywhere(f"type {kind_given}", lambda kind, given=kind_given: token(kind, token_type=given))
        for route in ("staff", "stateless staff"):
            yield f"no {claim}: {route}", get(route, "Bearer <<T1>>") | {"tokens": {"T1": token(**{claim: None})}}
    for name in (1.5, ["a"], {"a": 1}, True, "ü"):
        yield f"username {name!r}", get("stateless", "Bearer <<T1>>") | {"tokens": {"T1": token(username=name)}}
    users = ["\u001c1", "\u20031", "1", 1, "2", 2, "3", "4", "999", 999, "0", 0, -1, "-1", " 1 ", "1_0", "01", "+1", "1.0", 1.0, 1.5, "abc", ""]
    users += [True, False, [], {}, [1], 2**31, 2**40, 2**70, "0x1", "1e0", "\u0661"]
    for user in users:
        yield from everywhere(f"user_id {user!r}", lambda kind, user=user: token(kind, user_id=user))
        for route in ("staff", "stateless staff"):
            yield f"user_id {user!r}: {route}", get(route, "Bearer <<T1>>") | {"tokens": {"T1": token(user_id=user)}}
    for staff in (True, False, 1, 0, "true", "false", "", [], [0], {}, {"a": 1}, 0.0, "0"):
        for route in ("stateless", "stateless staff", "staff"):
            made = token(is_staff=staff, is_superuser=staff, username="claimed")
            yield f"is_staff {staff!r}: {route}", get(route, "Bearer <<T1>>") | {"tokens": {"T1": made}}
    extra = {"tenant": "acme", "n": 1.5, "big": 2**70, "ü": "😀", "deep": {"a": [1, {"b": None}]}, "nbf": {"$now": -5}}
    yield from everywhere("claims of the application", lambda kind: token(kind, **extra))


def payloads():
    """Payloads that are no object, or an object written oddly."""
    good = '"exp":$NOW+300,"iat":$NOW,"jti":"$HEX32","user_id":"1"'

    def with_type(text):
        return lambda kind: raw(text.replace("TYPE", kind))

    texts = ["", "null", "1", "[]", '"x"', "{", "{}x", "{} ", "x", "{'a':1}", '{"a":NaN}']
    texts += ['{"token_type":"TYPE",%s,"x":NaN}' % good, '{"token_type":"TYPE",%s,"x":"\\ud800"}' % good]
    texts += [' {"token_type" : "TYPE", %s } ' % good, '{"\\u0074oken_type":"TYPE",%s}' % good]
    texts += ['{"token_type":"TYPE",%s,"user_id":"3"}' % good, '{"token_type":"TYPE",%s,"exp":1}' % good]
    texts += ['{"token_type":"TYPE",%s,"token_type":"other"}' % good, '{"token_type":"TYPE",%s,"x":{"a":1,"a":2}}' % good]
    texts += ['{"token_type":"TYPE",%s,"x":%s}' % (good, "[" * 40 + "]" * 40), '{"token_type":"TYPE",%s,"x":1e400}' % good]
    texts += ['\ufeff{"token_type":"TYPE",%s}' % good, '{"token_type":"\\u0054YPE",%s}' % good, '{"token_type":"TYPE",%s,"":""}' % good]
    for text in texts:
        yield from everywhere(f"payload {text[:50]!r}{text[-20:]!r}", with_type(text))
    for name, data in {"not UTF-8": b'{"a":"\xff"}', "UTF-16": '{"a":1}'.encode("utf-16"), "empty": b""}.items():
        yield from everywhere(f"payload {name}", lambda kind, data=data: raw(data))


def headers():
    """Authorization headers of every form on every route."""
    forms = ["", " ", "Bearer", "Bearer ", "bearer <<T1>>", "BEARER <<T1>>", "Bearer <<T1>>", "Bearer  <<T1>>", " Bearer <<T1>>"]
    forms += ["Bearer\t<<T1>>", "Bearer <<T1>> ", "Bearer <<T1>> x", "Bearer a b c", "Basic dGVzdDp0ZXN0", "Token <<T1>>"]
    forms += ["<<T1>>", "Bearer,<<T1>>", 'Bearer "<<T1>>"', "Bearer <<T1>>,Bearer <<T1>>", "JWT <<T1>>", "Bearer x.y.z", "Bearer ü"]
    forms += ["Bearer <<T1>>.", "Bearer null", "Bearer undefined", "Bearer .."]
    for route in ("protected", "stateless", "staff", "stateless staff", "public"):
        for form in forms:
            yield f"header {form!r}: {route}", get(route, form) | {"tokens": {"T1": token(user_id="3", is_staff=True)}}
        yield f"no header: {route}", get(route)
        for others in (["Basic x", "Bearer <<T1>>"], ["Bearer <<T1>>", "Basic x"], ["Bearer <<T1>>", ""], ["", "Bearer <<T1>>"], ["Bearer", "x"]):
            yield f"headers {others}: {route}", get(route) | {"headers": {"Authorization": others}, "tokens": {"T1": token()}}
        for accept in ("image/png", "", "application/json;q=0", "application/*"):
            yield f"Accept {accept!r}: {route}", get(route, "Bearer x", Accept=accept)
        for format in FORMATS:
            yield f"{format}: {route}", get(route) | {"path": f"{ROUTES[route]}?{format}"}
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
            for header in (None, "Bearer <<T1>>", "Bearer x"):
                wanted = get(route, header) | {"method": method, "tokens": {"T1": token(user_id="3", is_staff=True)}}
                yield f"{method} {header}: {route}", wanted


def logins():
    """Every kind of user at both obtain views."""
    names = ["test", "inactive", "staff", "super", "nobody", "TEST", " test ", "h_pbkdf2_sha256", "h_pbkdf2_sha1", "h_argon2"]
    names += ["h_bcrypt_sha256", "h_bcrypt", "h_scrypt", "h_unusable", "h_empty", "u05"]
    for path in (OBTAIN, SLIDING):
        for name in names:
            for password in (name.strip(), "test") if name in names[:7] else ("test", "wrong"):
                yield f"{path} {name!r} {password!r}", post(path, {"username": name, "password": password})


def settings_cases(settings):
    """Tokens that matter under particular settings: renamed claims, audiences, headers, classes."""
    type_claim = settings.get("TOKEN_TYPE_CLAIM", "token_type")
    id_claim, user_claim = settings.get("JTI_CLAIM", "jti"), settings.get("USER_ID_CLAIM", "user_id")
    refresh_claim = settings.get("SLIDING_TOKEN_REFRESH_EXP_CLAIM", "refresh_exp")
    algorithm = settings.get("ALGORITHM", "HS256")
    audience, issuer = settings.get("AUDIENCE"), settings.get("ISSUER")
    user = "test" if settings.get("USER_ID_FIELD") == "username" else "1"

    def made(kind, leave=(), **changes):
        values = {type_claim: kind, "exp": {"$now": 300}, "iat": NOW, id_claim: {"$uuid4hex": True}}
        if kind == "sliding":
            values[refresh_claim] = {"$now": 3000}
        values[user_claim] = user
        values |= {"aud": audience} if audience else {}
        values |= {"iss": issuer} if issuer else {}
        values |= changes
        values = {name: value for name, value in values.items() if name is not None and name not in leave}
        header = {"alg": algorithm, "typ": "JWT"}
        return {"header": header, "claims": values, "sign_with": {"alg": algorithm, "key": "SIGNING_KEY"}}

    kinds = {"good": {}, "custom": {"tenant": "acme"}, "inactive": {user_claim: "inactive" if user == "test" else "2"}}
    kinds |= {"unknown": {user_claim: "nobody" if user == "test" else "999"}, "claim of ours": {"token_type": "access", "jti": "x"}}
    kinds |= {"id number": {id_claim: 7}, "user list": {user_claim: [1]}}
    kinds |= {f"exp {after:+}": {"exp": {"$now": after}} for after in (-12, -8, -2, 2)}
    kinds |= {f"iat {after:+}": {"iat": {"$now": after}} for after in (3, 8, 12)}
    kinds |= {"aud other": {"aud": "other"}, "aud list": {"aud": ["x", "aud-a"]}, "aud null": {"aud": None}, "iss other": {"iss": "other"}}
    for name, changes in kinds.items():
        yield from everywhere(name, lambda kind, changes=changes: made(kind, **changes))
        yield f"{name}: refresh on a route", get("protected", "Bearer <<T1>>") | {"tokens": {"T1": made("refresh", **changes)}}
        yield f"{name}: sliding on a route", get("protected", "Bearer <<T1>>") | {"tokens": {"T1": made("sliding", **changes)}}
    for leave in (type_claim, id_claim, user_claim, "exp", "iat", "aud", "iss", refresh_claim):
        yield from everywhere(f"without {leave}", lambda kind, leave=leave: made(kind, leave=(leave,)))
    for scheme in ("Bearer", "JWT", "bearer", "Token"):
        for header in ("Authorization", "X-Access-Token"):
            yield f"{header}: {scheme}", get("protected", f"{scheme} <<T1>>", header) | {"tokens": {"T1": made("access")}}
    for path in (OBTAIN, SLIDING):
        for name in ("test", "inactive", "nobody"):
            yield f"{path} {name}", post(path, {"username": name, "password": name})
    yield "refresh", post(REFRESH, {"refresh": "<<T1>>"}) | {"tokens": {"T1": made("refresh", jti="fixed" * 6)}}
    yield "refresh again", post(REFRESH, {"refresh": "<<T1>>"}) | {"tokens": {"T1": made("refresh", jti="fixed" * 6)}}
