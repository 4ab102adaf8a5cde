"""The requests that both services are asked, by groups. A case is (name, request); a token in it is made once for both."""

import base64

SIGNED = {"alg": "HS256", "key": "SIGNING_KEY"}
OBTAIN, REFRESH, VERIFY, BLACKLIST = "/api/token/", "/api/token/refresh/", "/api/token/verify/", "/api/token/blacklist/"
SLIDING, SLIDING_REFRESH = "/api/token/sliding/", "/api/token/sliding/refresh/"
ROUTES = {
    "protected": "/api/some-protected-route/",
    "stateless": "/api/stateless-protected-route/",
    "staff": "/api/staff-route/",
    "stateless staff": "/api/stateless-staff-route/",
    "public": "/api/public-route/",
}
FORMATS = ["format=json", "format=xml", "format=", "format=json&format=xml", "format=%6ason", "Format=xml", "format=JSON"]
# View, the field with the token, the type of the token.
TOKEN_VIEWS = [
    (REFRESH, "refresh", "refresh"),
    (VERIFY, "token", "access"),
    (BLACKLIST, "refresh", "refresh"),
    (SLIDING_REFRESH, "token", "sliding"),
]


def claims(kind="access", **changes):
    """The claims of a good token, and what is changed; a value of None leaves the claim out."""
    values = {"token_type": kind, "exp": {"$now": 300}, "iat": {"$now": 0}, "jti": {"$uuid4hex": True}}
    if kind == "sliding":
        values["refresh_exp"] = {"$now": 3000}
    values["user_id"] = "1"
    values |= changes
    return {name: value for name, value in values.items() if value is not None}


def token(kind="access", header=None, then=None, sign_with=None, **changes):
    """A recipe."""
    recipe = {"header": header or {"alg": "HS256", "typ": "JWT"}, "claims": claims(kind, **changes)}
    recipe["sign_with"] = sign_with or SIGNED
    return recipe | ({"then": then} if then else {})


def raw(payload, sign_with=None, header_text=None):
    """A recipe with the very bytes of a payload."""
    recipe = {"header": {"alg": "HS256", "typ": "JWT"}, "sign_with": sign_with or SIGNED}
    if header_text:
        recipe["header_text"] = header_text
    key = "payload_text" if isinstance(payload, str) else "payload_base64"
    return recipe | {key: payload if isinstance(payload, str) else base64.b64encode(payload).decode()}


def post(path, body, **headers):
    """A POST of JSON."""
    return {"method": "POST", "path": path, "json": body, "headers": headers}


