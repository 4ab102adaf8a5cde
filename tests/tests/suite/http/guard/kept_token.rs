//! What a guard found out belongs to the bytes of the token: somebody between two guards may change or remove it.

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_request;
use http::HeaderValue;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::testing::TestToken;
use jwt_auth::{CurrentUser, GuardLayer, IsAdminUser, IsAuthenticated, JwtAuth, TokenUser, protected, public, rule};
use jwt_auth_tests::{Account, App, get as ask, settings};

#[protected(user)]
async fn loaded(CurrentUser(user): CurrentUser<Account>) -> String {
    user.username
}

#[protected]
async fn claims(user: TokenUser) -> String {
    user.id().to_owned()
}

#[protected(IsAdminUser)]
async fn staff() -> &'static str {
    "staff"
}

#[public]
async fn open(user: Option<CurrentUser<Account>>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |CurrentUser(user)| user.username)
}

#[protected(ticket)]
async fn stream(user: TokenUser) -> String {
    user.id().to_owned()
}

fn routes(auth: &JwtAuth<Account>) -> Router {
    let routes = GuardedRouter::new()
        .route("/loaded", get(loaded))
        .route("/claims", get(claims))
        .route("/staff", get(staff))
        .route("/open", get(open))
        .route("/stream", get(stream));
    routes.with_state(auth.clone())
}

/// The routes, a change of the request around them, and a guard that looks at the request before the change.
fn behind(auth: &JwtAuth<Account>, change: impl Fn(&mut Request) + Clone + Send + Sync + 'static) -> Router {
    let changed = map_request(move |mut request: Request| {
        change(&mut request);
        std::future::ready(request)
    });
    routes(auth).layer(changed).layer(GuardLayer::new(auth.clone(), rule!(IsAuthenticated, user)))
}

fn bearer(app: &App, id: &str) -> String {
    let token = TestToken::access(id);
    let token = if id == "3" { token.staff() } else { token };
    // A long one and a short one are kept in two ways.
    let token = if id == "1" { token.claim("filler", "x".repeat(600)) } else { token };
    format!("Bearer {}", token.sign(&app.auth))
}

#[tokio::test]
async fn a_changed_header_is_read_anew() {
    let app = App::start(settings()).await;
    let (test, staff) = (bearer(&app, "1"), bearer(&app, "3"));
    for (given, put, answers) in [
        (&test, &staff, [(200, "staff"), (200, "3"), (200, "staff"), (200, "staff")]),
        (&staff, &test, [(200, "test"), (200, "1"), (403, ""), (200, "test")]),
    ] {
        let put = HeaderValue::from_str(put).expect("a header");
        let router = behind(&app.auth, move |request| {
            request.headers_mut().insert("authorization", put.clone());
        });
        for (path, (status, text)) in ["/loaded", "/claims", "/staff", "/open"].into_iter().zip(answers) {
            let answer = ask(&router, path, Some(given)).await;
            assert_eq!(answer.status, status, "{path}");
            if status == 200 {
                assert_eq!(answer.text, text, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_removed_or_spoiled_header_opens_nothing() {
    let app = App::start(settings()).await;
    let token = bearer(&app, "3");
    let without = behind(&app.auth, |request| drop(request.headers_mut().remove("authorization")));
    let spoiled = behind(&app.auth, |request| {
        let value = request.headers_mut().get_mut("authorization").expect("it came");
        *value = HeaderValue::from_static("Bearer a.b.c");
    });
    let twice = behind(&app.auth, |request| {
        let value = request.headers()["authorization"].clone();
        request.headers_mut().append("authorization", value);
    });
    for path in ["/loaded", "/claims", "/staff"] {
        for router in [&without, &spoiled, &twice] {
            assert_eq!(ask(router, path, Some(&token)).await.status, 401, "{path}");
        }
    }
    assert_eq!(ask(&without, "/open", Some(&token)).await.text, "nobody");
    assert_eq!(ask(&spoiled, "/open", Some(&token)).await.status, 401);
    let untouched = behind(&app.auth, |request| drop(request.headers_mut().remove("x-other")));
    assert_eq!(ask(&untouched, "/loaded", Some(&token)).await.text, "staff");
}

#[tokio::test]
async fn a_ticket_belongs_to_its_query() {
    let app = App::start(settings()).await;
    let access = app.login().await.1;
    let ticket = || async {
        let token = app.auth.authenticate(&access).await.expect("good");
        app.auth.ticket_for(&token).expect("a ticket").expose().to_owned()
    };
    let guard = GuardLayer::new(app.auth.clone(), rule!(IsAuthenticated, ticket));
    let plain = routes(&app.auth).layer(guard.clone());
    assert_eq!(ask(&plain, &format!("/stream?ticket={}", ticket().await), None).await.text, "1");
    let stripped = map_request(|mut request: Request| {
        *request.uri_mut() = http::Uri::from_static("/stream");
        std::future::ready(request)
    });
    let router = routes(&app.auth).layer(stripped).layer(guard.clone());
    assert_eq!(ask(&router, &format!("/stream?ticket={}", ticket().await), None).await.status, 401);
    let other = HeaderValue::from_str(&bearer(&app, "3")).expect("a header");
    let with_header = map_request(move |mut request: Request| {
        request.headers_mut().insert("authorization", other.clone());
        std::future::ready(request)
    });
    let router = routes(&app.auth).layer(with_header).layer(guard);
    assert_eq!(ask(&router, &format!("/stream?ticket={}", ticket().await), None).await.text, "3");
}
