// A notebook that several people share. Everybody who has an account reads; who may write, the account says.

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use axum::extract::{FromRequestParts, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{StatusCode, request::Parts};
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode, get_current_timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};

#[derive(Clone, Deserialize)]
struct Account {
    id: u64,
    name: String,
    password_hash: String,
    permissions: Vec<String>,
}

#[derive(Clone)]
struct Accounts(Arc<[Account]>);

#[derive(Clone)]
struct App {
    accounts: Accounts,
    notes: Arc<Mutex<Vec<String>>>,
    signing: EncodingKey,
    verifying: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
    #[serde(default)]
    permissions: Vec<String>,
}

impl FromRequestParts<App> for Claims {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, StatusCode> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
        let read = decode(token, &app.verifying, &Validation::default());
        read.map(|read| read.claims).map_err(|_| StatusCode::UNAUTHORIZED)
    }
}

impl App {
    fn token(&self, account: &Account) -> jsonwebtoken::errors::Result<String> {
        const LIFETIME: u64 = 24 * 60 * 60;
        let now = get_current_timestamp();
        let (sub, permissions) = (account.id.to_string(), account.permissions.clone());
        encode(&Header::default(), &Claims { sub, iat: now, exp: now + LIFETIME, permissions }, &self.signing)
    }
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

async fn login(State(app): State<App>, Json(login): Json<Login>) -> Result<String, StatusCode> {
    let account = app.accounts.0.iter().find(|account| account.name == login.username);
    let account = account.filter(|account| {
        let hash = PasswordHash::new(&account.password_hash);
        hash.is_ok_and(|hash| Argon2::default().verify_password(login.password.as_bytes(), &hash).is_ok())
    });
    app.token(account.ok_or(StatusCode::UNAUTHORIZED)?).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn list(_: Claims, State(app): State<App>) -> Json<Vec<String>> {
    Json(app.notes.lock().expect("no panic while locked").clone())
}

async fn add(claims: Claims, State(app): State<App>, note: String) -> Result<(), StatusCode> {
    if !claims.permissions.iter().any(|held| held == "notes:write") {
        return Err(StatusCode::FORBIDDEN);
    }
    app.notes.lock().expect("no panic while locked").push(format!("{}: {note}", claims.sub));
    Ok(())
}

fn router() -> Router<App> {
    Router::new().route("/login", post(login)).route("/notes", get(list).post(add))
}

fn app(secret: &str, accounts: Accounts) -> App {
    let (signing, verifying) =
        (EncodingKey::from_secret(secret.as_bytes()), DecodingKey::from_secret(secret.as_bytes()));
    App { accounts, notes: Arc::default(), signing, verifying }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts: Vec<Account> = serde_json::from_str(&std::fs::read_to_string("accounts.json")?)?;
    let app = app(&std::env::var("JWT_SECRET")?, Accounts(accounts.into()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, router().with_state(app)).await?;
    Ok(())
}
