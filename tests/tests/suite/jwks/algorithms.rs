//! An issuer with several algorithms.

use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::settings::{minutes, seconds};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::{AuthError, JwtAuth, NoUser, Settings};
use jwt_auth_tests::KEY;
use jwt_auth_tests::key_server::{KeyServer, Reply, TestKey, further, verifying};
use jwt_auth_tests::tokens::{NOW, now, pair, pem};
use serde_json::{Value, json};

const OURS: &str = "https://ours.example/";
const ONE: &str = "https://one.example/";
const TWO: &str = "https://two.example/";

fn payload(issuer: &str) -> String {
    format!(r#"{{"iss":"{issuer}","aud":"shop","sub":"1","exp":{}}}"#, NOW + 10_000)
}

async fn error(auth: &JwtAuth<NoUser>, token: &str) -> Option<TokenError> {
    match auth.authenticate(token).await {
        Ok(_) => None,
        Err(AuthError::TokenNotValid(refusals)) => Some(refusals[0].error),
        Err(other) => panic!("{other:?}"),
    }
}

/// A key of another algorithm than [`TestKey`] has, as it stands in a set, and what signs with it.
fn of_algorithm(algorithm: Algorithm, key_id: &str) -> (SigningKey, Value) {
    let key =
        SigningKey::load(algorithm, &pem("PRIVATE KEY", &pair(algorithm).pkcs8), Some(key_id)).expect("a good key");
    let jwk = key.verifying_key().to_public_jwk().expect("public");
    (key, serde_json::from_str(&jwk).expect("JSON"))
}

#[tokio::test]
async fn an_issuer_may_move_from_one_algorithm_to_another() {
    let old = TestKey::new("old");
    let [new, other] = [(Algorithm::RS256, "new"), (Algorithm::EdDSA, "other")].map(|(key, id)| of_algorithm(key, id));
    let server = KeyServer::new();
    server.put_keys("https://one.example/keys", &[&old]);
    server.put_keys("https://two.example/keys", &[&old]);
    let several = Settings { jwk_algorithms: vec![Algorithm::RS256, Algorithm::PS256], ..further(ONE) };
    let ours = Settings { issuer: Some(OURS.to_owned()), audience: "shop".into(), ..Settings::new(KEY) };
    let clock = ManualClock::new(now());
    let builder = JwtAuth::builder(ours).store(MemoryStore::new()).jwks_client(server.clone()).clock(clock.clone());
    let auth = builder.trust(several).trust(further(TWO)).start().await.expect("starts");
    let begun = server.count();

    // It publishes the next key, whose algorithm none of its keys had.
    let both = json!({ "keys": [serde_json::from_str::<Value>(&old.jwk()).expect("JSON"), new.1, other.1] });
    server.put("https://one.example/keys", Reply::Body(both.to_string().into_bytes()));
    clock.pass(minutes(1));
    let payload = payload(ONE);
    assert_eq!(error(&auth, &new.0.sign(&payload)).await, None);
    assert_eq!(error(&auth, &old.token(&payload)).await, None, "side by side");
    assert_eq!(server.count(), begun + 1);

    // One key has one algorithm, whatever the header says; and what is not allowed is not looked for.
    clock.pass(minutes(1));
    let same_pair = of_algorithm(Algorithm::PS256, "new").0;
    assert_eq!(error(&auth, &same_pair.sign(&payload)).await, Some(TokenError::UnknownKey));
    let asked = server.count();
    assert_eq!(error(&auth, &other.0.sign(&payload)).await, Some(TokenError::AlgorithmNotAllowed));
    let theirs = new.0.sign(&payload.replace(ONE, TWO));
    assert_eq!(error(&auth, &theirs).await, Some(TokenError::AlgorithmNotAllowed), "another issuer's list is its own");
    assert_eq!(server.count(), asked);
}

/// Whoever forges a token under the name of a key that is there must not keep the next key of that name from being fetched.
#[tokio::test]
async fn a_name_that_is_there_under_another_algorithm_is_not_noted_as_nobodys() {
    let (old, new) = (TestKey::new("one"), of_algorithm(Algorithm::RS256, "one"));
    let server = KeyServer::new();
    server.put_keys("https://one.example/keys", &[&old]);
    let (auth, clock) = verifying(Settings { jwk_algorithms: vec![Algorithm::RS256], ..further(ONE) }, &server).await;
    clock.pass(seconds(31));
    let good = new.0.sign(&payload(ONE));
    assert_eq!(
        error(&auth, &old.token_under(r#"{"alg":"RS256","kid":"one"}"#, &payload(ONE))).await,
        Some(TokenError::UnknownKey)
    );
    server.put("https://one.example/keys", Reply::Body(json!({ "keys": [new.1] }).to_string().into_bytes()));
    clock.pass(seconds(31));
    assert_eq!(error(&auth, &good).await, None);
}
