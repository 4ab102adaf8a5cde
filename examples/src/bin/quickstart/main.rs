use axum::Json;
use jwt_auth::{AuthUser, CurrentUser, JwtAuth, Secret, Settings, SqlUserStore, protected, token_routes};
use jwt_auth::{
    routing::{GuardedRouter, get},
    store::SqliteStore,
};

#[protected]
async fn me(CurrentUser(user): CurrentUser<AuthUser>) -> Json<AuthUser> {
    Json(user)
}

#[token_routes("/api/token")] // POST /api/token/, refresh/, verify/ and blacklist/
fn urls() -> GuardedRouter<JwtAuth<AuthUser>> {
    GuardedRouter::new().route("/api/me", get(me))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let users = SqlUserStore::connect("sqlite:app.db").await?;
    users.migrate().await?.get_or_create("test", "test").await?; // for the tour; then delete it, and app.db
    let store = SqliteStore::connect("sqlite:app.db").await?;
    let settings = Settings::new(Secret::load_or_generate("app.key")?); // made on the first start, mode 0600
    let auth = JwtAuth::builder(settings).users(users).store(store).start().await?;
    let app = urls().with_state(auth).into_make_service_with_connect_info::<std::net::SocketAddr>();
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8000").await?, app).await?)
}
