//! The application's own tables through sqlx 0.8, users and sessions through jwt-auth's sqlx 0.9, all in one SQLite file.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use jwt_auth::password::PasswordHasher;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::SqliteStore;
use jwt_auth::{AuthState, AuthUser, CurrentUser, JwtAuth, Settings, SqlUserStore, protected, token_routes};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tower::ServiceExt;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<AuthUser>,
    notes: SqlitePool,
}

#[protected(user)]
async fn notes(
    CurrentUser(user): CurrentUser<AuthUser>,
    State(app): State<App>,
) -> Result<Json<Vec<String>>, StatusCode> {
    let notes = sqlx::query_scalar("SELECT text FROM notes WHERE owner = ?").bind(user.id).fetch_all(&app.notes);
    notes.await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<App> {
    GuardedRouter::new().route("/notes", get(notes))
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let file = std::env::temp_dir().join(format!("beside-sqlx-0-8-{}.db", std::process::id()));
    let outcome = run(&file).await;
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    outcome
}

async fn run(file: &std::path::Path) -> Outcome<()> {
    let url = format!("sqlite://{}", file.display());
    let (users, store) = (SqlUserStore::connect(&url).await?, SqliteStore::connect(&url).await?);
    users.migrate().await?;
    let user = users.create("test", &PasswordHasher::default().hash("test")?).await?;

    let notes = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?;
    sqlx::query("CREATE TABLE notes (owner INTEGER NOT NULL, text TEXT NOT NULL)").execute(&notes).await?;
    sqlx::query("INSERT INTO notes VALUES (?, 'bread')").bind(user.id).execute(&notes).await?;
    // Each version sees what the other wrote.
    let names: Vec<String> = sqlx::query_scalar("SELECT username FROM auth_user").fetch_all(&notes).await?;
    assert_eq!(names, ["test"]);

    let settings = Settings::new("RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g");
    let auth = JwtAuth::builder(settings).users(users).store(store).start().await?;
    let app = urls().with_state(App { auth, notes });

    let login = Request::post("/api/token/").header(header::CONTENT_TYPE, "application/json");
    let login = login.body(Body::from(json!({"username": "test", "password": "test"}).to_string()))?;
    let answer = app.clone().oneshot(login).await?;
    assert_eq!(answer.status(), StatusCode::OK);
    let tokens: Value = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
    let access = tokens["access"].as_str().ok_or("no access token")?;

    let read = Request::get("/notes").header(header::AUTHORIZATION, format!("Bearer {access}")).body(Body::empty())?;
    let answer = app.clone().oneshot(read).await?;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.into_body().collect().await?.to_bytes(), r#"["bread"]"#);
    let answer = app.oneshot(Request::get("/notes").body(Body::empty())?).await?;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    println!("sqlx 0.8 and 0.9 share one file");
    Ok(())
}