def text(path, body, content_type):
    """A POST of a text as it stands."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    return {"method": "POST", "path": path, "body": body, "headers": headers}


def get(route, header=None, name="Authorization", **headers):
    """A GET of a resource route."""
    return {"method": "GET", "path": ROUTES[route], "headers": ({name: header} if header else {}) | headers}


def everywhere(name, make, sign_with=None):
    """A kind of token at every view and on three routes; `make(kind)` gives the recipe."""
    for path, field, kind in TOKEN_VIEWS:
        yield f"{name}: {path}", post(path, {field: "<<T1>>"}) | {"tokens": {"T1": make(kind)}}
    for route in ("protected", "stateless", "public"):
        yield f"{name}: {route}", get(route, "Bearer <<T1>>") | {"tokens": {"T1": make("access")}}


def shapes():
    """Bodies of every shape at every view."""
    login = {"username": "test", "password": "test"}
    values = ["", "   ", "\u00a0", "\u2003\u3000", "\u200b", "\x1c\x1d", None, 0, 1, -1, 1.5, 1e3, 1e16, 1e-5, 1e22]
    values += [123456789012345678901234567890, True, False, [], {}, [1], {"a": 1}, "a\x00b", "ü", "😀", "x" * 300]
    values += ["\ud800", "a\udfffb", "\ud83d\ude00"]
    for path, fields in [(OBTAIN, login), (SLIDING, login)] + [(view[0], {view[1]: "x.y.z"}) for view in TOKEN_VIEWS]:
        for field in fields:
            # A password costs both services a quarter of a second: one of the two views with the same serializer will do.
            for value in values if path != SLIDING else values[:4]:
                yield f"{path} {field}={value!r:.40}", post(path, fields | {field: value})
            yield f"{path} without {field}", post(path, {k: v for k, v in fields.items() if k != field})
        yield from documents(path, fields)
        yield from forms(path, fields)
        yield from methods(path, fields)


def documents(path, fields):
    """JSON that is none, or not an object, and other media types."""
    json = "application/json"
    bodies = ["", " ", "{}", "[]", "[1]", '"a"', "1", "1.5", "-1e5", "true", "false", "null", "NaN", "Infinity", "-Infinity"]
    bodies += ['{"a":NaN}', "{", '{"a"', '{"a":}', '{"a":1,}', "{'a':1}", '{"a":1}x', '{"a":01}', '{"a":"\\x"}', '{"a":"\n"}']
    bodies += ["\ufeff{}", '{"a":1,"a":2}', "[" * 50 + "]" * 50, '{"a":' + "[" * 50 + "]" * 50 + "}", "//", '{"a":1e999}']
    for body in bodies:
        yield f"{path} JSON {body[:30]!r}", text(path, body, json)
    field = next(iter(fields))
    yield f"{path} same name twice", text(path, '{"%s":"a","%s":[]}' % (field, field), json)
    yield f"{path} escapes", text(path, '{"\\u%04x%s":null}' % (ord(field[0]), field[1:]), json)
    types = [None, "", "application/json; charset=utf-8", "application/json;charset=latin-1", "APPLICATION/JSON", "text/json"]
    types += ["application/*", "*/*", "application/jsonx", "text/plain", "json", "application/json, text/plain", "a" * 300]
    types += ["application/vnd.api+json", "application/xml", "application/json;", ";", "application/json; charset=nonsense"]
    types += ["application/json; x=" + "y" * n for n in (230, 250)] + ["Application/Json;; Charset=UTF-8 ;x", "a/b; ü=ü"]
    types += ["application/json; charset=" + name for name in ("hex", "undefined", "utf-16", "utf-8-sig", "hex; charset=utf-8", "<l1>")]
    for kind in types:
        yield f"{path} as {kind!r:.40}", text(path, "{}", kind)
        yield f"{path} empty as {kind!r:.40}", text(path, "", kind)
    invalid = {"method": "POST", "path": path, "headers": {"Content-Type": json}}
    yield f"{path} not UTF-8", invalid | {"body_base64": base64.b64encode(b'{"a":"\xff"}').decode()}
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1"):
        coded = {"body_base64": base64.b64encode(('{"%s":"ü"}' % field).encode(name)).decode()}
        for charset in (name, "utf-16", "utf-8"):
            kind = {"method": "POST", "path": path, "headers": {"Content-Type": f"{json}; charset={charset}"}}
            yield f"{path} {name} as {charset}", kind | coded
    for body in ('{"\\ud800":1}', '{"%s":%s}' % (field, "1" * 4300), '{"%s":%s}' % (field, "1" * 4301)):
        yield f"{path} odd member {body[:30]!r}{len(body)}", text(path, body, json)


def forms(path, fields):
    """Forms, urlencoded and in parts."""
    form = "application/x-www-form-urlencoded"
    field = next(iter(fields))
    bodies = ["", "&", "=", field, f"{field}=", f"{field}=a", f"{field}=a&{field}=b", f"{field}=%00", f"{field}=+a+"]
    bodies += [f"{field}=%C3%BC", f"{field}=%FF", f"{field}=%zz", f"{field}=a;b=c", f"%{ord(field[0]):02x}{field[1:]}=a"]
    bodies += ["&".join(f"{name}={value}" for name, value in fields.items()), f"{field}=%ED%A0%80", "a=" + "b" * 3000]
    for body in bodies:
        yield f"{path} form {body[:30]!r}", text(path, body, form)
    yield f"{path} form in latin-1", text(path, f"{field}=%FC", form + "; charset=latin-1")
    raw = {"method": "POST", "path": path, "body_base64": base64.b64encode(f"{field}=ü%FC+".encode("latin-1")).decode()}
    for charset in ("latin-1", "utf-8", "hex"):
        yield f"{path} raw form in {charset}", raw | {"headers": {"Content-Type": f"{form}; charset={charset}"}}

    def part(name, value, more=""):
        return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'

    whole = "".join(part(name, value) for name, value in fields.items())
    multipart = "multipart/form-data; boundary=B"
    bodies = [whole + "--B--\r\n", whole, "--B--\r\n", "", "junk", part(field, "") + "--B--\r\n", part(field, " a ") + "--B--"]
    bodies += [part(field, "f", '; filename="f"') + "--B--", part(field, "f", '; filename=""') + "--B--", whole.replace("\r\n", "\n")]
    bodies += [part(field, "a") + part(field, "b") + "--B--", f'--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--']
    bodies += [f"--B\r\n\r\nx\r\n--B--", part(field, "a\x00b") + "--B--", part(field, "ü") + "--B--", "preamble\r\n" + whole + "--B--"]
    for body in bodies:
        yield f"{path} multipart {body[:70]!r}", text(path, body, multipart)
    heads = ['attachment; name="%s"', "form-data; name*=utf-8''%s", 'form-data; name=" %s "', 'form-data; name="x"; name="%s"']
    heads += ['form-data; name="%s"; filename="' + name + '"' for name in ("/", "..", "a/")] + ['form-data; name="%s"; x="' + "y" * 1100 + '"']
    for head in heads:
        disposed = "--B\r\nContent-Disposition: " + head % field + "\r\n\r\na\r\n--B--\r\n"
        yield f"{path} multipart disposed {head[:60]!r}", text(path, disposed, multipart)
    kinds = ["Multipart/Form-Data; boundary=B", "multipart/form-data; boundary=B; x=ü", "multipart/form-data; boundary=A; boundary=B"]
    for kind in kinds + ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary="B"', "multipart/mixed; boundary=B"]:
        yield f"{path} multipart as {kind!r}", text(path, whole + "--B--\r\n", kind)
    for coded in ("YWJj", "Y WJ-j", "YWI=", "YWI", "YQ==YQ=="):
        coded = f'--B\r\nContent-Disposition: form-data; name="{field}"\r\nContent-Transfer-Encoding: BASE64\r\n\r\n{coded}\r\n--B--'
        yield f"{path} multipart in base64 {coded[-16:]!r}", text(path, coded, multipart)


def methods(path, fields):
    """Other methods, and what is wanted for an answer."""
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
        yield f"{path} {method}", {"method": method, "path": path}
    yield f"{path} OPTIONS with Accept", {"method": "OPTIONS", "path": path, "headers": {"Accept": "image/png"}}
    accepts = ["*/*", "application/json", "application/*", "image/png", "", "text/plain, application/json", "application/json;q=0"]
    accepts += ["APPLICATION/JSON", "json", "*", "application/json; charset=utf-8", "image/*, */*;q=0.1"]
    accepts += [", ".join(["a/b"] * n + ["application/json"]) for n in (63, 64)] + ["application/json; x=" + "y" * n for n in (230, 250)]
    for accept in accepts:
        yield f"{path} Accept: {accept!r:.60}{len(accept)}", post(path, {}, Accept=accept)
    for format in FORMATS:
        yield f"{path}?{format}", post(f"{path}?{format}", {})
    yield f"{path} bad header", post(path, {}, Authorization="Bearer x")
    yield f"{path} without slash", {"method": "POST", "path": path[:-1], "json": fields}
    yield f"{path} encoded", {"method": "POST", "path": path.replace("token", "t%6Fken"), "json": {}}
    yield f"{path} chunked", post(path, {name: 1 for name in fields}) | {"chunked": True}
    yield f"{path} two slashes", {"method": "POST", "path": path + "/", "json": fields}
