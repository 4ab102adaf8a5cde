//! A login of the application's own: credentials, claims, answer and hooks.

use super::{App, Fault};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use jwt_auth::{AuthError, Settings, StoreError};
use jwt_auth_tests::{payload, post_text, send, settings};
use serde_json::json;

#[tokio::test]
async fn it_takes_its_credentials_and_answers_its_members() {
    let app = App::start(settings()).await;
    for path in ["/api/token", "/api/token/"] {
        let body = json!({ "email": "ada@example.org", "password": "ada", "otp": "123456", "unknown": [1] });
        let answer = app.post(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.text.starts_with(r#"{"refresh":"eyJ"#), "{}", answer.text);
        assert!(answer.text.contains(r#"","access":"eyJ"#), "{}", answer.text);
        assert!(answer.text.ends_with(r#"","email":"ada@example.org"}"#), "{}", answer.text);
    }
    let (refresh, _) = app.login("ada").await;
    let answer = app.refresh(&refresh).await;
    assert!(answer.text.starts_with(r#"{"access":"eyJ"#), "{}", answer.text);
    assert!(answer.text.ends_with(r#"","email":"ada@example.org"}"#), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn every_failure_answers_alike_and_costs_one_hash() {
    let app = App::start(Settings { login_throttle: false, ..settings() }).await;
    app.users.rows.update("2", |user| user.is_active = false);
    let mut answers = Vec::new();
    let credentials = [
        ("ada", "ada", "000000"),
        ("ada", "wrong", "123456"),
        ("nobody", "ada", "123456"),
        ("no\0body", "ada", "123456"),
        ("bob", "bob", "123456"),
        ("new", "new", "123456"),
    ];
    for (name, password, otp) in credentials {
        let before = app.auth.password_runs();
        let answer = app.attempt(name, password, otp).await;
        assert_eq!(app.auth.password_runs() - before, 1, "{name} {password} {otp}");
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, r#"{"detail":"No active account found with the given credentials"}"#);
        answers.push(answer.headers);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    // Whatever the application calls it.
    let faults: [Fault; 6] = [
        |_| AuthError::UserInactive,
        |_| AuthError::UserNotFound,
        |_| AuthError::PasswordChanged,
        |_| AuthError::PasswordChangedForToken,
        |_| AuthError::RefreshConflict,
        |_| AuthError::NotAvailable,
    ];
    for fault in faults {
        *app.world.otp.lock().unwrap() = Some(fault);
        let answer = app.attempt("ada", "ada", "123456").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, r#"{"detail":"No active account found with the given credentials"}"#);
    }
    *app.world.otp.lock().unwrap() = Some(|_| StoreError::unavailable("the code server is gone").into());
    let answer = app.attempt("ada", "ada", "123456").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "1");
    assert!(app.auth.sessions("1").await.unwrap().is_empty());
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_told_in_drfs_shape() {
    let app = App::start(settings()).await;
    let cases = [
        (r#"{"email":"a","password":"b"}"#, r#"{"otp":["This field is required."]}"#),
        (r#"{"email":"a","password":"b","otp":null}"#, r#"{"otp":["This field may not be null."]}"#),
        (r#"{"email":"a","password":5,"otp":"c"}"#, r#"{"password":["Not a valid value."]}"#),
        (r#"{"email":{"a":"hunter2"},"password":"b","otp":"c"}"#, r#"{"email":["Not a valid value."]}"#),
        ("", r#"{"email":["This field is required."]}"#),
        ("[]", r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
    ];
    let before = app.auth.password_runs();
    for (body, expected) in cases {
        let answer = post_text(&app.router(), "/api/token/", "application/json", body).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::BAD_REQUEST, expected), "{body}");
    }
    assert_eq!(app.auth.password_runs(), before);
    assert_eq!(app.heard(), [""; 0], "no login was tried");
}

#[tokio::test]
async fn claims_of_the_login_stay_with_it_and_give_no_rights() {
    let app = App::start(settings()).await;
    let body = json!({ "email": "ada@example.org", "password": "ada", "otp": "123456" });
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/token/")
        .header("content-type", "application/json")
        .header("x-tenant", "acme")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = send(&app.router(), request).await;
    let refreshed = app.refresh(&answer.member("refresh")).await;
    for token in ["refresh", "access"].map(|name| answer.member(name)) {
        assert_eq!(payload(&token).raw("tenant"), Some("\"acme\""));
        assert_eq!(payload(&token).raw("is_staff"), None);
    }
    for token in ["refresh", "access"].map(|name| refreshed.member(name)) {
        assert_eq!(payload(&token).raw("tenant"), Some("\"acme\""), "copied without being asked again");
    }
}

#[tokio::test]
async fn hooks_hear_what_became_of_a_login() {
    let app = App::start(settings()).await;
    app.login("ada").await;
    assert_eq!(app.heard(), ["ada@example.org with nobody"]);
    app.attempt("ada", "ada", "000000").await;
    app.attempt("new", "new", "123456").await;
    assert_eq!(app.heard(), ["ada@example.org: NoActiveAccount", "new@example.org: NoActiveAccount"]);
    *app.world.otp.lock().unwrap() = Some(|_| AuthError::UserInactive);
    app.attempt("ada", "ada", "000000").await;
    assert_eq!(app.heard(), ["ada@example.org: UserInactive"], "the true reason");
}

#[tokio::test]
async fn a_failing_hook_grants_nothing_and_leaves_nothing() {
    let app = App::start(settings()).await;
    *app.world.hook_fails.lock().unwrap() = true;
    let answer = app.attempt("ada", "ada", "123456").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.text.contains("eyJ"), "{}", answer.text);
    assert!(app.auth.sessions("1").await.unwrap().is_empty(), "its session is over");
    assert_eq!(app.heard().len(), 2);
}

#[tokio::test]
async fn what_happens_during_the_second_factor_counts() {
    let meanwhile: [fn(&App); 3] = [
        |app| assert!(app.users.rows.update("1", |user| user.is_active = false)),
        |app| {
            assert!(app.users.rows.update("1", |user| user.password_hash = jwt_auth_tests::hasher().hash("x").unwrap()))
        },
        |app| assert!(app.users.rows.remove("1")),
    ];
    for meanwhile in meanwhile {
        let app = App::start(settings()).await;
        *app.world.meanwhile.lock().unwrap() = Some(meanwhile);
        let answer = app.attempt("ada", "ada", "123456").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, r#"{"detail":"No active account found with the given credentials"}"#);
    }
}

#[tokio::test]
async fn whoever_is_logged_out_everywhere_before_the_session_opens_stays_out() {
    let app = App::start(settings()).await;
    *app.world.logged_out.lock().unwrap() = true;
    assert_eq!(app.attempt("ada", "ada", "123456").await.status, StatusCode::UNAUTHORIZED);
    assert!(app.auth.sessions("1").await.unwrap().is_empty());
}

#[tokio::test]
async fn under_simple_jwt_forms_are_read_and_nothing_false_is_described() {
    let app = App::assemble(Settings::simple_jwt(jwt_auth_tests::KEY), None).await;
    let form = "email=ada%40example.org&password=ada&otp=000000&otp=123456";
    let answer = post_text(&app.router(), "/api/token/", "application/x-www-form-urlencoded", form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(payload(&answer.member("access")).raw("plan"), Some("\"free\""));
    let form = "email=ada%40example.org&password=ada";
    let answer = post_text(&app.router(), "/api/token/", "application/x-www-form-urlencoded", form).await;
    assert_eq!(answer.text, r#"{"otp":["This field is required."]}"#);
    let options = |path| Request::builder().method(Method::OPTIONS).uri(path).body(Body::empty()).unwrap();
    let answer = send(&app.router(), options("/api/token/")).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let answer = send(&app.router(), options("/api/token/verify/")).await;
    assert!(answer.text.starts_with(r#"{"name":"Token Verify""#), "{}", answer.text);
}
