//! A notebook that several people share. Everybody who has an account reads; who may write, the account says.

#[cfg(test)]
mod tests;

use axum::Json;
use axum::extract::State;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::MemoryStore;
use jwt_auth::user::{Identity, User, UserStore};
use jwt_auth::{AuthState, CurrentUser, JwtAuth, Permissions, Settings, StoreError, protected, token_routes};
use serde::Deserialize;
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug, Deserialize)]
struct Account {
    id: u64,
    name: String,
    password_hash: String,
    permissions: Vec<String>,
}

#[derive(Clone)]
struct Accounts(Arc<[Account]>);

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
    notes: Arc<Mutex<Vec<String>>>,
}

#[derive(Permissions)]
enum Perm {
    NotesWrite,
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.id.to_string(), password_hash: &self.password_hash, is_active: true }
    }

    fn permissions(&self) -> Vec<String> {
        self.permissions.clone()
    }
}

impl UserStore for Accounts {
    type User = Account;

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.0.iter().find(|account| account.name == name).cloned())
    }

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.0.iter().find(|account| account.id.to_string() == id).cloned())
    }
}

#[protected(user)]
async fn list(State(app): State<App>) -> Json<Vec<String>> {
    Json(app.notes.lock().expect("no panic while locked").clone())
}

#[protected(Perm::NotesWrite, user)]
async fn add(CurrentUser(account): CurrentUser<Account>, State(app): State<App>, note: String) {
    app.notes.lock().expect("no panic while locked").push(format!("{}: {note}", account.name));
}

#[token_routes("/api/token")]
fn router() -> GuardedRouter<App> {
    GuardedRouter::new().route("/notes", get(list).post(add))
}

async fn app(settings: Settings, accounts: Accounts) -> Result<App, Box<dyn std::error::Error>> {
    let auth = JwtAuth::builder(settings).users(accounts).store(MemoryStore::new()).start().await?;
    Ok(App { auth, notes: Arc::default() })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts: Vec<Account> = serde_json::from_str(&std::fs::read_to_string("accounts.json")?)?;
    let app = app(Settings::from_env()?, Accounts(accounts.into())).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    let service = router().with_state(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
