use super::{Settings, app, described};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jwt_auth::Secret;
use tower::ServiceExt;

#[test]
fn who_may_call_what() {
    described().access_table().assert_snapshot("src/bin/permissions/access.txt");
}

#[tokio::test]
async fn everybody_does_what_they_may_and_no_more() {
    let app = app(Settings::new(Secret::generate().expect("random numbers"))).await.expect("an application");
    let (ada, sam, root) = (log_in(&app, "ada").await, log_in(&app, "sam").await, log_in(&app, "root").await);
    for (who, method, path, body, status) in [
        ("", "GET", "/catalogue", "", 200),
        ("", "POST", "/orders", r#"{"item":"tea"}"#, 401),
        (&*sam, "POST", "/orders", r#"{"item":"tea"}"#, 403),
        (&ada, "POST", "/orders", r#"{"item":"tea"}"#, 201),
        (&ada, "GET", "/orders/0", "", 200),
        (&root, "GET", "/orders/0", "", 200),
        (&sam, "GET", "/orders/0", "", 404),
        (&ada, "POST", "/orders/0/refund", "", 403),
        (&sam, "POST", "/orders/0/refund", "", 200),
        (&sam, "GET", "/admin", "", 403),
        (&root, "GET", "/admin", "", 200),
    ] {
        assert_eq!(send(&app, who, method, path, body).await.0, status, "{method} {path}");
    }
}

async fn log_in(app: &Router, name: &str) -> String {
    let (_, body) =
        send(app, "", "POST", "/api/token", &format!(r#"{{"username":"{name}","password":"{name}"}}"#)).await;
    format!("Bearer {}", body["access"].as_str().expect("an access token"))
}

async fn send(app: &Router, who: &str, method: &str, path: &str, body: &str) -> (u16, serde_json::Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = if who.is_empty() { request } else { request.header("authorization", who) };
    let answer = app.clone().oneshot(request.body(Body::from(body.to_owned())).expect("a request")).await;
    let (head, body) = answer.expect("an answer").into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (head.status.as_u16(), serde_json::from_slice(&body).unwrap_or_default())
}
