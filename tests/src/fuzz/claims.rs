//! A payload that was signed by somebody with the key: whatever it says.

use super::independent;
use crate::tokens::{Forge, NOW, now, settings, verifier};
use jwt_auth::Claims;
use jwt_auth::keys::Algorithm;
use jwt_auth::verify::Verifier;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::LazyLock;

/// It is accepted exactly where a second reader accepts it, and both read the same members in it.
pub(super) fn claims(data: &[u8]) {
    static BENCH: LazyLock<(Forge, Verifier)> =
        LazyLock::new(|| (Forge::new(Algorithm::HS256), verifier(&settings(Algorithm::HS256))));
    let (forge, verifier) = &*BENCH;
    let token = forge.bytes(br#"{"alg":"HS256"}"#, data);
    let verdict = verifier.verify(&token, now());
    let text = std::str::from_utf8(data).ok();
    let members = text.and_then(independent::object);
    if let (Some(text), Some(_)) = (text, &members) {
        // It asks for less: what is inside of a value is read when somebody asks.
        assert!(Claims::from_json(text).is_ok(), "{text:?}");
    }
    let is_good = token.len() <= 8192 && members.as_ref().is_some_and(is_good);
    assert_eq!(verdict.is_ok(), is_good, "{verdict:?} {text:?}");
    let (Ok(verified), Some(members)) = (verdict, members) else { return };
    for (name, value) in &members {
        assert_eq!(verified.raw_claim(name), Some(value.get()), "{name:?} in {text:?}");
    }
    assert_eq!(verified.claims().len(), members.len());
    assert_eq!(Some(verified.payload()), text);
    let string = |name: &str| members.get(name).and_then(|value| independent::string(value));
    assert_eq!(verified.jti().map(str::to_owned), string("jti"));
    assert_eq!(verified.token_type().map(str::to_owned), string("token_type"));
}

/// RFC 7519 4.1, as the docs of [`Verifier`] and of `Settings` tell it.
fn is_good(members: &HashMap<String, Box<RawValue>>) -> bool {
    const LEEWAY: i128 = 30;
    let now = i128::from(NOW);
    let is_absent_or =
        |name: &str, holds: &dyn Fn(&RawValue) -> bool| members.get(name).is_none_or(|value| holds(value));
    let string = |name: &str| members.get(name).and_then(|value| independent::string(value));
    let is_string = |value: &RawValue| independent::string(value).is_some();
    // A refresh token of a session, whose age is its row's business.
    let is_of_a_session = members.contains_key("sid")
        && members.contains_key("gen")
        && string("token_type").as_deref() == Some("refresh");
    let expires = members.get("exp").and_then(|value| around(value.get()));
    let issued = members.get("iat").and_then(|value| around(value.get()));
    expires.is_some_and(|(whole, _)| whole.max(0) > now - LEEWAY)
        && issued.is_some_and(|(_, whole)| whole <= now + LEEWAY || is_of_a_session)
        && is_absent_or("nbf", &|value| around(value.get()).is_some_and(|(_, whole)| whole <= now + LEEWAY))
        && string("iss").as_deref() == Some("https://issuer.example")
        && members.get("aud").is_some_and(|value| names_us(value))
        && is_absent_or("sub", &is_string)
        && is_absent_or("token_type", &is_string)
        && string("jti").is_some()
        && members.get("jti").is_some_and(|value| (3..=258).contains(&value.get().len()))
}

fn names_us(audience: &RawValue) -> bool {
    let one = independent::string(audience).map(|name| vec![name]);
    let names: Option<Vec<String>> = one.or_else(|| serde_json::from_str(audience.get()).ok());
    names.is_some_and(|names| names.iter().any(|name| name == "api" || name == "admin"))
}

/// The whole seconds before and after, of a number without exponent whose whole part fits `i64`.
fn around(number: &str) -> Option<(i128, i128)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let between = fraction.bytes().any(|digit| digit != b'0');
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let towards_zero = i128::from(whole.parse::<i64>().ok()?);
    let (below, above) = match (between, whole.starts_with('-')) {
        (false, _) => (towards_zero, towards_zero),
        (true, true) => (towards_zero - 1, towards_zero),
        (true, false) => (towards_zero, towards_zero + 1),
    };
    let fits = |time: i128| i64::try_from(time).is_ok();
    (fits(below) && fits(above)).then_some((below, above))
}
