//! `AuthError` is an answer: by itself in the words of default settings, from a guarded router in those of its own.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use jwt_auth::error::{Denial, EndReason, StepUp};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::rule::{ObjectPermission, RuleError};
use jwt_auth::settings::Profile;
use jwt_auth::views::{ObtainView, TokenObtainPairRequest, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{
    AuthError, Claims, IsAuthenticated, JwtAuth, ObjectPermissions, Rejection, Settings, StoreError, TokenError,
    TokenUser, protected, public, token_routes,
};
use jwt_auth_tests::{Account, Answer, App, get as ask, post, settings};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing::span;

type Auth = JwtAuth<Account>;

const DESCRIBED: &str = "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"User is inactive\"";

#[public]
async fn inactive() -> Result<(), AuthError> {
    Err(AuthError::UserInactive)
}

#[public]
async fn expired() -> Result<(), AuthError> {
    Err(AuthError::InvalidToken(TokenError::RefreshExpired))
}

#[public]
async fn own_challenge() -> impl IntoResponse {
    ([("www-authenticate", "Basic realm=\"mine\"")], AuthError::UserInactive)
}

/// Everything that `?` takes.
#[public]
async fn store(State(auth): State<Auth>) -> Result<String, AuthError> {
    Claims::new().insert("count", 1)?;
    auth.end_all_sessions("1").await?;
    Err(StoreError::unavailable("password of the database: hunter2"))?
}

#[public]
async fn misconfigured() -> Result<(), Rejection> {
    Err(AuthError::Misconfigured("the remedy"))?
}

struct Nobody;

impl ObjectPermission<TokenUser, u8> for Nobody {
    async fn has_object_permission(&self, _: &TokenUser, _: &u8) -> Result<bool, RuleError> {
        Ok(false)
    }
}

#[protected]
async fn object(user: TokenUser, objects: ObjectPermissions) -> Result<String, AuthError> {
    Ok(objects.get_or_404(Nobody, &user, Some(1)).await?.to_string())
}

fn urls() -> GuardedRouter<Auth> {
    GuardedRouter::new()
        .route("/inactive", get(inactive))
        .route("/expired", get(expired))
        .route("/own", get(own_challenge))
        .route("/store", get(store))
        .route("/misconfigured", get(misconfigured))
        .route("/object", get(object))
        .fallback(inactive)
}

async fn router(settings: Settings) -> axum::Router {
    urls().with_state(App::start(settings).await.auth)
}

fn challenge(answer: &Answer) -> Option<String> {
    answer.headers.get("www-authenticate").map(|value| value.to_str().expect("text").to_owned())
}

fn other_scheme() -> Settings {
    Settings { auth_header_types: vec!["JWT".to_owned(), "Bearer".to_owned()], ..settings() }
}

fn simple_jwt() -> Settings {
    Settings { sliding_token_refresh_exp_claim: "until".to_owned(), profile: Profile::SimpleJwt, ..settings() }
}

#[tokio::test]
async fn a_plain_router_answers_in_the_words_of_default_settings() {
    let auth = App::start(settings()).await.auth;
    let router = axum::Router::new()
        .route("/inactive", axum::routing::get(inactive))
        .route("/store", axum::routing::get(store))
        .with_state(auth);
    let answer = ask(&router, "/inactive", None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(challenge(&answer).as_deref(), Some(DESCRIBED));
    assert_eq!(answer.text, r#"{"detail":"User is inactive","code":"user_inactive"}"#);
    assert_eq!(answer.header("content-type"), "application/json");
    let answer = ask(&router, "/store", None).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "1");
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
}

#[tokio::test]
async fn a_guarded_router_puts_it_into_the_words_of_its_settings() {
    for (settings, expected) in [
        (settings(), DESCRIBED.to_owned()),
        (other_scheme(), DESCRIBED.replace("Bearer", "JWT")),
        (simple_jwt(), "Bearer realm=\"api\"".to_owned()),
    ] {
        let router = router(settings).await;
        // The last is the fallback.
        for path in ["/inactive", "/elsewhere"] {
            let answer = ask(&router, path, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert_eq!(challenge(&answer), Some(expected.clone()));
            assert_eq!(answer.text, r#"{"detail":"User is inactive","code":"user_inactive"}"#);
        }
        let answer = ask(&router, "/own", None).await;
        assert_eq!(challenge(&answer).as_deref(), Some("Basic realm=\"mine\""), "what a handler says itself stays");
    }
    let answer = ask(&router(simple_jwt()).await, "/expired", None).await;
    assert_eq!(answer.text, r#"{"detail":"Token 'until' claim has expired","code":"token_not_valid"}"#);
}

#[tokio::test]
async fn mounted_and_nested_routers_say_the_same_and_the_inner_settings_decide() {
    let (inner, outer) = (App::start(settings()).await.auth, App::start(other_scheme()).await.auth);
    let plain = axum::Router::new().route("/plain", axum::routing::get(inactive)).with_state(outer.clone());
    let router = GuardedRouter::new()
        .nest("/nested", urls())
        .mount("/mounted", IsAuthenticated, plain)
        .mount("/other", IsAuthenticated, urls().with_state(inner.clone()))
        .with_state(outer.clone());
    let token = outer.access_token_for("1", &Claims::new()).expect("a token");
    let token = format!("JWT {}", token.expose());
    for (path, scheme) in [("/nested/inactive", "JWT"), ("/mounted/plain", "JWT"), ("/other/inactive", "Bearer")] {
        let answer = ask(&router, path, Some(&token)).await;
        assert_eq!(challenge(&answer), Some(DESCRIBED.replace("Bearer", scheme)), "{path}");
    }
    let answer = ask(&router, "/nested/object", Some(&token)).await;
    assert_eq!((answer.status, &*answer.text), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
}

#[tokio::test]
async fn a_fault_of_the_program_tells_nobody_its_remedy() {
    let answer = ask(&router(other_scheme()).await, "/misconfigured", None).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.text, r#"{"detail":"A server error occurred."}"#);
    assert_eq!(challenge(&answer), None);
}

#[test]
fn it_is_the_answer_of_a_rejection_with_default_settings() {
    let errors: [fn() -> AuthError; 10] = [
        || AuthError::NotAuthenticated,
        || AuthError::BadAuthorizationHeader,
        || AuthError::SessionEnded(EndReason::TokenReused),
        || AuthError::InsufficientUserAuthentication(StepUp { max_age: Some(5), acr_values: Some("mfa") }),
        || AuthError::PermissionDenied(Denial { rule: "secret rule".to_owned(), scope: Some("orders".to_owned()) }),
        || AuthError::RefreshConflict,
        || AuthError::RevocationStale,
        || AuthError::KeysUnavailable,
        || AuthError::BlacklistedToken,
        || AuthError::NotFound,
    ];
    for error in errors {
        let (by_itself, rejection) = (error().into_response(), Rejection::new(error(), &settings()).into_response());
        assert_eq!(by_itself.status(), rejection.status());
        assert_eq!(by_itself.headers(), rejection.headers());
        assert!(by_itself.extensions().get::<Arc<AuthError>>().is_some());
    }
}

struct Refusing;

impl ObtainView<Auth> for Refusing {
    type Request = TokenObtainPairRequest;
    type Response = TokenObtainPairResponse;

    async fn claims(_: &ViewRequest<'_, Auth>, user: &Account) -> Result<Claims, AuthError> {
        if user.is_staff { Err(AuthError::UserInactive) } else { Err(StoreError::unavailable("hunter2"))? }
    }
}

#[token_routes("/api/token", obtain = Refusing)]
fn plain_urls() -> axum::Router<Auth> {
    axum::Router::new()
}

#[tokio::test]
async fn a_login_of_ones_own_is_in_the_words_of_the_settings_on_any_router() {
    for (settings, expected) in [(other_scheme(), "JWT realm=\"api\""), (simple_jwt(), "Bearer realm=\"api\"")] {
        let router = plain_urls().with_state(App::start(settings).await.auth);
        let answer = post(&router, "/api/token/", json!({ "username": "staff", "password": "staff" })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(challenge(&answer).as_deref(), Some(expected));
        let answer = post(&router, "/api/token/", json!({ "username": "test", "password": "test" })).await;
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
        assert!(!answer.text.contains("hunter2"));
    }
}

/// Counts the errors in the log of `jwt_auth`.
#[derive(Clone, Default)]
struct Errors(Arc<AtomicUsize>);

impl tracing::Subscriber for Errors {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let metadata = event.metadata();
        if metadata.target() == "jwt_auth" && *metadata.level() == tracing::Level::ERROR {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// The second wording is silent.
#[tokio::test]
async fn outages_and_faults_are_logged_once() {
    for settings in [settings(), other_scheme()] {
        let router = router(settings).await;
        let errors = Errors::default();
        let _guard = tracing::subscriber::set_default(errors.clone());
        for (path, status) in [("/store", 503), ("/misconfigured", 500)] {
            errors.0.store(0, Ordering::SeqCst);
            assert_eq!(ask(&router, path, None).await.status.as_u16(), status);
            assert_eq!(errors.0.load(Ordering::SeqCst), 1, "{path}");
        }
    }
}
