//! A small notes API over SQLite that knows its accounts and lets everybody in.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use std::sync::Arc;

struct App {
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

#[derive(Serialize, Deserialize, sqlx::FromRow)]
struct Note {
    text: String,
}

async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<Note>>, StatusCode> {
    let notes = sqlx::query_as("SELECT text FROM notes ORDER BY id").fetch_all(&app.accounts.0);
    notes.await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn add(State(app): State<Arc<App>>, Json(note): Json<Note>) -> Result<(), StatusCode> {
    let insert = sqlx::query("INSERT INTO notes (text) VALUES (?)").bind(note.text).execute(&app.accounts.0);
    insert.await.map(drop).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

fn router() -> Router<Arc<App>> {
    Router::new().route("/notes", get(list).post(add))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = Accounts(SqlitePool::connect(&std::env::var("DATABASE_URL")?).await?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, router().with_state(Arc::new(App { accounts }))).await?;
    Ok(())
}
