//! Requests, and how they are answered.

use crate::service::{KEY, NOW, start};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use jwt_auth::Settings;
use jwt_auth::keys::{Algorithm, SigningKey};
use tower::ServiceExt;

/// Prints an answer for each.
pub async fn ask() {
    let (router, _) = start(Settings::new(KEY)).await;
    let login = r#"{"name":"ann","word":"sesame"}"#;
    for (name, media_type, body) in [
        ("json", "application/json", login),
        ("no media type", "", login),
        ("form", "application/x-www-form-urlencoded", "name=ann&word=sesame"),
        (
            "multipart",
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n--b--\r\n",
        ),
        ("text", "text/plain", login),
        ("charset", "application/json; charset=latin-1", login),
        ("wrong", "application/json", r#"{"name":"ann","word":"sesam"}"#),
        ("missing", "application/json", r#"{"name":"ann"}"#),
        ("null", "application/json", r#"{"name":null,"word":"sesame"}"#),
        ("number", "application/json", r#"{"name":1,"word":"sesame"}"#),
        ("twice", "application/json", r#"{"name":"bob","name":"ann","word":"sesame"}"#),
        ("spaces", "application/json", r#"{"name":" ann ","word":"sesame"}"#),
        ("surrogate", "application/json", r#"{"name":"\ud800","word":"sesame"}"#),
        ("NaN", "application/json", r#"{"name":"ann","word":"sesame","number":NaN}"#),
        (
            "many digits",
            "application/json",
            &format!(r#"{{"name":"ann","word":"sesame","other":{}}}"#, "9".repeat(5000)),
        ),
        ("array", "application/json", "[]"),
        ("nothing", "application/json", ""),
        ("no JSON", "application/json", "{"),
        ("large", "application/json", &format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000))),
    ] {
        let request = Request::post("/api/token/").header("content-type", media_type).body(Body::from(body.to_owned()));
        print("login", name, &router, request.expect("a request")).await;
    }
    for method in ["OPTIONS", "GET", "HEAD", "PUT"] {
        let request = Request::builder().method(method).uri("/api/token/refresh/").body(Body::empty());
        print("method", method, &router, request.expect("a request")).await;
    }
    for (name, header, value) in
        [("html", "accept", "text/html"), ("xml", "accept", "application/xml"), ("nothing", "accept", "")]
    {
        let request = Request::post("/api/token/verify/?format=api").header(header, value);
        let request = request.header("content-type", "application/json").body(Body::from(r#"{"token":"x"}"#));
        print("accept", name, &router, request.expect("a request")).await;
    }
    for view in ["refresh", "blacklist", "verify"] {
        for body in [
            r#"{"refresh":"x","token":"x"}"#,
            r#"{"refresh":" ","token":""}"#,
            "{}",
            r#"{"refresh":"a.b.c","token":1}"#,
        ] {
            let request = Request::post(format!("/api/token/{view}/")).header("content-type", "application/json");
            print(view, body, &router, request.body(Body::from(body)).expect("a request")).await;
        }
    }
    let long = good(&format!(r#","own":"{}""#, "x".repeat(9000)));
    let tokens = [
        ("good", sign(&good(""))),
        ("float", sign(&good("").replace(r#""exp":1800000060"#, r#""exp":1800000060.5"#))),
        ("without iat", sign(&good("").replace(r#""iat":1800000000,"#, ""))),
        ("true for exp", sign(&good("").replace(r#""exp":1800000060"#, r#""exp":true"#))),
        ("over", sign(&good("").replace("1800000060", "1799999900"))),
        ("within leeway", sign(&good("").replace("1800000060", "1799999990"))),
        ("long life", sign(&good("").replace("1800000060", "9900000000"))),
        ("twice", sign(&good(r#","own":1,"own":2"#))),
        ("refresh", sign(&good("").replace("access", "refresh"))),
        ("sliding", sign(&good("").replace("access", "sliding"))),
        ("no type", sign(&good("").replace(r#""token_type":"access","#, ""))),
        ("no user", sign(&good("").replace(r#","user_id":"1""#, ""))),
        ("number for user", sign(&good("").replace(r#""user_id":"1""#, r#""user_id":1"#))),
        ("null for user", sign(&good("").replace(r#""user_id":"1""#, r#""user_id":null"#))),
        ("staff", sign(&good(r#","is_staff":"true""#))),
        ("scope", sign(&good(r#","scope":"orders""#))),
        ("permission", sign(&good(r#","permissions":["orders:write"]"#))),
        ("audience", sign(&good(r#","aud":"other""#))),
        ("too long", sign(&long)),
    ];
    for (name, token) in &tokens {
        for (method, path) in [
            ("GET", "/mine"),
            ("GET", "/loaded"),
            ("GET", "/orders"),
            ("POST", "/orders"),
            ("POST", "/fresh"),
            ("GET", "/open"),
        ] {
            let request =
                Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
            print(&format!("{method} {path}"), name, &router, request.body(Body::empty()).expect("a request")).await;
        }
    }
    let good = &tokens[0].1;
    for (name, headers) in [
        ("none", vec![]),
        ("empty", vec![String::new()]),
        ("scheme", vec![format!("bearer {good}")]),
        ("tab", vec![format!("Bearer\t{good}")]),
        ("no token", vec!["Bearer".to_owned()]),
        ("three parts", vec![format!("Bearer {good} x")]),
        ("two headers", vec![format!("Bearer {good}"), format!("Bearer {good}")]),
        ("comma", vec![format!("Bearer {good},Bearer {good}")]),
        ("other scheme", vec![format!("Token {good}")]),
    ] {
        let request =
            headers.iter().fold(Request::get("/mine"), |request, value| request.header("authorization", value));
        print("header", name, &router, request.body(Body::empty()).expect("a request")).await;
    }
}

async fn print(what: &str, name: &str, router: &Router, request: Request<Body>) {
    let answer: Response<Body> = router.clone().oneshot(request).await.expect("routers do not fail");
    let status = answer.status().as_u16();
    let header =
        |name: &str| answer.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let headers = ["www-authenticate", "content-type", "allow", "vary", "cache-control"].map(header);
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    // Tokens have random numbers in them.
    let body =
        body.split('"').map(|part| if part.starts_with("eyJ") { "token" } else { part }).collect::<Vec<_>>().join("\"");
    println!("answer {what} [{name}]: {status} {headers:?} {}", body.replace('\n', " "));
}

fn good(more: &str) -> String {
    format!(r#"{{"token_type":"access","exp":{},"iat":{NOW},"jti":"0123456789abcdef","user_id":"1"{more}}}"#, NOW + 60)
}

fn sign(payload: &str) -> String {
    let key = SigningKey::load(Algorithm::HS256, KEY, None).expect("a good key");
    key.sign(payload)
}
