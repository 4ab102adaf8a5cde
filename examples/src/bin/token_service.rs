//! The whole product behind environment variables: `BIND`, `DATABASE_URL` and `JWT_AUTH_<NAME>` for every setting.
//!
//! Users are in the table `auth_user` of the database, made by `jwt-auth migrate` or by Django; sessions are in tables of
//! our own beside it, made at the start.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::SqliteStore;
use jwt_auth::verify::VerifiedToken;
use jwt_auth::{AuthUser, Claims, IsAdminUser, JwtAuth, JwtAuthentication, Settings, SqlUserStore, TokenUser};
use jwt_auth::{protected, public, token_routes};
use serde::Serialize;
use std::error::Error;

type Auth = JwtAuth<AuthUser>;

/// Who the service takes the caller for.
#[derive(Serialize)]
struct Caller {
    user_id: serde_json::Value,
    username: String,
    is_staff: bool,
    is_superuser: bool,
    kind: &'static str,
    claims: Option<Claims>,
}

#[protected(user)]
async fn some_protected_route(caller: JwtAuthentication<AuthUser>) -> Json<Caller> {
    Json(Caller::loaded(caller))
}

#[protected]
async fn stateless_protected_route(user: TokenUser) -> Json<Caller> {
    Json(Caller::stateless(&user))
}

#[protected(IsAdminUser, user)]
async fn staff_route(caller: JwtAuthentication<AuthUser>) -> Json<Caller> {
    Json(Caller::loaded(caller))
}

#[protected(IsAdminUser)]
async fn stateless_staff_route(user: TokenUser) -> Json<Caller> {
    Json(Caller::stateless(&user))
}

#[public]
async fn public_route(caller: Option<JwtAuthentication<AuthUser>>) -> Json<Caller> {
    Json(caller.map_or_else(Caller::anonymous, Caller::loaded))
}

#[public]
async fn healthz(State(auth): State<Auth>) -> (StatusCode, &'static str) {
    match auth.health().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n"),
    }
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<Auth> {
    let router = GuardedRouter::new().route("/healthz", get(healthz));
    // Django's clients end their paths with a slash, others do not.
    ["", "/"].into_iter().fold(router, |router, end| {
        router
            .route(&format!("/api/some-protected-route{end}"), get(some_protected_route))
            .route(&format!("/api/stateless-protected-route{end}"), get(stateless_protected_route))
            .route(&format!("/api/staff-route{end}"), get(staff_route))
            .route(&format!("/api/stateless-staff-route{end}"), get(stateless_staff_route))
            .route(&format!("/api/public-route{end}"), get(public_route))
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let database = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:token_service.db".to_owned());
    let settings = Settings::from_env()?;
    let users = SqlUserStore::connect(&database).await?;
    let store = SqliteStore::connect(&database).await?;
    let auth = JwtAuth::builder(settings).users(users).store(store).start().await?;

    let stopped = stopped()?;
    let listener = tokio::net::TcpListener::bind(&bind).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, urls().with_state(auth)).with_graceful_shutdown(stopped).await?;
    Ok(())
}

/// Listens for SIGTERM and Ctrl-C from now on, and waits for one of them.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

impl Caller {
    fn loaded(caller: JwtAuthentication<AuthUser>) -> Self {
        let JwtAuthentication { user, token } = caller;
        Self {
            user_id: user.id.into(),
            username: user.username,
            is_staff: user.is_staff,
            is_superuser: user.is_superuser,
            kind: "User",
            claims: Some(token.claims()),
        }
    }

    fn stateless(user: &TokenUser) -> Self {
        let token: &VerifiedToken = user.token();
        Self {
            user_id: user.id().into(),
            username: user.username(),
            is_staff: user.is_staff(),
            is_superuser: user.is_superuser(),
            kind: "TokenUser",
            claims: Some(token.claims()),
        }
    }

    fn anonymous() -> Self {
        Self {
            user_id: serde_json::Value::Null,
            username: String::new(),
            is_staff: false,
            is_superuser: false,
            kind: "AnonymousUser",
            claims: None,
        }
    }
}
