//! Nesting, merging, mounts, states, layers and streams in one application: who gets in, and who does not.

mod app;
mod streams;

use app::{Orders, Shop, app, urls};
use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use jwt_auth_tests::{Account, Answer, App, BEGIN, KEY, send, settings};
use serde_json::{Value, json};

/// The application, and what was given to it.
struct Kit {
    router: Router,
    shop: Shop,
    base: App,
}

impl Kit {
    async fn start() -> Self {
        let app = App::start(settings()).await;
        let shop = Shop { auth: app.auth.clone(), orders: Orders::default(), name: "the shop" };
        Self { router: self::app(shop.clone()), shop, base: app }
    }

    async fn call(&self, method: &Method, path: &str, token: Option<&str>, body: &'static str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if path == "/upload" {
            request = request.header("content-type", "multipart/form-data; boundary=b");
        }
        send(&self.router, request.body(Body::from(body)).expect("a request")).await
    }
}

/// An access token of the user 3, who is staff, with these claims beside the usual ones.
fn token(claims: &Value) -> String {
    let mut all = json!({
        "token_type": "access", "exp": BEGIN + 200, "iat": BEGIN, "jti": "00112233445566778899aabbccddeeff", "user_id": "3",
    });
    let members = all.as_object_mut().expect("an object");
    members.extend(claims.as_object().expect("claims").clone());
    let key = jsonwebtoken::EncodingKey::from_secret(KEY.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &all, &key).expect("a token")
}

const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nin a form\r\n--b--\r\n";

#[tokio::test]
async fn who_may_call_what() {
    let kit = Kit::start().await;
    urls(&kit.shop).access_table().assert_snapshot("tests/suite/everything_together/access.txt");
}

