//! States that are not `Clone`, and fields behind an `Arc`.

use axum::extract::State;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{AuthState, JwtAuth, NoUser, TokenRoutes, User, protected, token_routes};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

#[derive(AuthState)]
struct App {
    auth: JwtAuth<Account>,
    visits: Mutex<u32>,
}

#[derive(AuthState)]
struct Shared {
    auth: Arc<JwtAuth>,
    other: Mutex<u32>,
}

#[derive(AuthState)]
struct Marked {
    #[auth]
    auth: std::sync::Arc<JwtAuth<Account>>,
    other: Arc<JwtAuth>,
}

#[derive(Clone, AuthState)]
struct Outer {
    #[auth]
    inner: Arc<App>,
}

#[derive(AuthState)]
struct Generic<D> {
    auth: JwtAuth,
    data: D,
}

#[protected]
async fn count(State(app): State<Arc<App>>) -> String {
    app.visits.lock().map(|visits| visits.to_string()).unwrap_or_default()
}

#[protected(user)]
async fn loaded() {}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<Arc<App>> {
    GuardedRouter::new().route("/", get(count)).route("/loaded", get(loaded))
}

fn user<S: AuthState<User = U>, U>() {}

fn main() {
    user::<Arc<App>, Account>();
    user::<Arc<Arc<App>>, Account>();
    user::<Shared, NoUser>();
    user::<Arc<Shared>, NoUser>();
    user::<Marked, Account>();
    user::<Outer, Account>();
    user::<Arc<Generic<Mutex<u8>>>, NoUser>();
    user::<Arc<dyn AuthState<User = NoUser>>, NoUser>();
    let _ = |a: Shared, b: Marked, c: Outer, d: Generic<u8>| (a.auth, a.other, b.auth, b.other, c.inner, d.data);
    let _ = urls();
    let _: axum::Router<Outer> = TokenRoutes::at("/api/token").attach_to(axum::Router::new());
}
