use axum::Json;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{AuthUser, CurrentUser, JwtAuth, Secret, Settings, SqlUserStore};
use jwt_auth::{password::PasswordHasher, protected, store::SqliteStore, token_routes};

#[protected]
async fn some_protected_route(CurrentUser(user): CurrentUser<AuthUser>) -> Json<AuthUser> {
    Json(user)
}

#[token_routes("/api/token")] // POST /api/token/, refresh/, verify/ and blacklist/
fn urls() -> GuardedRouter<JwtAuth<AuthUser>> {
    GuardedRouter::new().route("/api/some-protected-route/", get(some_protected_route))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = Secret::load_or_generate("quickstart.key")?; // made on the first start, mode 0600
    let users = SqlUserStore::connect("sqlite:quickstart.db").await?;
    let store = SqliteStore::connect("sqlite:quickstart.db").await?;
    users.migrate().await?;
    if users.find("test").await?.is_none() {
        users.create("test", &PasswordHasher::default().hash("test")?).await?;
        println!("Made the demo user test/test. It is a demonstration: never deploy it.");
    }
    let auth = JwtAuth::builder(Settings::new(key)).users(users).store(store).start().await?;
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let listener = tokio::net::TcpListener::bind(&bind).await?;
    println!("{}", TRY_IT.replace("127.0.0.1:8000", &listener.local_addr()?.to_string()));
    axum::serve(listener, urls().with_state(auth)).await?;
    Ok(())
}

const TRY_IT: &str = r#"Listening on http://127.0.0.1:8000. In a second shell, one line after the other:
  TOKENS=$(curl -s -X POST http://127.0.0.1:8000/api/token/ -H 'Content-Type: application/json' -d '{"username":"test","password":"test"}'); echo "$TOKENS"
  curl -s http://127.0.0.1:8000/api/some-protected-route/ -H "Authorization: Bearer $(echo "$TOKENS" | sed 's/.*"access":"\([^"]*\).*/\1/')"
  curl -s -i http://127.0.0.1:8000/api/some-protected-route/
  TOKENS=$(curl -s -X POST http://127.0.0.1:8000/api/token/refresh/ -H 'Content-Type: application/json' -d "{\"refresh\":\"$(echo "$TOKENS" | sed 's/.*"refresh":"\([^"]*\).*/\1/')\"}"); echo "$TOKENS"
  curl -s -X POST http://127.0.0.1:8000/api/token/blacklist/ -H 'Content-Type: application/json' -d "{\"refresh\":\"$(echo "$TOKENS" | sed 's/.*"refresh":"\([^"]*\).*/\1/')\"}""#;
