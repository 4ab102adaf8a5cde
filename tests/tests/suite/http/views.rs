//! The token views: what a client sends, what it gets.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use jwt_auth::Settings;
use jwt_auth_tests::{App, BEGIN, KEY, payload, post, post_text, send, settings};
use serde_json::json;

#[tokio::test]
async fn obtain_gives_a_pair_in_simplejwts_order() {
    let app = App::start(settings()).await;
    for path in ["/api/token", "/api/token/"] {
        let answer = post(&app.router, path, json!({ "username": "test", "password": "test" })).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.text.starts_with(r#"{"refresh":"eyJ"#), "{}", answer.text);
        assert!(answer.text.contains(r#"","access":"eyJ"#), "{}", answer.text);
    }
}

#[tokio::test]
async fn claims_stand_in_simplejwts_order() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    let names = |token: &str| payload(token).iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&refresh), ["token_type", "exp", "iat", "jti", "user_id", "sid", "gen", "ep", "auth_time", "amr"]);
    assert_eq!(names(&access), ["token_type", "exp", "iat", "jti", "user_id", "sid", "ep", "auth_time", "amr"]);
    let claims = payload(&access);
    assert_eq!(claims.raw("token_type"), Some("\"access\""));
    assert_eq!(claims.raw("user_id"), Some("\"1\""));
    assert_eq!(claims.get::<u64>("iat").unwrap(), Some(BEGIN));
    assert_eq!(claims.get::<u64>("exp").unwrap(), Some(BEGIN + 300));
    let jti: String = claims.get("jti").unwrap().unwrap();
    assert!(jti.len() == 32 && jti.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()), "{jti}");
    assert_eq!(payload(&refresh).get::<u64>("exp").unwrap(), Some(BEGIN + 86_400));
}

