//! How often verification asks for memory.

mod token_support;

use jwt_auth::error::TokenError;
use jwt_auth::keys::Algorithm;
use token_support::{Forge, good_payload, now, payload, settings, signing_key, verifier};

#[test]
fn an_ordinary_token_costs_two_allocations() {
    let verifier = verifier(&settings(Algorithm::HS256));
    let token = signing_key(Algorithm::HS256).sign(&good_payload());
    let count = allocation_counter::measure(|| {
        let verified = verifier.verify(&token, now()).expect("good");
        assert_eq!(verified.user_id(), Some("42"));
        let copy = verified.clone();
        assert_eq!(copy.jti().map(str::len), Some(32));
        assert_eq!(copy.raw_claim("aud"), Some("\"api\""));
    });
    assert_eq!(count.count_total, 2);
    assert!(count.bytes_total < 1500, "{count:?}");
}

#[test]
fn permissions_in_a_list_cost_none_more() {
    let verifier = verifier(&settings(Algorithm::HS256));
    let list = r#"["orders:read","orders:write",[1,[2]]]"#;
    let token = Forge::new(Algorithm::HS256).token(&payload(&[("permissions", Some(list))]));
    let count = allocation_counter::measure(|| {
        verifier.verify(&token, now()).expect("good");
    });
    assert_eq!(count.count_total, 2);
}

#[test]
fn a_forged_token_with_a_known_header_costs_none() {
    let verifier = verifier(&settings(Algorithm::HS256));
    let token = Forge::with_secret(b"another").token(&good_payload());
    let count = allocation_counter::measure(|| {
        let refused = verifier.verify(&token, now());
        assert_eq!(refused.err(), Some(TokenError::BadSignature));
    });
    assert_eq!(count.count_total, 0);
}
