//! Reports of one's own department. Tokens come from the company's login server, of which this program knows the public key.

#[cfg(test)]
mod tests;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jwt_auth::keys::Algorithm;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{AuthState, JwtAuth, Settings, TokenClaims, protected, public};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Clone, Deserialize)]
struct Claims {
    sub: String,
    department: String,
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth,
    /// The names of reports by department.
    reports: Arc<HashMap<String, Vec<String>>>,
}

impl App {
    fn of(&self, department: &str) -> &[String] {
        self.reports.get(department).map_or(&[], Vec::as_slice)
    }
}

#[protected(scope("reports:read"))]
async fn list(TokenClaims(claims): TokenClaims<Claims>, State(app): State<App>) -> Json<Vec<String>> {
    Json(app.of(&claims.department).to_vec())
}

#[protected(scope("reports:read"))]
async fn show(
    TokenClaims(claims): TokenClaims<Claims>,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<String, StatusCode> {
    if app.of(&claims.department).contains(&name) {
        Ok(format!("{name}, for {}\n", claims.sub))
    } else {
        Err(StatusCode::NOT_FOUND)
    }
}

#[public]
async fn health() -> &'static str {
    "well\n"
}

fn router() -> GuardedRouter<App> {
    GuardedRouter::new().route("/reports", get(list)).route("/reports/{name}", get(show)).route("/health", get(health))
}

fn settings(key: &str) -> Settings {
    Settings {
        issuer: Some("https://login.example".to_owned()),
        audience: vec!["reports".to_owned()].into(),
        ..Settings::verify_only(Algorithm::RS256, key)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reports = serde_json::from_str(&std::fs::read_to_string("reports.json")?)?;
    let auth = JwtAuth::builder(settings(&std::fs::read_to_string("login.example.pem")?)).start().await?;
    let app = router().with_state(App { auth, reports: Arc::new(reports) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).await?;
    Ok(())
}
