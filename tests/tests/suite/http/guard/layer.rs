//! The tower layer that guards services without axum, and what it does in an application of axum.

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::routing::get;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Bytes;
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::rule::{Rule, RuleError, RuleRequest};
use jwt_auth::{
    AuthState, CurrentUser, GuardLayer, IsAdminUser, IsAuthenticated, JwtAuth, Settings, TokenUser, protected, rule,
};
use jwt_auth_tests::{Account, App, BEGIN, get as ask, send, settings};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower::{Layer, Service, ServiceExt, service_fn};

/// An access token of a user.
async fn token_of(app: &App, name: &str) -> String {
    let login = serde_json::json!({ "username": name, "password": name });
    jwt_auth_tests::post(&app.router, "/api/token/", login).await.member("access")
}

fn request(token: Option<&str>) -> Request<Empty<Bytes>> {
    let mut request = Request::builder().uri("/anything");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Empty::new()).expect("a request")
}

/// A service of hyper's kind, with bodies that axum has never seen, and how often it was called.
fn service(
    auth: &JwtAuth<Account>,
    calls: &Arc<AtomicUsize>,
) -> impl Service<Request<Empty<Bytes>>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let (auth, calls) = (auth.clone(), Arc::clone(calls));
    service_fn(move |request: Request<Empty<Bytes>>| {
        let (auth, calls) = (auth.clone(), Arc::clone(&calls));
        async move {
            calls.fetch_add(1, Ordering::SeqCst);
            let (mut parts, _) = request.into_parts();
            let user = CurrentUser::<Account>::from_request_parts(&mut parts, &auth).await;
            let name = user.map_or_else(|rejection| rejection.to_string(), |CurrentUser(user)| user.username);
            Ok(Response::new(Full::from(name)))
        }
    })
}

#[tokio::test]
async fn a_refused_request_never_reaches_the_service() {
    let app = App::start(settings()).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let guarded = GuardLayer::new(app.auth.clone(), rule!(IsAdminUser, user)).layer(service(&app.auth, &calls));
    let (test, staff) = (token_of(&app, "test").await, token_of(&app, "staff").await);
    for (token, status, detail) in [
        (None, 401, "Authentication credentials were not provided."),
        (Some("nonsense"), 401, "Given token not valid for any token type"),
        (Some(&*test), 403, "You do not have permission to perform this action."),
    ] {
        let refused = guarded.clone().oneshot(request(token)).await.expect("an answer");
        assert_eq!(refused.status().as_u16(), status);
        assert_eq!(refused.headers()["content-type"], "application/json");
        assert!(refused.headers().contains_key("www-authenticate"));
        let body = refused.into_body().collect().await.expect("a body").to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["detail"], detail);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    let answer = guarded.oneshot(request(Some(&staff))).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.into_body().collect().await.expect("a body").to_bytes(), "staff");
}

/// Verification asks what time it is once.
#[derive(Debug)]
struct CountingClock(Arc<AtomicUsize>);

impl Clock for CountingClock {
    fn now(&self) -> Timestamp {
        self.0.fetch_add(1, Ordering::SeqCst);
        Timestamp::from_seconds(BEGIN)
    }
}

#[protected]
async fn who(user: TokenUser, method: Method) -> String {
    format!("{method} {}", user.id())
}

