//! Refresh tokens from elsewhere: what becomes a session, and what never does.

use super::Service;
use http::StatusCode;
use jwt_auth::settings::{days, minutes};
use jwt_auth::testing::TestToken;
use jwt_auth::{Client, Settings};
use jwt_auth_tests::{App, post, settings};
use serde_json::json;

#[tokio::test]
async fn a_token_from_elsewhere_makes_room_for_itself_only_when_it_is_used() {
    let one = Settings { max_sessions_per_user: Some(1), ..settings() };
    for service in Service::everywhere().await {
        let auth = service.node(one.clone()).await;
        let dead = TestToken::refresh("1").sign(&auth);
        service.clock.pass(minutes(1));
        auth.end_all_sessions("1").await.expect("logged out everywhere");
        service.clock.pass(minutes(1));
        let (mut refresh, _) = service.login(&auth).await;
        for _ in 0..2 {
            assert!(auth.refresh(&dead, Client::default()).await.is_err());
            assert!(auth.verify(&dead).await.is_err());
            assert!(auth.blacklist(&dead).await.is_err());
        }
        let given_up = TestToken::refresh("1").sign(&auth);
        auth.blacklist(&given_up).await.expect("logged out");
        refresh = auth
            .refresh(&refresh, Client::default())
            .await
            .expect("alive")
            .refresh
            .expect("rotates")
            .expose()
            .to_owned();
        let used = TestToken::refresh("1").sign(&auth);
        auth.refresh(&used, Client::default()).await.expect("adopted");
        assert!(auth.refresh(&refresh, Client::default()).await.is_err(), "one at a time");
    }
}

#[tokio::test]
async fn a_refresh_token_that_names_nobody_or_leads_to_none_is_401() {
    let app = App::start(settings()).await;
    let nobody = [
        TestToken::refresh("1").without("user_id").sign(&app.auth),
        TestToken::refresh("1").claim("user_id", json!(null)).sign(&app.auth),
        TestToken::refresh("1").claim("user_id", json!([1])).sign(&app.auth),
        TestToken::refresh("1").without("user_id").lives_for(days(4000)).sign(&app.auth),
    ];
    for token in &nobody {
        let body = json!({ "refresh": token, "token": token, "password": "test" });
        for view in ["refresh", "blacklist", "verify"] {
            let answer = post(&app.router, &format!("/api/token/{view}/"), body.clone()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{view}: {}", answer.text);
        }
        assert!(app.auth.reauthenticate(token, "test".into(), Client::default()).await.is_err());
    }
    // Its successor says more than it does: a session, a generation, a proof.
    let of_length = |filler: usize| TestToken::refresh("1").claim("filler", "x".repeat(filler)).sign(&app.auth);
    let long = (5500..6144).map(of_length).take_while(|token| token.len() <= 8192).last().expect("some fit");
    let answer = app.refresh(&long).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    assert!(app.auth.sessions("1").await.expect("a list").is_empty(), "and is not spent for nothing");
    let body = json!({ "refresh": long });
    let answer = post(&app.router, "/api/token/blacklist/", body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "it can be logged out: {}", answer.text);
    let again = post(&app.router, "/api/token/blacklist/", body).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
}
