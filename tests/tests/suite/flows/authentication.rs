//! Guarded routes: headers, users, and what is refused how.

use http::StatusCode;
use jwt_auth_tests::{App, get, settings};
use std::time::Duration;

#[tokio::test]
async fn a_good_token_opens_the_door() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    assert_eq!(app.get("/stateless", &access).await.text, "\"1\"");
    let loaded = app.get("/loaded", &access).await;
    assert_eq!(loaded.json()["username"], "test");
    assert_eq!(app.get("/open", &access).await.text, "\"test\"");
}

#[tokio::test]
async fn headers_that_carry_no_credentials() {
    let app = App::start(settings()).await;
    for header in [None, Some(""), Some("   "), Some("Basic dGVzdDp0ZXN0"), Some("Token x")] {
        let answer = get(&app.router, "/stateless", header).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:?}");
        assert_eq!(answer.text, r#"{"detail":"Authentication credentials were not provided."}"#);
        assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="api""#, "no error code (RFC 6750 3.1)");
        assert_eq!(get(&app.router, "/open", header).await.text, "null");
    }
}

#[tokio::test]
async fn headers_with_the_wrong_number_of_parts() {
    let app = App::start(settings()).await;
    for header in ["Bearer", "Bearer ", "Bearer a b", "bearer a b c"] {
        for path in ["/stateless", "/open"] {
            let answer = get(&app.router, path, Some(header)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:?}");
            assert_eq!(
                answer.text,
                r#"{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}"#
            );
        }
    }
    let request = http::Request::builder()
        .uri("/stateless")
        .header("authorization", "Bearer a")
        .header("authorization", "Bearer b")
        .body(Default::default())
        .unwrap();
    assert_eq!(jwt_auth_tests::send(&app.router, request).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn white_space_and_letter_case_of_the_scheme_do_not_matter() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    for header in [format!("bearer {access}"), format!("Bearer  {access}"), format!(" BEARER\t{access} ")] {
        assert_eq!(get(&app.router, "/stateless", Some(&header)).await.status, StatusCode::OK, "{header}");
    }
}

#[tokio::test]
async fn a_bad_token_is_refused_also_where_none_is_needed() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    let cut = &access[..access.len() - 1];
    for token in ["x", "a.b.c", "..", cut] {
        for path in ["/stateless", "/loaded", "/open"] {
            let answer = app.get(path, token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert_eq!(
                answer.text,
                concat!(
                    r#"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":"#,
                    r#"[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid"}]}"#
                )
            );
            assert_eq!(
                answer.header("www-authenticate"),
                r#"Bearer realm="api", error="invalid_token", error_description="Token is invalid""#
            );
        }
    }
}

#[tokio::test]
async fn a_token_ends_at_its_expiry_plus_leeway() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    app.clock.advance(Duration::from_secs(300 + 29));
    assert_eq!(app.get("/stateless", &access).await.status, StatusCode::OK);
    app.clock.advance(Duration::from_secs(1));
    let answer = app.get("/stateless", &access).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text.contains("Token is expired"), "{}", answer.text);
}

#[tokio::test]
async fn users_who_are_gone_or_switched_off() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    app.users.update("1", |user| user.is_active = false);
    for path in ["/loaded", "/open"] {
        let answer = app.get(path, &access).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::UNAUTHORIZED, r#"{"detail":"User is inactive","code":"user_inactive"}"#)
        );
    }
    assert_eq!(app.get("/stateless", &access).await.status, StatusCode::OK, "claims only: no user is asked");
    app.users.remove("1");
    let answer = app.get("/loaded", &access).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::UNAUTHORIZED, r#"{"detail":"User not found","code":"user_not_found"}"#)
    );
}

#[tokio::test]
async fn another_header_and_scheme() {
    let settings = jwt_auth::Settings {
        auth_header_name: "X-Access-Token".to_owned(),
        auth_header_types: vec!["JWT".to_owned(), "Bearer".to_owned()],
        ..settings()
    };
    let app = App::start(settings).await;
    let (_, access) = app.login().await;
    let request = |name: &str, value: String| {
        http::Request::builder().uri("/stateless").header(name, value).body(Default::default()).unwrap()
    };
    let send = async |name: &str, value: String| jwt_auth_tests::send(&app.router, request(name, value)).await;
    assert_eq!(send("x-access-token", format!("JWT {access}")).await.status, StatusCode::OK);
    assert_eq!(send("x-access-token", format!("Bearer {access}")).await.status, StatusCode::OK);
    let answer = send("authorization", format!("Bearer {access}")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), r#"JWT realm="api""#);
}
