//! Whatever is sent, the answer is a 4xx in SimpleJWT's shape, and soon.

use axum::body::Body;
use http::{Request, StatusCode};
use jwt_auth::testing::TestToken;
use jwt_auth::tokens::TokenClass;
use jwt_auth::{AuthError, TokenError};
use jwt_auth_tests::{Answer, App, payload, send, settings};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const VIEWS: [&str; 4] = ["/api/token/", "/api/token/refresh/", "/api/token/verify/", "/api/token/blacklist/"];

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// 4xx, JSON, and one of SimpleJWT's shapes: `detail`, or lists of messages by field.
fn is_refused_well(answer: &Answer) -> bool {
    let shape = answer.json();
    let fields = shape.as_object().expect("an object");
    answer.status.is_client_error()
        && answer.header("content-type") == "application/json"
        && (fields.get("detail").is_some_and(|detail| detail.is_string())
            || fields.values().all(|messages| messages.as_array().is_some_and(|list| !list.is_empty())))
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let member = prop_oneof![Just("username"), Just("password"), Just("refresh"), Just("token"), Just("x")];
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("1e999".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        "[eyJ0-9a-zA-Z_.=-]{0,200}".prop_map(|text| format!("\"{text}\"")),
    ];
    let object = prop::collection::vec((member, value), 0..5).prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    prop_oneof![object, prop::collection::vec(any::<u8>(), 0..300)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn bodies(view in prop::sample::select(&VIEWS[..]), body in any_body(), media in prop::sample::select(&["application/json", "application/json; charset=latin-1", "text/html", "\u{1}", ""][..])) {
        let answer = runtime().block_on(async {
            let app = App::start(settings()).await;
            let request = Request::builder().method("POST").uri(view).header("content-type", media.trim_matches('\u{1}'));
            send(&app.router, request.body(Body::from(body)).expect("a request")).await
        });
        prop_assert!(is_refused_well(&answer), "{answer:?}");
    }

    #[test]
    fn authorization_headers(bytes in prop::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80_u8..=0xff, Just(b'.'), Just(b'\t')], 0..300), scheme in any::<bool>()) {
        let answer = runtime().block_on(async {
            let app = App::start(settings()).await;
            let value: Vec<u8> = if scheme { [b"Bearer ", &bytes[..]].concat() } else { bytes };
            let request = Request::builder().uri("/stateless").header("authorization", &value[..]);
            send(&app.router, request.body(Body::empty()).expect("a request")).await
        });
        prop_assert!(is_refused_well(&answer), "{answer:?}");
        prop_assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
}

/// As many members as a body has room for.
fn many_names() -> String {
    let members: Vec<String> = (0..5000).map(|n| format!("\"{n:x}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

#[tokio::test]
async fn large_headers_and_bodies_are_answered_soon() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    for token in
        ["a".repeat(1 << 20), ".".repeat(1 << 20), format!("{access}{}", "A".repeat(1 << 20)), "[".repeat(1 << 20)]
    {
        let begin = Instant::now();
        let answer = app.get("/stateless", &token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        // Far above what is promised: the machine may be busy.
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
    for body in
        ["{".repeat(60_000), format!("{{\"refresh\":\"{}\"}}", "a".repeat(60_000)), "[[".repeat(1 << 20), many_names()]
    {
        let begin = Instant::now();
        let answer = jwt_auth_tests::post_text(&app.router, "/api/token/refresh/", "application/json", &body).await;
        assert!(is_refused_well(&answer), "{}", answer.status);
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn claims_of_the_wrong_type_are_refused_and_never_a_500() {
    let app = App::start(settings()).await;
    for (name, value) in [
        ("user_id", "[]"),
        ("user_id", "{}"),
        ("user_id", "null"),
        ("user_id", "true"),
        ("user_id", "\"x\""),
        ("user_id", "1.5"),
        ("sid", "1"),
        ("sid", "\"x\""),
        ("gen", "-1"),
        ("gen", "\"0\""),
        ("ep", "\"x\""),
        ("auth_time", "[]"),
        ("scope", "{}"),
    ] {
        let claim = serde_json::from_str::<serde_json::Value>(value).expect("JSON");
        let access = TestToken::access("1").claim(name, &claim).sign(&app.auth);
        let refresh = TestToken::refresh("1").claim(name, &claim).sign(&app.auth);
        assert!(app.get("/stateless", &access).await.status.as_u16() < 500, "{name} {value}");
        assert!(app.get("/loaded", &access).await.status.as_u16() < 500, "{name} {value}");
        assert!(app.refresh(&refresh).await.status.as_u16() < 500, "{name} {value}");
    }
}

#[tokio::test]
async fn a_token_is_read_by_its_class() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    let read = |token: &str, class| app.auth.read_token(token, class);
    assert_eq!(read(&access, TokenClass::Access).expect("good").token_type(), Some("access"));
    assert_eq!(read(&refresh, TokenClass::Untyped).expect("good").claims(), payload(&refresh));
    assert!(matches!(read(&refresh, TokenClass::Access), Err(AuthError::InvalidToken(TokenError::WrongType))));
}
