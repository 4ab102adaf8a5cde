use axum::extract::State;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{AuthState, JwtAuth, protected};

#[derive(Clone)]
struct Db;

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth,
    db: Db,
}

#[protected]
async fn list(State(_): State<Db>) {}

fn main() {
    let _ = GuardedRouter::<App>::new().route("/list", get(list));
}
