//! A header above a good payload, under a good signature.

use super::independent;
use crate::tokens::{Forge, good_payload, now, settings, verifier};
use jwt_auth::keys::Algorithm;
use jwt_auth::verify::Verifier;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::LazyLock;

/// It is accepted exactly where a second reader accepts it, and the second time no otherwise than the first, when it has been learned.
pub(super) fn header(data: &[u8]) {
    struct Bench {
        forge: Forge,
        verifier: Verifier,
        payload: String,
    }
    static BENCH: LazyLock<Bench> = LazyLock::new(|| Bench {
        forge: Forge::new(Algorithm::HS256),
        verifier: verifier(&settings(Algorithm::HS256)),
        payload: good_payload(),
    });
    let Bench { forge, verifier, payload } = &*BENCH;
    let token = forge.bytes(data, payload.as_bytes());
    let text = std::str::from_utf8(data).ok();
    let is_good = token.len() <= 8192 && text.and_then(independent::object).is_some_and(|members| is_good(&members));
    for turn in ["first", "second"] {
        let verdict = verifier.verify(&token, now());
        assert_eq!(verdict.is_ok(), is_good, "{turn}: {verdict:?} {text:?}");
    }
}

/// RFC 7515 4.1, RFC 7519 5, RFC 9068 2.1: nothing that would have to be understood, and no key that the token brings along.
fn is_good(members: &HashMap<String, Box<RawValue>>) -> bool {
    let string = |name: &str| members.get(name).map(|value| independent::string(value));
    let forbidden = ["crit", "b64", "zip", "enc", "cty", "jwk", "jku"];
    let is_forbidden = |name: &String| {
        forbidden.contains(&&**name) || (name.starts_with("x5") && !["x5t", "x5t#S256"].contains(&&**name))
    };
    let is_key_id = |id: String| (1..=256).contains(&id.len()) && id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let is_type = |name: String| {
        let name = name.to_ascii_lowercase();
        ["jwt", "at+jwt"].contains(&name.strip_prefix("application/").unwrap_or(&name))
    };
    string("alg") == Some(Some("HS256".to_owned()))
        && !members.keys().any(is_forbidden)
        && string("kid").is_none_or(|id| id.is_some_and(is_key_id))
        && string("typ").is_none_or(|name| name.is_some_and(is_type))
}
