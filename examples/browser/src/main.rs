//! A page that keeps its session in cookies, and its service: `cargo run --manifest-path examples/browser/Cargo.toml`, then open
//! `http://localhost:8000` and log in as `test` with the password `test`.
//!
//! That is development: cookies named `access`, `refresh` and `csrf`, without TLS. Behind a proxy with TLS `PAGE_ORIGIN` and `API_ORIGIN`
//! name the two hosts that it serves, `https://app.example.com` and `https://api.example.com`; then the names begin with `__Host-`.

mod page;

use axum::Json;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use jwt_auth::routing::{GuardedRouter, get, post};
use jwt_auth::store::SqliteStore;
use jwt_auth::{
    AuthState, AuthUser, CurrentSession, CurrentUser, JwtAuth, Secret, Settings, SqlUserStore, TokenUser, protected,
    token_routes,
};
use std::error::Error;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tower_http::cors::CorsLayer;

#[derive(Clone, AuthState)]
struct App {
    #[auth]
    auth: JwtAuth<AuthUser>,
    /// Where the page finds the routes: empty for its own origin.
    api: String,
}

#[protected]
async fn me(CurrentUser(user): CurrentUser<AuthUser>) -> Json<AuthUser> {
    Json(user)
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Note {
    text: String,
}

/// Changes something, so a request with cookies has to show the session's CSRF token.
#[protected]
async fn note(_user: TokenUser, Json(note): Json<Note>) -> Json<Note> {
    Json(note)
}

/// Counts the seconds until the session ends.
#[protected]
async fn live(session: CurrentSession, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        let mut closed = pin!(session.closed());
        let mut every = tokio::time::interval(Duration::from_secs(1));
        for seconds in 0.. {
            let next = tokio::select! {
                why = &mut closed => {
                    Message::Close(Some(CloseFrame { code: close_code::POLICY, reason: why.code().into() }))
                }
                _ = every.tick() => Message::text(format!("{seconds}")),
            };
            let is_last = matches!(next, Message::Close(_));
            if socket.send(next).await.is_err() || is_last {
                return;
            }
        }
    })
}

#[token_routes("/api/token", sessions)]
fn urls() -> GuardedRouter<App> {
    page::routes().route("/api/me", get(me)).route("/api/notes", post(note)).route("/api/live", get(live))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let page_origin = std::env::var("PAGE_ORIGIN").ok();
    let api = std::env::var("API_ORIGIN").unwrap_or_default();
    let users = SqlUserStore::connect("sqlite:browser.db").await?;
    users.migrate().await?.get_or_create("test", "test").await?;
    let settings = Settings {
        cookies: true,
        cookie_secure: page_origin.is_some(),
        allowed_origins: page_origin.iter().cloned().collect(),
        ..Settings::new(Secret::load_or_generate("browser.key")?)
    };
    let store = SqliteStore::connect("sqlite:browser.db").await?;
    let auth = JwtAuth::builder(settings).users(users).store(store).start().await?;

    let router = urls().with_state(App { auth, api });
    let router = match page_origin {
        Some(origin) => router.layer(cors(&origin)?),
        None => router,
    };
    let listener = tokio::net::TcpListener::bind(bind).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

/// Lets the page, on an origin of its own, read what the service answers.
fn cors(origin: &str) -> Result<CorsLayer, Box<dyn Error>> {
    Ok(CorsLayer::new()
        .allow_origin([HeaderValue::from_str(origin)?])
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, HeaderName::from_static("x-csrf-token")])
        .expose_headers([header::RETRY_AFTER, header::LINK])
        .allow_credentials(true))
}
