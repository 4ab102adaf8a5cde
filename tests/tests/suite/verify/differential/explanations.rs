//! Why two libraries may be of two opinions on a token: the rules, each with who asks for it.

use super::odd_tokens::OddToken;
use jwt_auth_tests::fuzz::independent;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// A rule that one of the two keeps and the other does not, and whether it bears on a token.
pub(super) type Explanation = (&'static str, fn(&OddToken) -> bool);

/// Why we refuse what jsonwebtoken accepts.
pub(super) const WE_ASK_FOR_MORE: &[Explanation] = &[
    ("at most 8 KiB", |token| token.text.len() > 8192),
    ("names that differ, at every level, and 32 levels (RFC 7519 4)", |token| {
        independent::object(&token.header).is_none() || independent::object(&token.payload).is_none()
    }),
    ("nothing in a header that would have to be understood (RFC 7515 4.1.11)", |token| {
        let forbidden = ["crit", "b64", "zip", "enc", "cty", "jwk", "jku", "x5u", "x5c"];
        header(token).keys().any(|name| forbidden.contains(&&**name))
    }),
    ("the type of an access token (RFC 8725 3.11)", |token| {
        let types = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];
        header(token)
            .get("typ")
            .is_some_and(|typ| independent::string(typ).is_none_or(|typ| !types.contains(&&*typ.to_ascii_lowercase())))
    }),
    ("a key id of 1 to 256 printable characters (RFC 8725 3.10)", |token| {
        let is_good =
            |id: String| (1..=256).contains(&id.len()) && id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        header(token).get("kid").is_some_and(|id| !independent::string(id).is_some_and(is_good))
    }),
    ("times that are numbers without an exponent (RFC 7519 2)", |token| {
        let claims = claims(token);
        ["exp", "nbf", "iat"].iter().any(|name| claims.get(*name).is_some_and(|time| !is_time(time.get())))
    }),
    ("the time of issue, not in the future", |token| {
        claims(token).get("iat").is_none_or(|time| {
            time.get().parse::<f64>().is_ok_and(|time| time > f64::from(u32::MAX) || time > super::now() as f64)
        })
    }),
    ("one issuer, as a text (RFC 8725 3.8)", |token| {
        claims(token).get("iss").is_none_or(|issuer| independent::string(issuer).is_none())
    }),
    ("audiences that are texts (RFC 7519 4.1.3)", |token| {
        let is_text = |audience: &RawValue| {
            independent::string(audience).is_some() || serde_json::from_str::<Vec<String>>(audience.get()).is_ok()
        };
        claims(token).get("aud").is_none_or(|audience| !is_text(audience))
    }),
    ("an id of 1 to 256 bytes (RFC 7519 4.1.7)", |token| {
        claims(token).get("jti").is_none_or(|id| independent::string(id).is_none_or(|id| id.is_empty()))
    }),
    ("a subject and a type that are texts (RFC 7519 4.1.2)", |token| {
        let claims = claims(token);
        ["sub", "token_type"]
            .iter()
            .any(|name| claims.get(*name).is_some_and(|text| independent::string(text).is_none()))
    }),
];

/// Why jsonwebtoken refuses what we accept.
pub(super) const THEY_ASK_FOR_MORE: &[Explanation] = &[
    ("members of a header that we pass over have the type that RFC 7515 gives them", |token| {
        let header = header(token);
        ["x5t", "x5t#S256", "url", "nonce"]
            .iter()
            .any(|name| header.get(*name).is_some_and(|text| independent::string(text).is_none()))
    }),
    ("`nbf` is not before 1970", |token| claims(token).get("nbf").is_some_and(|time| time.get().starts_with('-'))),
];

fn header(token: &OddToken) -> HashMap<String, Box<RawValue>> {
    independent::object(&token.header).unwrap_or_default()
}

fn claims(token: &OddToken) -> HashMap<String, Box<RawValue>> {
    independent::object(&token.payload).unwrap_or_default()
}

fn is_time(text: &str) -> bool {
    let is_number = matches!(serde_json::from_str(text), Ok(Value::Number(_)));
    let whole = text.split('.').next().unwrap_or_default();
    is_number && !text.contains(['e', 'E']) && whole.parse::<i64>().is_ok()
}
