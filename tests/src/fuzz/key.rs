//! Keys: sets that were fetched, and what a setting or a file holds.

use super::independent;
use jwt_auth::keys::{Algorithm, JwkOrigin, JwkSet, KeyError, KeyStrictness, SigningKey, VerifyingKey};

/// Each member is taken or skipped with a reason; what is taken is public, and says the same when it is written and read again.
pub(super) fn jwks(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let members: Option<Vec<Box<serde_json::value::RawValue>>> = independent::object(text)
        .and_then(|set| set.get("keys").and_then(|keys| serde_json::from_str(keys.get()).ok()));
    let read = JwkSet::read(text, &Algorithm::ALL, JwkOrigin::Remote);
    let Ok(set) = read else {
        assert!(members.is_none_or(|members| members.len() > 100), "{read:?} {text:?}");
        return;
    };
    if let Some(members) = members {
        let used = members.len() - set.skipped().len();
        assert!(members.len() <= 100 && set.skipped().iter().all(|(at, _)| *at < members.len()), "{text:?}");
        assert!((used..=used * Algorithm::ALL.len()).contains(&set.keys().len()), "{text:?}");
    }
    assert!(set.keys().iter().all(|key| !key.algorithm().is_symmetric()), "{text:?}");
    set.skipped().iter().for_each(|(_, error)| says_what_to_do(*error));
    set.keys().iter().take(8).for_each(reads_as_written);
}

/// The first byte chooses an algorithm, the second a way to load the rest. What can sign verifies its own signatures and nobody else's; what is refused is
/// refused with words of ours alone.
pub(super) fn key(data: &[u8]) {
    let [which, how, rest @ ..] = data else { return };
    let algorithm = Algorithm::ALL[usize::from(*which) % Algorithm::ALL.len()];
    let strictness = if how & 0x80 == 0 { KeyStrictness::Hardened } else { KeyStrictness::Lenient };
    let text = std::str::from_utf8(rest).unwrap_or_default();
    match (how & 0x7f) % 7 {
        0 => verifies(VerifyingKey::load_with(algorithm, text, None, strictness), algorithm),
        1 => verifies(VerifyingKey::from_der(algorithm, rest, None), algorithm),
        2 => verifies(VerifyingKey::from_jwk(algorithm, text, JwkOrigin::Remote, strictness), algorithm),
        3 => signs(SigningKey::load_with(algorithm, text, None, strictness), algorithm),
        4 => signs(SigningKey::from_der(algorithm, rest, None), algorithm),
        5 => signs(SigningKey::from_jwk(algorithm, text, None, strictness), algorithm),
        _ => signs(SigningKey::from_secret(algorithm, rest, None, strictness), algorithm),
    }
}

fn verifies(loaded: Result<VerifyingKey, KeyError>, algorithm: Algorithm) {
    match loaded {
        Ok(key) => {
            assert_eq!(key.algorithm(), algorithm);
            for signature in [&b""[..], &[0; 32], &[0; 64], &[1; 96], &[0xff; 256]] {
                assert!(!key.accepts(b"message", signature), "{key:?}");
            }
            reads_as_written(&key);
        }
        Err(error) => says_what_to_do(error),
    }
}

fn signs(loaded: Result<SigningKey, KeyError>, algorithm: Algorithm) {
    match loaded {
        Ok(key) => {
            let verifying = key.verifying_key();
            assert_eq!((key.algorithm(), key.self_check(&verifying)), (algorithm, Ok(())));
            reads_as_written(&verifying);
        }
        Err(error) => says_what_to_do(error),
    }
}

fn reads_as_written(key: &VerifyingKey) {
    let Ok(jwk) = key.to_public_jwk() else {
        assert!(key.algorithm().is_symmetric());
        return;
    };
    let again = VerifyingKey::from_jwk(key.algorithm(), &jwk, JwkOrigin::Remote, KeyStrictness::Hardened);
    let again = again.unwrap_or_else(|error| panic!("{error} {jwk}"));
    assert_eq!((again.thumbprint(), again.key_id()), (key.thumbprint(), key.key_id()));
}

fn says_what_to_do(error: KeyError) {
    let text = error.to_string();
    assert!(text.contains(": ") && text.len() < 400, "{text}");
}
