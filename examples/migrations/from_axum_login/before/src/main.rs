//! A notebook that several people share. Everybody who has an account reads; who may write, the account says.

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};

use axum_login::{AuthManagerLayerBuilder, AuthUser, AuthnBackend, AuthzBackend, login_required, permission_required};
use serde::Deserialize;
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tower_sessions::{MemoryStore, SessionManagerLayer};

#[derive(Clone, Debug, Deserialize)]
struct Account {
    id: u64,
    name: String,
    password_hash: String,
    permissions: Vec<String>,
}

#[derive(Clone)]
struct Accounts(Arc<[Account]>);

type AuthSession = axum_login::AuthSession<Accounts>;

#[derive(Clone, Default)]
struct App {
    notes: Arc<Mutex<Vec<String>>>,
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

impl AuthUser for Account {
    type Id = u64;

    fn id(&self) -> u64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password_hash.as_bytes()
    }
}

impl AuthnBackend for Accounts {
    type User = Account;
    type Credentials = Credentials;
    type Error = Infallible;

    async fn authenticate(&self, login: Credentials) -> Result<Option<Account>, Infallible> {
        let account = self.0.iter().find(|account| account.name == login.username).cloned();
        Ok(account.filter(|account| {
            let hash = PasswordHash::new(&account.password_hash);
            hash.is_ok_and(|hash| Argon2::default().verify_password(login.password.as_bytes(), &hash).is_ok())
        }))
    }

    async fn get_user(&self, id: &u64) -> Result<Option<Account>, Infallible> {
        Ok(self.0.iter().find(|account| account.id == *id).cloned())
    }
}

impl AuthzBackend for Accounts {
    type Permission = String;

    async fn get_user_permissions(&self, account: &Account) -> Result<HashSet<String>, Infallible> {
        Ok(account.permissions.iter().cloned().collect())
    }
}

async fn login(mut session: AuthSession, Json(login): Json<Credentials>) -> Result<(), StatusCode> {
    let account = session.authenticate(login).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    session.login(&account.ok_or(StatusCode::UNAUTHORIZED)?).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn logout(mut session: AuthSession) -> Result<(), StatusCode> {
    session.logout().await.map(drop).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn list(State(app): State<App>) -> Json<Vec<String>> {
    Json(app.notes.lock().expect("no panic while locked").clone())
}

async fn add(session: AuthSession, State(app): State<App>, note: String) -> Result<(), StatusCode> {
    let account = session.user.ok_or(StatusCode::UNAUTHORIZED)?;
    app.notes.lock().expect("no panic while locked").push(format!("{}: {note}", account.name));
    Ok(())
}

fn router() -> Router<App> {
    let writing = Router::new().route("/notes", post(add));
    let reading = Router::new().route("/notes", get(list));
    Router::new()
        .merge(writing.route_layer(permission_required!(Accounts, "notes:write")))
        .merge(reading.route_layer(login_required!(Accounts)))
        .route("/login", post(login))
        .route("/logout", post(logout))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts: Vec<Account> = serde_json::from_str(&std::fs::read_to_string("accounts.json")?)?;
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    let auth = AuthManagerLayerBuilder::new(Accounts(accounts.into()), sessions).build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, router().layer(auth).with_state(App::default())).await?;
    Ok(())
}
