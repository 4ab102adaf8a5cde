//! Reports of one's own department. Tokens come from the company's login server, of which this program knows the public key.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jwt_authorizer::{Authorizer, IntoLayer, JwtAuthorizer, JwtClaims, Validation};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Clone, Deserialize)]
struct Claims {
    sub: String,
    department: String,
    scope: String,
}

#[derive(Clone)]
struct App {
    /// The names of reports by department.
    reports: Arc<HashMap<String, Vec<String>>>,
}

impl App {
    fn of(&self, department: &str) -> &[String] {
        self.reports.get(department).map_or(&[], Vec::as_slice)
    }
}

async fn list(JwtClaims(claims): JwtClaims<Claims>, State(app): State<App>) -> Json<Vec<String>> {
    Json(app.of(&claims.department).to_vec())
}

async fn show(
    JwtClaims(claims): JwtClaims<Claims>,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<String, StatusCode> {
    if app.of(&claims.department).contains(&name) {
        Ok(format!("{name}, for {}\n", claims.sub))
    } else {
        Err(StatusCode::NOT_FOUND)
    }
}

async fn health() -> &'static str {
    "well\n"
}

fn router(authorizer: Authorizer<Claims>) -> Router<App> {
    Router::new()
        .route("/reports", get(list))
        .route("/reports/:name", get(show))
        .layer(authorizer.into_layer())
        .route("/health", get(health))
}

async fn authorizer(key: &str) -> Result<Authorizer<Claims>, Box<dyn std::error::Error>> {
    let validation = Validation::new().iss(&["https://login.example"]).aud(&["reports"]);
    Ok(JwtAuthorizer::from_rsa_pem_text(key)
        .validation(validation)
        .check(|claims: &Claims| claims.scope.split(' ').any(|scope| scope == "reports:read"))
        .build()
        .await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reports = serde_json::from_str(&std::fs::read_to_string("reports.json")?)?;
    let authorizer = authorizer(&std::fs::read_to_string("login.example.pem")?).await?;
    let app = router(authorizer).with_state(App { reports: Arc::new(reports) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app).await?;
    Ok(())
}