#[tokio::test]
async fn nobody_gets_in_without_what_is_asked_for() {
    let kit = Kit::start().await;
    let signed_in = || json!({});
    let read = || json!({ "permissions": ["orders:read"] });
    let write = || json!({ "permissions": ["orders:write"] });
    let staff = || json!({ "is_staff": true });
    let graphql = || json!({ "scope": "graphql" });
    let service = || json!({ "roles": ["service"] });
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let cases = [
        (&post, "/v1/orders", write(), "tea", 201, "tea for 3"),
        (&get, "/v1/orders", read(), "", 200, r#"["tea for 3"]"#),
        (&get, "/v1/orders/0", read(), "", 200, "tea for 3"),
        (&get, "/v1/orders/7", read(), "", 404, ""),
        (&get, "/v1/orders/x", read(), "", 400, "Cannot parse `id`"),
        (&delete, "/v1/orders/0", staff(), "", 200, "0 is cancelled"),
        (&put, "/v1/orders/0", signed_in(), "", 405, "no PUT"),
        (&post, "/upload", signed_in(), FORM, 200, "in a form"),
        (&put, "/echo", signed_in(), "a body", 200, "a body"),
        (&put, "/echo/a/b", signed_in(), "", 405, "no PUT"),
        (&get, "/files/rfc7520/LICENSE", signed_in(), "", 200, ""),
        (&get, "/files//rfc7520/LICENSE", signed_in(), "", 404, ""),
        (&get, "/files/rfc7520/../../Cargo.toml", signed_in(), "", 404, ""),
        (&post, "/graphql", graphql(), "{ me }", 200, r#"{"data":{"asked":6,"me":"3"}}"#),
        (&get, "/legacy", signed_in(), "", 200, "legacy"),
        (&get, "/legacy/", signed_in(), "", 200, "legacy"),
        (&get, "/legacy/items/7", signed_in(), "", 200, "legacy item 7"),
        (&get, "/legacy/items", signed_in(), "", 404, "nothing legacy"),
        (&post, "/shop.Orders/List", service(), "", 200, ""),
        (&get, "/reports/yearly", staff(), "", 200, "2027 of the shop for 3"),
        (&get, "/metrics", json!({ "roles": "metrics" }), "", 200, "requests 1"),
        (&get, "/no/such/path", signed_in(), "", 404, "nothing at /no/such/path"),
        (&get, "/v1", signed_in(), "", 404, "nothing at /v1"),
        (&get, "/report/", signed_in(), "", 404, "nothing at /report/"),
        (&get, "//report", signed_in(), "", 404, "nothing at //report"),
    ];
    for (method, path, claims, body, status, text) in cases {
        for bad in [None, Some("nonsense"), Some(&*format!("{}x", token(&claims)))] {
            let refused = kit.call(method, path, bad, body).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert!(!refused.member("detail").is_empty() && !refused.header("www-authenticate").is_empty());
        }
        if claims != json!({}) {
            let refused = kit.call(method, path, Some(&token(&json!({}))), body).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
        let answer = kit.call(method, path, Some(&token(&claims)), body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert!(answer.text.contains(text), "{method} {path}: {}", answer.text);
    }
    assert_eq!(kit.call(&get, "/", None, "").await.text, "the shop");
}

#[tokio::test]
async fn a_mount_that_loads_the_user_asks_what_the_user_is_now() {
    let kit = Kit::start().await;
    let other = token(&json!({ "user_id": "1", "is_staff": true }));
    assert_eq!(kit.call(&Method::GET, "/legacy", Some(&other), "").await.status, StatusCode::FORBIDDEN);
    let staff = token(&json!({}));
    kit.base.users.put(Account { is_active: false, ..account(&kit).await });
    assert_eq!(kit.call(&Method::GET, "/legacy", Some(&staff), "").await.status, StatusCode::UNAUTHORIZED);
}

async fn account(kit: &Kit) -> Account {
    let token = kit.shop.auth.authenticate(&token(&json!({}))).await.expect("a good token");
    kit.shop.auth.load_user(&token).await.expect("the user 3")
}

#[tokio::test]
async fn token_routes_answer_beneath_all_layers() {
    let kit = Kit::start().await;
    let login = json!({ "username": "test", "password": "test" });
    let tokens = jwt_auth_tests::post(&kit.router, "/api/token/", login).await;
    let answer = kit.call(&Method::GET, "/report", Some(&tokens.member("access")), "").await;
    assert_eq!((answer.status, answer.text.len()), (StatusCode::OK, 900));
    let refresh = json!({ "refresh": tokens.member("refresh") });
    assert_eq!(jwt_auth_tests::post(&kit.router, "/api/token/refresh", refresh).await.status, StatusCode::OK);
}

#[tokio::test]
async fn head_is_guarded_as_get_is_and_carries_no_body() {
    let kit = Kit::start().await;
    let good = token(&json!({ "permissions": ["orders:read"], "scope": "live graphql", "is_staff": true }));
    for path in ["/report", "/v1/orders", "/files/rfc7520/LICENSE", "/legacy", "/reports/yearly", "/graphql"] {
        for (given, status) in [(None, StatusCode::UNAUTHORIZED), (Some(&*good), StatusCode::OK)] {
            let answer = kit.call(&Method::HEAD, path, given, "").await;
            assert_eq!((answer.status, &*answer.text), (status, ""), "{path}");
        }
    }
    assert_eq!(kit.call(&Method::HEAD, "/report", Some(&good), "").await.header("content-length"), "900");
}

#[tokio::test]
async fn options_is_405_with_allow_where_nothing_answers_it() {
    let mut kit = Kit::start().await;
    // A CORS layer answers every `OPTIONS`.
    kit.router = urls(&kit.shop).with_state(kit.shop.clone());
    for (path, allow) in [("/report", "GET,HEAD"), ("/socket", "GET,HEAD,CONNECT"), ("/upload", "POST")] {
        let answer = kit.call(&Method::OPTIONS, path, None, "").await;
        assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, allow), "{path}");
    }
    for path in ["/files/a", "/legacy", "/graphql", "/no/such/path", "/v1/orders"] {
        let refused = kit.call(&Method::OPTIONS, path, None, "").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "a mount, a fallback: {path}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_before_any_guard_and_a_refusal_can_be_read_across_origins() {
    let kit = Kit::start().await;
    for path in ["/report", "/v1/orders/0", "/files/a", "/graphql", "/no/such/path"] {
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "DELETE")
            .header("access-control-request-headers", "authorization");
        let answer = send(&kit.router, preflight.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("access-control-allow-headers"), "authorization");
        let refused = kit.call(&Method::GET, path, None, "").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refused.header("access-control-allow-origin"), "https://shop.example");
    }
}

#[tokio::test]
async fn answers_are_compressed_and_refusals_stay_readable() {
    let kit = Kit::start().await;
    let good = format!("Bearer {}", token(&json!({})));
    let request = Request::builder().uri("/report").header("accept-encoding", "gzip").header("authorization", good);
    let request = request.body(Body::empty()).expect("a request");
    let response = tower::ServiceExt::oneshot(kit.router.clone(), request).await.expect("routers do not fail");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(kit.call(&Method::GET, "/report", None, "").await.header("content-encoding"), "");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_the_handler_and_not_the_guard() {
    let kit = Kit::start().await;
    let answer = kit.call(&Method::GET, "/slow", Some(&token(&json!({}))), "").await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(kit.call(&Method::GET, "/slow", None, "").await.status, StatusCode::UNAUTHORIZED);
}
