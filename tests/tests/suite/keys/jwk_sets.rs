//! JWK sets: member by member, and never confused.

use jwt_auth::keys::{Algorithm, JwkOrigin, JwkSet, KeyError};
use jwt_auth_tests::tokens::{pem, rsa, signing_key};

fn public(algorithm: Algorithm, key_id: Option<&str>) -> String {
    let key = signing_key(algorithm).verifying_key();
    let key = key.with_key_id(key_id).expect("a good id");
    key.to_public_jwk().expect("public")
}

fn set(members: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, members.join(","))
}

fn remote(members: &[String], algorithms: &[Algorithm]) -> JwkSet {
    JwkSet::read(&set(members), algorithms, JwkOrigin::Remote).expect("a set")
}

#[test]
fn unusable_members_do_not_spoil_the_others() {
    let members = [
        public(Algorithm::RS256, Some("a")),
        r#"{"kty":"RSA","kid":5,"n":"AQAB","e":"AQAB"}"#.to_owned(),
        "null".to_owned(),
        r#"{"kty":"unheard-of","kid":"x"}"#.to_owned(),
        r#"{"kty":"oct","k":"a1VPYU5xQkdIazB4TlVxa2hqYVZjcS1ERGRIQm83VnY"}"#.to_owned(),
        public(Algorithm::RS256, Some("c")).replace("\"sig\"", "\"enc\""),
        public(Algorithm::ES256, Some("b")),
        public(Algorithm::EdDSA, Some("other algorithm")),
    ];
    let set = remote(&members, &[Algorithm::RS256, Algorithm::ES256]);
    let ids: Vec<_> = set.keys().iter().map(|key| key.key_id()).collect();
    assert_eq!(ids, [Some("a"), Some("b")]);
    let skipped: Vec<usize> = set.skipped().iter().map(|(index, _)| *index).collect();
    assert_eq!(skipped, [1, 2, 3, 4, 5, 7]);
    assert!(set.skipped().contains(&(4, KeyError::RemoteSecret)));
    assert!(set.skipped().contains(&(5, KeyError::JwkPurpose("use"))));
}

#[test]
fn a_member_without_alg_has_the_first_algorithm_that_it_fits() {
    let member = public(Algorithm::RS256, Some("a")).replace(r#""alg":"RS256","#, "");
    let allowed = [Algorithm::RS256, Algorithm::PS512, Algorithm::ES256];
    let algorithms = |allowed: &[Algorithm]| -> Vec<Algorithm> {
        remote(std::slice::from_ref(&member), allowed).keys().iter().map(|key| key.algorithm()).collect()
    };
    assert_eq!(algorithms(&allowed), [Algorithm::RS256]);
    assert_eq!(algorithms(&[Algorithm::ES256, Algorithm::PS512, Algorithm::RS256]), [Algorithm::PS512]);
}

#[test]
fn two_keys_of_one_id_are_both_left_out() {
    let mine = public(Algorithm::RS256, Some("a"));
    let other = {
        let pair = rsa(aws_lc_rs::rsa::KeySize::Rsa2048);
        let text = pem("PUBLIC KEY", &pair.public_info);
        jwt_auth::keys::VerifyingKey::load(Algorithm::RS256, &text, Some("a"))
            .and_then(|key| key.to_public_jwk())
            .expect("public")
    };
    let damaged = mine.replace("\"n\":\"", "\"n\":\"!");
    let encryption = other.replace("\"sig\"", "\"enc\"");
    let ec = public(Algorithm::ES256, Some("a"));
    let usable = |members: &[&String]| {
        let members: Vec<String> = members.iter().map(|member| (*member).clone()).collect();
        remote(&members, &[Algorithm::RS256, Algorithm::ES256]).keys().len()
    };
    assert_eq!(usable(&[&mine, &other]), 0);
    assert_eq!(usable(&[&mine, &damaged]), 0);
    assert_eq!(usable(&[&mine, &other, &ec]), 1);
    // The same key twice says the same, and a key for encryption is never meant.
    assert_eq!(usable(&[&mine, &mine]), 2);
    assert_eq!(usable(&[&mine, &encryption]), 1);
    assert_eq!(usable(&[&mine, &ec]), 2);
}

#[test]
fn what_is_no_set_is_refused() {
    let read = |text: &str| JwkSet::read(text, &Algorithm::ALL, JwkOrigin::Local).err();
    for text in ["", "{}", "[]", "<html>", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"keys":[],"keys":[]}"#] {
        assert_eq!(read(text), Some(KeyError::JwkSyntax), "{text}");
    }
    let many = vec!["{}".to_owned(); 101];
    assert_eq!(read(&set(&many)), Some(KeyError::TooManyKeys));
    let oct = r#"{"kty":"oct","k":"a1VPYU5xQkdIazB4TlVxa2hqYVZjcS1ERGRIQm83VnY"}"#.to_owned();
    let mixed = set(&[oct.clone(), public(Algorithm::EdDSA, None)]);
    assert_eq!(read(&mixed), Some(KeyError::MixedSet));
    let local = JwkSet::read(&set(&[oct]), &[Algorithm::HS256], JwkOrigin::Local).expect("fine");
    assert_eq!(local.keys().len(), 1);
}
