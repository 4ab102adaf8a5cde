//! Routes that ask how recently, how strongly and whether still: `fresh`, `acr` and `live`, and the way to satisfy them.

mod classes;
mod live_sessions;
mod proofs;

use axum::Router;
use jwt_auth::routing::{GuardedRouter, get as route, post as routed_post};
use jwt_auth::{JwtAuth, Permissions, protected, rule, token_routes};
use jwt_auth_tests::{Account, Answer, App, get, post, settings};
use serde_json::{Value, json};

#[derive(Permissions)]
enum Perm {
    Transfer,
}

#[protected]
async fn plain() {}

#[protected(fresh = "1m")]
async fn fresh() {}

#[protected(acr = "mfa phr")]
async fn strong() {}

#[protected(Perm::Transfer, acr = "mfa", fresh = "1m", user)]
async fn transfer(_: String) {}

#[protected(live)]
async fn live() {}

#[token_routes("/api/token", only(obtain, refresh), reauthenticate)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/plain", route(plain))
        .route("/fresh", route(fresh))
        .route("/strong", route(strong))
        .route("/transfer", routed_post(transfer))
        .route("/live", route(live))
        .mount("/mounted", rule!(Perm::Transfer, fresh = "1m"), Router::new())
}

struct Kit {
    app: App,
    router: Router,
}

impl Kit {
    async fn start() -> Self {
        let app = App::start(settings()).await;
        let router = urls().with_state(app.auth.clone());
        Self { app, router }
    }

    async fn get(&self, path: &str, access: &str) -> Answer {
        get(&self.router, path, Some(&format!("Bearer {access}"))).await
    }

    async fn reauthenticate(&self, refresh: &str, password: &str) -> Answer {
        post(&self.router, "/api/token/reauthenticate/", json!({ "refresh": refresh, "password": password })).await
    }
}

fn account() -> Account {
    Account {
        id: 1,
        username: "test".to_owned(),
        password_hash: String::new(),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    }
}

fn minted_for(user: &str, claim: &str, value: Value) -> String {
    let begin = jwt_auth_tests::BEGIN;
    let mut claims = json!({
        "token_type": "access", "exp": begin + 300, "iat": begin, "jti": "00112233445566778899aabbccddeeff", "user_id": user,
    });
    claims[claim] = value;
    let key = jsonwebtoken::EncodingKey::from_secret(jwt_auth_tests::KEY.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
}
