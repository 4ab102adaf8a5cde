//! A small notes API over SQLite that knows its accounts and lets everybody in.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use jwt_auth::{AuthState, JwtAuth, Settings, StoreError, protected, store::SqliteStore, token_routes, user::*};
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use std::sync::Arc;

#[derive(AuthState)]
struct App {
    auth: JwtAuth<Account>,
    accounts: Accounts,
}

#[derive(Clone, sqlx::FromRow)]
struct Account {
    id: i64,
    password_hash: String,
    disabled: bool,
}

#[derive(Clone)]
struct Accounts(SqlitePool);

impl Accounts {
    async fn with_id(&self, id: &str) -> sqlx::Result<Option<Account>> {
        sqlx::query_as("SELECT * FROM accounts WHERE id = ?").bind(id).fetch_optional(&self.0).await
    }

    async fn with_email(&self, email: &str) -> sqlx::Result<Option<Account>> {
        sqlx::query_as("SELECT * FROM accounts WHERE email = ?").bind(email).fetch_optional(&self.0).await
    }
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.id.to_string(), password_hash: &self.password_hash, is_active: !self.disabled }
    }
}

impl UserStore for Accounts {
    type User = Account;
    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.with_id(id).await.map_err(StoreError::unavailable)
    }
    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.with_email(name).await.map_err(StoreError::unavailable)
    }
}

#[derive(Serialize, Deserialize, sqlx::FromRow)]
struct Note {
    text: String,
}

#[protected]
async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<Note>>, StatusCode> {
    let notes = sqlx::query_as("SELECT text FROM notes ORDER BY id").fetch_all(&app.accounts.0);
    notes.await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[protected(user)]
async fn add(State(app): State<Arc<App>>, Json(note): Json<Note>) -> Result<(), StatusCode> {
    let insert = sqlx::query("INSERT INTO notes (text) VALUES (?)").bind(note.text).execute(&app.accounts.0);
    insert.await.map(drop).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[token_routes("/api/token")]
fn router() -> Router<Arc<App>> {
    Router::new().route("/notes", get(list).post(add))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = Accounts(SqlitePool::connect(&std::env::var("DATABASE_URL")?).await?);
    let (settings, store) = (Settings::from_env()?, SqliteStore::from_pool(&accounts.0).await?);
    let auth = JwtAuth::builder(settings).users(accounts.clone()).store(store).start().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    let app = router().with_state(Arc::new(App { auth, accounts }));
    axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).await?;
    Ok(())
}
