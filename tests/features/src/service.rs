//! A service with a login of its own, so that it can be had without the feature `password`.

use axum::{Json, Router};
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::routing::{GuardedRouter, get, post};
use jwt_auth::store::MemoryStore;
use jwt_auth::user::{Identity, MemoryUsers};
use jwt_auth::views::{Credentials, ObtainView, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{
    AuthError, CurrentUser, JwtAuth, Permissions, Settings, TokenUser, User, protected, public, token_routes,
};

/// The signing key.
pub const KEY: &str = "a key for this check only, long enough for HS512: 64 bytes and more";

/// The moment at which everything happens.
pub const NOW: u64 = 1_800_000_000;

#[derive(Clone, Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(NOW)
    }
}

#[derive(Clone, Permissions)]
#[allow(dead_code)]
enum Perm {
    OrdersRead,
    OrdersWrite,
}

/// A user.
#[derive(Clone)]
pub struct Account;

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: "1".to_owned(), password_hash: "", is_active: true }
    }

    fn permissions(&self) -> Vec<String> {
        vec!["orders:read".to_owned()]
    }
}

/// A body with a word that only the user knows.
#[derive(serde::Deserialize)]
pub struct Word {
    name: String,
    word: String,
    #[serde(default)]
    number: Option<f64>,
}

impl Credentials<JwtAuth<Account>> for Word {
    fn username(&self) -> &str {
        &self.name
    }

    async fn authenticate(&self, _: &ViewRequest<'_, JwtAuth<Account>>) -> Result<Account, AuthError> {
        let is_right = self.name == "ann" && self.word == "sesame" && self.number.is_none_or(|number| number > 0.0);
        if is_right { Ok(Account) } else { Err(AuthError::NoActiveAccount) }
    }
}

/// The login.
pub struct Login;

impl ObtainView<JwtAuth<Account>> for Login {
    type Request = Word;
    type Response = TokenObtainPairResponse;
}

#[protected]
async fn mine(user: TokenUser) -> String {
    user.id().to_owned()
}

#[protected(user)]
async fn loaded(CurrentUser(_): CurrentUser<Account>) -> &'static str {
    "loaded"
}

#[protected(Perm::OrdersRead || scope("orders"))]
async fn read() -> &'static str {
    "read"
}

#[protected(Perm::OrdersWrite)]
async fn write(Json(body): Json<String>) -> String {
    body
}

#[protected(fresh = "5m")]
async fn fresh() -> &'static str {
    "fresh"
}

#[public]
async fn open(user: Option<TokenUser>) -> String {
    format!("{:?}", user.map(|user| user.id().to_owned()))
}

/// The routes.
#[token_routes("/api/token", obtain = Login, sessions)]
pub fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/mine", get(mine))
        .route("/loaded", get(loaded))
        .route("/orders", get(read).post(write))
        .route("/fresh", post(fresh))
        .route("/open", get(open))
}

/// The service, and what is behind it.
pub async fn start(settings: Settings) -> (Router, JwtAuth<Account>) {
    let users = MemoryUsers::new(|_: &Account| "ann");
    users.put(Account);
    let builder = JwtAuth::builder(settings).users(users).store(MemoryStore::new()).clock(Still);
    let auth = builder.start().await.expect("sound settings");
    (urls().with_state(auth.clone()), auth)
}
