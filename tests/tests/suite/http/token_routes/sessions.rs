//! The sessions API.

use super::{App, urls};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{Settings, TokenRoutes, View};
use jwt_auth_tests::{Answer, payload, send, settings};
use std::time::Duration;

#[tokio::test]
async fn the_list_tells_the_callers_logins_and_which_one_asks() {
    let app = App::start(settings()).await;
    let (first, _) = app.login("ada").await;
    app.clock.advance(Duration::from_millis(90_250));
    let (second, access) = app.login("ada").await;
    app.login("bob").await;
    app.clock.advance(Duration::from_secs(60));
    app.refresh(&first).await;
    for path in ["/api/sessions", "/api/sessions/"] {
        let answer = call(&app, Method::GET, path, Some(&access)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("cache-control"), "no-store");
        let expected = format!(
            concat!(
                r#"[{{"sid":{},"created_at":"2027-01-15T08:01:30.250Z","last_used_at":"2027-01-15T08:00:00Z","#,
                r#""ip":null,"user_agent":null,"current":true}},"#,
                r#"{{"sid":{},"created_at":"2027-01-15T08:00:00Z","last_used_at":"2027-01-15T08:00:00Z","#,
                r#""ip":null,"user_agent":null,"current":false}}]"#
            ),
            payload(&second).raw("sid").unwrap(),
            payload(&first).raw("sid").unwrap()
        );
        assert_eq!(answer.text, expected);
    }
}

#[tokio::test]
async fn one_login_is_ended_and_nobody_elses() {
    let app = App::start(settings()).await;
    let (lost, lost_access) = app.login("ada").await;
    let (_, access) = app.login("ada").await;
    let (theirs, their_access) = app.login("bob").await;
    let end = async |sid: &str| call(&app, Method::DELETE, &format!("/api/sessions/{sid}/"), Some(&access)).await;
    let sid = |token: &str| payload(token).get::<String>("sid").unwrap().unwrap();
    for sid in [&sid(&theirs), "00000000000000000000000000000000", "x", "%00", &"7".repeat(5000)] {
        let answer = end(sid).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    }
    assert_eq!(call(&app, Method::GET, "/api/sessions", Some(&their_access)).await.status, StatusCode::OK);
    let answer = end(&sid(&lost)).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(end(&sid(&lost)).await.status, StatusCode::NOT_FOUND, "it is over already");
    assert_eq!(app.refresh(&lost).await.member("reason"), "session_revoked");
    let late = call(&app, Method::GET, "/api/sessions", Some(&lost_access)).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED, "its access tokens are over with it");
    assert_eq!(call(&app, Method::GET, "/api/sessions", Some(&access)).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn logging_out_everywhere_ends_this_login_too() {
    let app = App::start(settings()).await;
    let (first, first_access) = app.login("ada").await;
    let (second, access) = app.login("ada").await;
    let (_, their_access) = app.login("bob").await;
    let answer = call(&app, Method::POST, "/api/logout/all/", Some(&access)).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "{}"));
    for token in [&first, &second] {
        assert_eq!(app.refresh(token).await.member("reason"), "session_revoked");
    }
    for token in [&first_access, &access] {
        assert_eq!(call(&app, Method::GET, "/api/sessions", Some(token)).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(call(&app, Method::GET, "/api/sessions", Some(&their_access)).await.status, StatusCode::OK);
    let (_, access) = app.login("ada").await;
    assert_eq!(call(&app, Method::GET, "/api/sessions", Some(&access)).await.status, StatusCode::OK, "a new epoch");
}

#[tokio::test]
async fn logging_out_everywhere_else_takes_the_refresh_token_and_answers_the_next_pair() {
    let app = App::start(settings()).await;
    let (lost, lost_access) = app.login("ada").await;
    let (mine, access) = app.login("ada").await;
    let (theirs, their_access) = app.login("bob").await;
    let end_others = async |token: &str, refresh: &str| {
        let request = Request::builder().method(Method::POST).uri("/api/logout/others/");
        let request = request.header("authorization", format!("Bearer {token}"));
        let body = Body::from(serde_json::json!({ "refresh": refresh }).to_string());
        send(&app.router(), request.header("content-type", "application/json").body(body).unwrap()).await
    };
    // An access token is not enough, and neither is somebody else's refresh token.
    for (refresh, status) in [("", 400), ("x", 401), (&*theirs, 401), (&*access, 401)] {
        assert_eq!(end_others(&access, refresh).await.status.as_u16(), status, "{refresh}");
    }
    assert_eq!(end_others(&their_access, &mine).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, Method::GET, "/api/sessions", Some(&lost_access)).await.status, StatusCode::OK, "unharmed");

    let answer = end_others(&access, &mine).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    for over in [&lost_access, &access] {
        assert_eq!(call(&app, Method::GET, "/api/sessions", Some(over)).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(app.refresh(&lost).await.member("reason"), "session_revoked");
    let list = call(&app, Method::GET, "/api/sessions", Some(&answer.member("access"))).await.json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["current"]), (1, &true.into()));
    assert_eq!(app.refresh(&answer.member("refresh")).await.status, StatusCode::OK);
    assert_eq!(call(&app, Method::GET, "/api/sessions", Some(&their_access)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_route_is_guarded() {
    let app = App::start(settings()).await;
    let (refresh, _) = app.login("ada").await;
    for (method, path) in [
        (Method::GET, "/api/sessions"),
        (Method::DELETE, "/api/sessions/x"),
        (Method::POST, "/api/logout/all"),
        (Method::POST, "/api/logout/others"),
    ] {
        for token in [None, Some(refresh.as_str())] {
            assert_eq!(call(&app, method.clone(), path, token).await.status, StatusCode::UNAUTHORIZED);
        }
    }
    assert_eq!(
        urls().access_table().to_string(),
        concat!(
            "POST /api/logout/all IsAuthenticated\n",
            "POST /api/logout/others IsAuthenticated\n",
            "GET /api/sessions IsAuthenticated\n",
            "DELETE /api/sessions/{sid} IsAuthenticated\n",
            "POST /api/token public (token view)\n",
            "POST /api/token/blacklist public (token view)\n",
            "POST /api/token/logout public (token view)\n",
            "POST /api/token/refresh public (token view)\n",
            "POST /api/token/verify public (token view)\n",
        )
    );
    let at_the_root = TokenRoutes::<App>::at("/token").only([View::Verify]).sessions().attach_to(GuardedRouter::new());
    let paths: Vec<_> = at_the_root.access_table().into_iter().map(|row| row.path).collect();
    assert_eq!(paths, ["/logout/all", "/logout/others", "/sessions", "/sessions/{sid}", "/token/verify"]);
}

#[tokio::test]
async fn without_a_store_there_are_no_sessions() {
    let app = App::assemble(Settings { rotate_refresh_tokens: false, ..settings() }, None).await;
    let (_, access) = app.login("ada").await;
    let sid = format!("/api/sessions/{}", "0".repeat(32));
    for (method, path) in [(Method::GET, "/api/sessions"), (Method::DELETE, &sid), (Method::POST, "/api/logout/all")] {
        let answer = call(&app, method, path, Some(&access)).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    }
}

async fn call(app: &App, method: Method, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    send(&app.router(), request.body(Body::empty()).unwrap()).await
}