#[tokio::test]
async fn layer_guard_and_extractors_verify_once() {
    let token = App::start(settings()).await.login().await.1;
    let looks = Arc::new(AtomicUsize::new(0));
    let settings = Settings { rotate_refresh_tokens: false, ..settings() };
    let auth = JwtAuth::<jwt_auth::NoUser>::builder(settings);
    let auth = auth.clock(CountingClock(Arc::clone(&looks))).start().await.expect("good settings");
    let router = Router::new().route("/who", get(who)).with_state(auth.clone());
    let twice =
        router.layer(GuardLayer::new(auth.clone(), IsAuthenticated)).layer(GuardLayer::new(auth, IsAuthenticated));
    looks.store(0, Ordering::SeqCst);
    assert_eq!(ask(&twice, "/who", Some(&format!("Bearer {token}"))).await.text, "GET 1");
    assert_eq!(looks.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn another_jwt_auth_takes_no_word_of_the_layer() {
    let ours = App::start(settings()).await;
    let theirs = App::start(Settings::new("another signing key of the test suites, and it is long enough")).await;
    let inner = Router::new().route("/who", get(who)).with_state(theirs.auth.clone());
    let router = inner.layer(GuardLayer::new(ours.auth.clone(), IsAuthenticated));
    let token = token_of(&ours, "test").await;
    let answer = ask(&router, "/who", Some(&format!("Bearer {token}"))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

/// Around a plain router it is where any layer of axum's is: around what was added before it, and the 404.
#[tokio::test]
async fn around_a_router_it_guards_what_was_added_before_and_the_404() {
    let app = App::start(settings()).await;
    let router = Router::new()
        .route("/before", get("in").post("in"))
        .nest("/below", Router::new().route("/item", get("in")))
        .layer(GuardLayer::new(app.auth.clone(), IsAdminUser))
        .route("/after", get("open"));
    let paths = ["/before", "/below/item", "/below/none", "/none", "/before/", "//before", "/below%2fitem"];
    for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
        for path in paths {
            let request = Request::builder().method(&method).uri(path).body(Body::empty()).expect("a request");
            assert_eq!(send(&router, request).await.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
    assert_eq!(ask(&router, "/after", None).await.text, "open");
    let staff = format!("Bearer {}", token_of(&app, "staff").await);
    assert_eq!(ask(&router, "/before", Some(&staff)).await.text, "in");
    assert_eq!(ask(&router, "/none", Some(&staff)).await.status, StatusCode::NOT_FOUND);
}

/// A rule may look at the state, which need not be a bare `JwtAuth`.
#[derive(Clone, AuthState)]
struct Tenant {
    auth: JwtAuth<Account>,
    open: bool,
}

struct IsOpen;

impl Rule<Tenant> for IsOpen {
    async fn allows(request: &RuleRequest<'_, Tenant>) -> Result<bool, RuleError> {
        Ok(request.state().open)
    }
}

#[tokio::test]
async fn a_rule_sees_the_state_that_the_layer_was_given() {
    let app = App::start(settings()).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let token = token_of(&app, "test").await;
    for (open, status) in [(true, StatusCode::OK), (false, StatusCode::FORBIDDEN)] {
        let layer = GuardLayer::new(Tenant { auth: app.auth.clone(), open }, IsOpen);
        assert_eq!(format!("{layer:?}"), "GuardLayer(IsOpen)");
        let answer = layer.layer(service(&app.auth, &calls)).oneshot(request(Some(&token))).await.expect("an answer");
        assert_eq!(answer.status(), status);
    }
}

/// A rule around another one, as an application writes it to log or to count.
struct Around<R>(std::marker::PhantomData<fn() -> R>);

impl<R> Around<R> {
    fn rule(_: R) -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<S: AuthState, R: Rule<S>> Rule<S> for Around<R> {
    fn allows(request: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send {
        R::allows(request)
    }
}

#[tokio::test]
async fn options_inside_of_another_rule_are_not_dropped_in_silence() {
    let app = App::start(settings()).await;
    let header = format!("Bearer {}", token_of(&app, "test").await);
    app.users.update("1", |user| user.is_active = false);
    let inner = || Router::new().route("/", get(async || "in"));
    let router = jwt_auth::routing::GuardedRouter::new()
        .mount("/user", Around::rule(rule!(IsAuthenticated, user)), inner())
        .mount("/fresh", Around::rule(rule!(IsAuthenticated, fresh = "1m")), inner())
        .mount("/none", Around::rule(rule!(IsAuthenticated)), inner())
        .with_state(app.auth.clone());
    for (path, status) in [("/user", 500), ("/fresh", 500), ("/none", 200)] {
        assert_eq!(ask(&router, path, Some(&header)).await.status, status, "{path}");
    }
}
