//! An application in memory.

use crate::Events;
use axum::{Json, Router};
use jwt_auth::clock::Timestamp;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::{ManualClock, quick_hasher as hasher};
use jwt_auth::user::{Identity, MemoryUsers, User};
use jwt_auth::{CurrentUser, JwtAuth, JwtAuthentication, Settings, TokenUser};
use jwt_auth::{protected, public, token_routes};
use serde::Serialize;

/// The signing key of the suites.
pub const KEY: &str = "a signing key of the test suites, 64 bytes and a few more than it";

/// The moment at which the clock of the suites begins, in seconds since 1970.
pub const BEGIN: u64 = 1_800_000_000;

/// A user of the suites.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// The primary key.
    pub id: u64,
    /// The login name.
    pub username: String,
    /// PHC text.
    #[serde(skip)]
    pub password_hash: String,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Whether `IsAdminUser` lets the user pass.
    pub is_staff: bool,
    /// Names of permissions.
    pub permissions: Vec<String>,
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.id.to_string(), password_hash: &self.password_hash, is_active: self.is_active }
    }

    fn is_staff(&self) -> bool {
        self.is_staff
    }

    fn permissions(&self) -> Vec<String> {
        self.permissions.clone()
    }
}

/// A whole application: router, users, store and clock.
#[derive(Clone, Debug)]
pub struct App {
    /// The router, its state given.
    pub router: Router,
    /// What stands behind it.
    pub auth: JwtAuth<Account>,
    /// Its users.
    pub users: MemoryUsers<Account>,
    /// Its clock.
    pub clock: ManualClock,
}

#[protected]
async fn stateless(user: TokenUser) -> Json<serde_json::Value> {
    Json(user.id().into())
}

#[protected(user)]
async fn loaded(both: JwtAuthentication<Account>) -> Json<Account> {
    Json(both.user)
}

#[public]
async fn open(user: Option<CurrentUser<Account>>) -> Json<Option<String>> {
    Json(user.map(|CurrentUser(user)| user.username))
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/stateless", get(stateless)).route("/loaded", get(loaded)).route("/open", get(open))
}

/// The settings of the suites: the hardened profile.
pub fn settings() -> Settings {
    Settings::new(KEY)
}

impl App {
    /// An application with a memory store.
    pub async fn start(settings: Settings) -> Self {
        Self::assemble(settings, Some(MemoryStore::new()), None).await
    }

    /// An application with a memory store that tells its audit events.
    pub async fn audited(settings: Settings, events: &Events) -> Self {
        Self::assemble(settings, Some(MemoryStore::new()), Some(events.clone())).await
    }

    /// An application without a store.
    pub async fn stateless(settings: Settings) -> Self {
        Self::assemble(Settings { rotate_refresh_tokens: false, ..settings }, None, None).await
    }

    async fn assemble(settings: Settings, store: Option<MemoryStore>, events: Option<Events>) -> Self {
        let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
        let users = MemoryUsers::new(|user: &Account| &user.username);
        for (id, username, is_active, is_staff) in
            [(1, "test", true, false), (2, "inactive", false, false), (3, "staff", true, true)]
        {
            let password_hash = hasher().hash(username).expect("a hash");
            let permissions = Vec::new();
            users.put(Account { id, username: username.to_owned(), password_hash, is_active, is_staff, permissions });
        }
        let builder = JwtAuth::builder(settings).users(users.clone()).clock(clock.clone()).password_hasher(hasher());
        let builder = match store {
            Some(store) => builder.store(store),
            None => builder,
        };
        let builder = match events {
            Some(events) => builder.audit(events),
            None => builder,
        };
        let auth = builder.start().await.expect("good settings");
        Self { router: urls().with_state(auth.clone()), auth, users, clock }
    }

    /// Logs in as `test` and returns the refresh and the access token.
    pub async fn login(&self) -> (String, String) {
        let body = serde_json::json!({ "username": "test", "password": "test" });
        let answer = crate::post(&self.router, "/api/token/", body).await;
        (answer.member("refresh"), answer.member("access"))
    }

    /// Presents a refresh token to the refresh view.
    pub async fn refresh(&self, token: &str) -> crate::Answer {
        crate::post(&self.router, "/api/token/refresh/", serde_json::json!({ "refresh": token })).await
    }

    /// Presents an access token to a guarded route.
    pub async fn get(&self, path: &str, token: &str) -> crate::Answer {
        crate::get(&self.router, path, Some(&format!("Bearer {token}"))).await
    }
}