#[tokio::test]
async fn every_failure_of_the_credentials_answers_alike() {
    let app = App::start(settings()).await;
    let mut answers = Vec::new();
    for (username, password) in [("test", "wrong"), ("nobody", "test"), ("inactive", "inactive"), ("test", " test ")] {
        let answer = post(&app.router, "/api/token/", json!({ "username": username, "password": password })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, r#"{"detail":"No active account found with the given credentials"}"#);
        answers.push(answer.headers);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(answers[0]["www-authenticate"], r#"Bearer realm="api""#);
}

#[tokio::test]
async fn bodies_that_are_not_what_the_view_asks_for() {
    let app = App::start(settings()).await;
    let required = r#"{"username":["This field is required."],"password":["This field is required."]}"#;
    let text = r#"{"username":["Not a valid string."],"password":["Not a valid string."]}"#;
    let cases = [
        ("application/json", "", 400, required),
        ("application/json", "{}", 400, required),
        ("application/json; charset=utf-8", "{}", 400, required),
        ("text/plain", "", 400, required),
        ("application/json", r#"{"username":true,"password":[]}"#, 400, text),
        ("application/json", r#"{"username":{},"password":false}"#, 400, text),
        (
            "application/json",
            r#"{"username":null,"password":""}"#,
            400,
            r#"{"username":["This field may not be null."],"password":["This field may not be blank."]}"#,
        ),
        (
            "application/json",
            r#"{"username":"  ","password":"a\u0000b"}"#,
            400,
            r#"{"username":["This field may not be blank."],"password":["Null characters are not allowed."]}"#,
        ),
        ("application/json", "null", 400, r#"{"non_field_errors":["No data provided"]}"#),
        (
            "application/json",
            "[1]",
            400,
            r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#,
        ),
        (
            "application/json",
            "1.5",
            400,
            r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got float."]}"#,
        ),
        ("text/plain", "x", 415, r#"{"detail":"Unsupported media type \"text/plain\" in request."}"#),
        ("", "x", 415, r#"{"detail":"Unsupported media type \"\" in request."}"#),
    ];
    for (media_type, body, status, expected) in cases {
        let answer = post_text(&app.router, "/api/token/", media_type, body).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, expected), "{media_type} {body}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    for broken in ["{", "{\"username\":", "nul", "{} {}", "[1", "NaN", "-", r#"{"username":"a","username":"b"}"#] {
        let answer = post_text(&app.router, "/api/token/", "application/json", broken).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{broken}");
        assert!(answer.member("detail").starts_with("JSON parse error - "), "{broken}: {}", answer.text);
    }
    let deep = "[".repeat(50_000);
    assert_eq!(post_text(&app.router, "/api/token/", "application/json", &deep).await.status, StatusCode::BAD_REQUEST);
    let long = format!(r#"{{"username":"{}"}}"#, "a".repeat(1 << 20));
    let answer = post_text(&app.router, "/api/token/", "application/json", &long).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let password = "p".repeat(1025);
    let answer = post(&app.router, "/api/token/", json!({ "username": "test", "password": password })).await;
    assert_eq!(answer.text, r#"{"password":["Ensure this field has no more than 1024 characters."]}"#);
}

#[tokio::test]
async fn numbers_are_read_as_their_text() {
    let app = App::start(settings()).await;
    let answer = post_text(&app.router, "/api/token/", "application/json", r#"{"username":1,"password":2.5}"#).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_methods_are_405_with_the_methods_that_are_allowed() {
    let app = App::start(settings()).await;
    for path in ["/api/token/", "/api/token/refresh/", "/api/token/verify", "/api/token/blacklist/"] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let request = Request::builder().method(method.clone()).uri(path).body(Default::default()).unwrap();
            let answer = send(&app.router, request).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(answer.member("detail"), format!("Method \"{method}\" not allowed."));
            assert!(answer.header("allow").contains("POST"), "{}", answer.header("allow"));
        }
    }
}

#[tokio::test]
async fn refresh_rotates() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let answer = app.refresh(&refresh).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.starts_with(r#"{"access":"#) && answer.text.contains(r#","refresh":"#), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let (next, new_access) = (payload(&answer.member("refresh")), payload(&answer.member("access")));
    let first = payload(&refresh);
    assert_eq!(next.raw("sid"), first.raw("sid"));
    assert_ne!(next.raw("jti"), first.raw("jti"));
    assert_eq!(next.get::<u64>("gen").unwrap(), Some(1));
    assert_eq!(next.get::<u64>("iat").unwrap(), Some(BEGIN + 60));
    assert_eq!(next.get::<u64>("exp").unwrap(), Some(BEGIN + 60 + 86_400));
    assert_ne!(new_access.raw("jti"), payload(&access).raw("jti"));
    assert_eq!(app.get("/stateless", &answer.member("access")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again() {
    let app = App::start(settings()).await;
    let (refresh, _) = app.login().await;
    let first = app.refresh(&refresh).await;
    let second = app.refresh(&refresh).await;
    assert_eq!(second.status, StatusCode::OK);
    assert_eq!(first.member("refresh"), second.member("refresh"), "the very same successor");
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session() {
    let app = App::start(settings()).await;
    let (stolen, _) = app.login().await;
    let second = app.refresh(&stolen).await.member("refresh");
    app.clock.advance(std::time::Duration::from_secs(100));
    let third = app.refresh(&second).await;
    app.clock.advance(std::time::Duration::from_secs(100));
    let theft = app.refresh(&stolen).await;
    assert_eq!(theft.status, StatusCode::UNAUTHORIZED);
    assert_eq!(theft.member("code"), "token_not_valid");
    assert_eq!(theft.member("reason"), "token_reused");
    let honest = app.refresh(&third.member("refresh")).await;
    assert_eq!((honest.status, honest.member("reason")), (StatusCode::UNAUTHORIZED, "token_reused".to_owned()));
    let access = app.get("/stateless", &third.member("access")).await;
    assert_eq!(access.status, StatusCode::UNAUTHORIZED, "its access tokens die with it");
}

#[tokio::test]
async fn a_newer_token_elsewhere_is_a_conflict_and_changes_nothing() {
    let app = App::start(settings()).await;
    let (first, _) = app.login().await;
    let second = app.refresh(&first).await.member("refresh");
    let third = app.refresh(&second).await.member("refresh");
    let request = Request::post("/api/token/refresh/")
        .header("content-type", "application/json")
        .header("user-agent", "another")
        .body(Body::from(json!({ "refresh": first }).to_string()))
        .expect("a request");
    let late = send(&app.router, request).await;
    assert_eq!((late.status, late.member("code")), (StatusCode::CONFLICT, "refresh_conflict".to_owned()));
    assert_eq!(late.header("retry-after"), "1");
    assert_eq!(app.refresh(&first).await.member("refresh"), third, "the same client gets what it missed");
    assert_eq!(app.refresh(&third).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_absolute_life_never_moves() {
    let hour = std::time::Duration::from_secs(3600);
    let lifetime = Some(48 * hour);
    let app = App::start(jwt_auth::Settings { session_lifetime: lifetime, ..settings() }).await;
    let (mut refresh, _) = app.login().await;
    for _ in 0..47 {
        app.clock.advance(hour);
        let answer = app.refresh(&refresh).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        refresh = answer.member("refresh");
        assert!(payload(&refresh).get::<u64>("exp").unwrap() <= Some(BEGIN + 48 * 3600));
        assert!(payload(&answer.member("access")).get::<u64>("exp").unwrap() <= Some(BEGIN + 48 * 3600));
    }
    app.clock.advance(hour + std::time::Duration::from_secs(1));
    assert_eq!(app.refresh(&refresh).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_user_who_was_switched_off_cannot_refresh() {
    let app = App::start(settings()).await;
    let (refresh, _) = app.login().await;
    app.users.update("1", |user| user.is_active = false);
    let answer = app.refresh(&refresh).await;
    assert_eq!((answer.status, answer.member("reason")), (StatusCode::UNAUTHORIZED, "user_disabled".to_owned()));
    app.users.update("1", |user| user.is_active = true);
    assert_eq!(app.refresh(&refresh).await.status, StatusCode::UNAUTHORIZED, "the session is over for good");
}

#[tokio::test]
async fn verify_changes_nothing() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    let verify = async |token: &str| post(&app.router, "/api/token/verify/", json!({ "token": token })).await;
    for token in [&refresh, &access, &refresh] {
        let answer = verify(token).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "{}"));
    }
    let next = app.refresh(&refresh).await.member("refresh");
    let moved = app.auth.sessions("1").await.expect("a list");
    assert_eq!(verify(&refresh).await.status, StatusCode::OK, "a refresh would be answered");
    assert_eq!(verify(&next).await.status, StatusCode::OK);
    assert_eq!(app.auth.sessions("1").await.expect("a list"), moved, "nothing is handed out");
    assert_eq!(verify("x").await.text, r#"{"detail":"Token is invalid","code":"token_not_valid"}"#);
    app.clock.advance(std::time::Duration::from_secs(86_400 + 60));
    assert_eq!(verify(&next).await.text, r#"{"detail":"Token is expired","code":"token_not_valid"}"#);
}

#[tokio::test]
async fn verify_ends_a_session_where_a_refresh_would() {
    let app = App::start(settings()).await;
    let verify = async |token: &str| post(&app.router, "/api/token/verify/", json!({ "token": token })).await;
    let blacklisted = r#"{"detail":"Token is blacklisted","code":"token_not_valid"}"#;
    let (stolen, _) = app.login().await;
    let second = app.refresh(&stolen).await.member("refresh");
    let third = app.refresh(&second).await;
    app.clock.advance(std::time::Duration::from_secs(121));
    assert_eq!(verify(&stolen).await.text, blacklisted);
    assert_eq!(app.refresh(&third.member("refresh")).await.member("reason"), "token_reused");
    let access = app.get("/stateless", &third.member("access")).await;
    assert_eq!(access.status, StatusCode::UNAUTHORIZED, "its access tokens die with it");

    // Who would be refused for another reason ends nothing.
    let (token, _) = app.login().await;
    app.users.update("1", |user| user.is_active = false);
    assert_eq!(verify(&token).await.text, blacklisted, "a refresh would be refused");
    app.users.update("1", |user| user.is_active = true);
    assert_eq!(verify(&token).await.status, StatusCode::OK);
    assert_eq!(app.refresh(&token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn blacklist_ends_the_session_and_its_access_tokens() {
    let app = App::start(settings()).await;
    let blacklist = async |token: &str| post(&app.router, "/api/token/blacklist/", json!({ "refresh": token })).await;
    let (first, access) = app.login().await;
    let second = app.refresh(&first).await.member("refresh");
    assert_eq!(app.get("/stateless", &access).await.status, StatusCode::OK);
    let answer = blacklist(&first).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "{}"), "any authentic generation logs out");
    for token in [&first, &second] {
        let answer = blacklist(token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, r#"{"detail":"Token is blacklisted","code":"token_not_valid"}"#);
        let answer = app.refresh(token).await;
        assert_eq!(
            answer.text,
            r#"{"detail":"Token is blacklisted","code":"token_not_valid","reason":"session_revoked"}"#
        );
    }
    assert_eq!(app.get("/stateless", &access).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_of_another_type_are_refused() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    let wrong = r#"{"detail":"Token has wrong type","code":"token_not_valid"}"#;
    assert_eq!(app.refresh(&access).await.text, wrong);
    assert_eq!(post(&app.router, "/api/token/blacklist/", json!({ "refresh": access })).await.text, wrong);
    assert_eq!(
        app.get("/stateless", &refresh).await.text,
        concat!(
            r#"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":"#,
            r#"[{"token_class":"AccessToken","token_type":"access","message":"Token has wrong type"}]}"#
        )
    );
}

#[tokio::test]
async fn without_a_store_tokens_are_stateless_and_logout_says_so() {
    let app = App::stateless(settings()).await;
    let (refresh, access) = app.login().await;
    assert!(!payload(&refresh).contains("sid") && !payload(&access).contains("ep"));
    let answer = app.refresh(&refresh).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.json().get("refresh").is_none(), "no rotation");
    assert_eq!(app.get("/stateless", &answer.member("access")).await.status, StatusCode::OK);
    let answer = post(&app.router, "/api/token/blacklist/", json!({ "refresh": refresh })).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
}

#[tokio::test]
async fn a_token_from_before_the_store_becomes_a_session() {
    let before = App::stateless(settings()).await;
    let (foreign, _) = before.login().await;
    let app = App::start(settings()).await;
    let verified = post(&app.router, "/api/token/verify/", json!({ "token": foreign })).await;
    assert_eq!(verified.status, StatusCode::OK, "known or not, it is good");
    let first = app.refresh(&foreign).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(payload(&first.member("refresh")).get::<u64>("gen").unwrap(), Some(1));
    let again = app.refresh(&foreign).await;
    assert_eq!(again.member("refresh"), first.member("refresh"), "a lost answer logs nobody out");
    let answer = post(&app.router, "/api/token/blacklist/", json!({ "refresh": foreign })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(app.refresh(&foreign).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_login_costs_one_hash_whoever_it_is_for() {
    let app = App::start(settings()).await;
    for (count, (username, password)) in
        [("test", "test"), ("test", "wrong"), ("nobody", "test"), ("inactive", "inactive")].into_iter().enumerate()
    {
        post(&app.router, "/api/token/", json!({ "username": username, "password": password })).await;
        assert_eq!(app.auth.password_runs(), count as u64 + 1, "{username}");
    }
}

#[tokio::test]
async fn a_staff_users_token_says_so_and_nobody_elses_does() {
    let app = App::start(settings()).await;
    let answer = post(&app.router, "/api/token/", json!({ "username": "staff", "password": "staff" })).await;
    let (access, refresh) = (payload(&answer.member("access")), payload(&answer.member("refresh")));
    assert_eq!((access.raw("is_staff"), refresh.raw("is_staff")), (Some("true"), None));
    app.users.update("3", |user| user.is_staff = false);
    let refreshed = app.refresh(&answer.member("refresh")).await;
    assert!(!payload(&refreshed.member("access")).contains("is_staff"), "read anew at each refresh");
}

/// RFC 8259 8.1. One is read past, in JSON and nowhere else.
#[tokio::test]
async fn a_byte_order_mark_before_json_is_read_past() {
    let app = App::start(settings()).await;
    let login = r#"{"username":"test","password":"test"}"#;
    let json = "application/json";
    let answer = post_text(&app.router, "/api/token/", json, &format!("\u{feff}{login}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let refresh = format!("\u{feff}{{\"refresh\":\"{}\"}}", answer.member("refresh"));
    assert_eq!(post_text(&app.router, "/api/token/refresh/", json, &refresh).await.status, StatusCode::OK);
    for body in [
        format!("\u{feff}\u{feff}{login}"),
        format!(" \u{feff}{login}"),
        format!("{login}\u{feff}"),
        "\u{feff}".to_owned(),
    ] {
        assert_eq!(
            post_text(&app.router, "/api/token/", json, &body).await.status,
            StatusCode::BAD_REQUEST,
            "{body:?}"
        );
    }
    // To Django it is a fault.
    let django = App::stateless(Settings::simple_jwt(KEY)).await;
    let answer = post_text(&django.router, "/api/token/", json, &format!("\u{feff}{login}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    let form = "application/x-www-form-urlencoded";
    let answer = post_text(&django.router, "/api/token/", form, "\u{feff}username=test&password=test").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
}
