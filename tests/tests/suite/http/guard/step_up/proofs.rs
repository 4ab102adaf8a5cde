//! Proofs: how old one may be, what renews it, what is none, and how one is asked for.

use super::{Kit, account, minted_for, urls};
use http::StatusCode;
use jwt_auth::settings::minutes;
use jwt_auth::{Claims, Login};
use jwt_auth_tests::{App, get, payload, post, settings};
use serde_json::{Value, json};
use std::time::Duration;

const CHALLENGE: &str = r#"Bearer realm="api", error="insufficient_user_authentication", error_description="A more recent authentication is required.", max_age="60""#;

#[tokio::test]
async fn a_proof_grows_old_and_no_refresh_renews_it() {
    let kit = Kit::start().await;
    let (refresh, access) = kit.app.login().await;
    kit.app.clock.advance(Duration::from_secs(60));
    assert_eq!(kit.get("/fresh", &access).await.status, StatusCode::OK, "a minute is not more than a minute");
    kit.app.clock.advance(Duration::from_secs(1));
    let answer = kit.get("/fresh", &access).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), CHALLENGE);
    assert_eq!(answer.member("code"), "insufficient_user_authentication");
    assert_eq!(kit.get("/plain", &access).await.status, StatusCode::OK, "the token is as good as ever");

    let refreshed = kit.app.refresh(&refresh).await;
    assert_eq!(kit.get("/fresh", &refreshed.member("access")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(auth_time(&refreshed.member("access")), auth_time(&access));

    let renewed = kit.reauthenticate(&refreshed.member("refresh"), "test").await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    assert_eq!(renewed.header("cache-control"), "no-store");
    assert_eq!(kit.get("/fresh", &renewed.member("access")).await.status, StatusCode::OK);
    assert_eq!(kit.get("/fresh", &access).await.status, StatusCode::UNAUTHORIZED, "the old one says what it said");

    // It was a rotation: the token of before is spent, and the new proof stays with the session.
    kit.app.clock.advance(Duration::from_secs(50));
    let again = kit.app.refresh(&renewed.member("refresh")).await;
    assert_eq!(auth_time(&again.member("access")), auth_time(&renewed.member("access")));
    kit.app.clock.advance(Duration::from_secs(70));
    assert_eq!(kit.app.refresh(&refreshed.member("refresh")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_password_proves_nothing_and_ends_nothing() {
    let kit = Kit::start().await;
    let (refresh, _) = kit.app.login().await;
    let answer = kit.reauthenticate(&refresh, "wrong").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json(), json!({ "detail": "No active account found with the given credentials" }));
    assert_eq!(kit.app.refresh(&refresh).await.status, StatusCode::OK, "not spent by it");

    let runs = kit.app.auth.password_runs();
    for token in ["x.y.z", &kit.app.login().await.1] {
        assert_eq!(kit.reauthenticate(token, "test").await.status, StatusCode::UNAUTHORIZED, "no refresh token");
    }
    assert_eq!(kit.app.auth.password_runs(), runs + 1, "the login's: no password is looked at for a bad token");
    let missing = post(&kit.router, "/api/token/reauthenticate/", json!({ "refresh": refresh })).await;
    assert_eq!(missing.json(), json!({ "password": ["This field is required."] }));
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_revived_by_a_password() {
    let kit = Kit::start().await;
    let (refresh, _) = kit.app.login().await;
    kit.app.auth.blacklist(&refresh).await.expect("logged out");
    let answer = kit.reauthenticate(&refresh, "test").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.member("reason"), "session_revoked");

    let (refresh, _) = kit.app.login().await;
    kit.app.users.update("1", |user| user.is_active = false);
    assert_eq!(kit.reauthenticate(&refresh, "test").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_store_there_is_nothing_to_note_it_on() {
    let app = App::stateless(settings()).await;
    let router = urls().into_axum().with_state(app.auth.clone());
    let (refresh, access) = app.login().await;
    let body = json!({ "refresh": refresh, "password": "test" });
    assert_eq!(post(&router, "/api/token/reauthenticate/", body).await.status, StatusCode::NOT_FOUND);
    // Nobody knows when the proof was given, so it was too long ago.
    assert_eq!(get(&router, "/fresh", Some(&format!("Bearer {access}"))).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn odd_claims_are_no_proof() {
    let kit = Kit::start().await;
    let now = jwt_auth_tests::BEGIN;
    for (claim, value, path) in [
        ("auth_time", json!(now + 3600), "/fresh"),
        ("auth_time", json!(now.to_string()), "/fresh"),
        ("auth_time", json!(-1), "/fresh"),
        ("auth_time", json!(0), "/fresh"),
        ("auth_time", Value::Null, "/fresh"),
        ("acr", json!(["mfa"]), "/strong"),
        ("acr", json!("MFA"), "/strong"),
        ("acr", json!("mfa phr"), "/strong"),
        ("acr", json!(""), "/strong"),
        ("acr", json!(1), "/strong"),
        ("acr", json!(true), "/strong"),
    ] {
        let answer = kit.get(path, &minted(claim, value.clone())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{claim} {value}");
        // `null` and text are refused with the challenge, other types of `auth_time` as claims of the wrong type.
        assert!(answer.header("www-authenticate").contains("error="), "{claim} {value}");
    }
    assert_eq!(kit.get("/strong", &minted("acr", json!("phr"))).await.status, StatusCode::OK);
    assert_eq!(kit.get("/fresh", &minted("auth_time", json!(now))).await.status, StatusCode::OK);
    // Another issuer's clock may be a little ahead.
    assert_eq!(kit.get("/fresh", &minted("auth_time", json!(now + 20))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_challenge_names_everything_and_comes_before_rule_and_body() {
    let kit = Kit::start().await;
    let (_, access) = kit.app.login().await;
    let broken = http::Request::post("/transfer").header("authorization", format!("Bearer {access}"));
    let request = broken.header("content-length", "5").body(axum::body::Body::from(vec![0xff; 5])).expect("a request");
    let answer = jwt_auth_tests::send(&kit.router, request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let challenge = answer.header("www-authenticate");
    let description = r#"error_description="A more recent or different authentication is required.""#;
    assert!(challenge.ends_with(&format!(r#"{description}, max_age="60", acr_values="mfa""#)), "{challenge}");

    // With the proof, the rule is asked, and still no body is read.
    let login = Login { acr: Some("mfa".to_owned()), ..Login::default() };
    let pair = kit.app.auth.for_user(&account(), login).await.expect("active");
    let request = http::Request::post("/transfer").header("authorization", format!("Bearer {}", pair.access.expose()));
    let request = request.body(axum::body::Body::from(vec![0xff; 5])).expect("a request");
    assert_eq!(jwt_auth_tests::send(&kit.router, request).await.status, StatusCode::FORBIDDEN);
    let answer = kit.get("/mounted/", pair.access.expose()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a mount asks the same");
    kit.app.clock.advance(minutes(2));
    let answer = kit.get("/mounted/", pair.access.expose()).await;
    assert_eq!(answer.header("www-authenticate"), CHALLENGE);
}

#[tokio::test]
async fn the_access_table_says_what_is_asked() {
    let table = urls().access_table().to_string();
    for row in [
        r#"GET /fresh IsAuthenticated, fresh = "60s""#,
        r#"GET /strong IsAuthenticated, acr = "mfa phr""#,
        r#"POST /transfer transfer, user, fresh = "60s", acr = "mfa""#,
        "GET /live IsAuthenticated, live",
        r#"* /mounted/{*path} transfer, fresh = "60s""#,
    ] {
        assert!(table.lines().any(|line| line == row), "no {row} in\n{table}");
    }
}

#[tokio::test]
async fn a_token_of_simple_jwt_does_not_tell_when_its_user_logged_in() {
    let kit = Kit::start().await;
    // With rotation its `iat` is that of the last refresh.
    let adopted = kit.app.auth.refresh_token_for("1", &Claims::new()).expect("a key");
    let answer = kit.app.refresh(adopted.expose()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(kit.get("/fresh", &answer.member("access")).await.status, StatusCode::UNAUTHORIZED);
    let renewed = kit.reauthenticate(&answer.member("refresh"), "test").await;
    assert_eq!(kit.get("/fresh", &renewed.member("access")).await.status, StatusCode::OK);
}

fn auth_time(token: &str) -> u64 {
    payload(token).get("auth_time").expect("a number").expect("a claim")
}

fn minted(claim: &str, value: Value) -> String {
    minted_for("1", claim, value)
}
