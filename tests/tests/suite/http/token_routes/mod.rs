//! Token routes with views, users and options of the application's own.

mod jwks;
mod login;
mod sessions;
mod users;

use axum::Router;
use jwt_auth::clock::Timestamp;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::user::{Identity, MemoryUsers, User, UserStore};
use jwt_auth::views::{Credentials, ObtainResponse, ObtainView, RefreshView, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{AuthError, AuthState, Claims, JwtAuth, Refreshed, Secret, Settings, StoreError, TokenPair};
use jwt_auth_tests::{Answer, BEGIN, hasher, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
struct Account {
    id: u32,
    email: String,
    password_hash: String,
    otp: String,
    is_active: bool,
    confirmed: bool,
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.id.to_string(), password_hash: &self.password_hash, is_active: self.is_active }
    }

    fn may_log_in(&self) -> bool {
        self.confirmed
    }
}

/// What the world outside does to a login, and what it heard of it.
#[derive(Default)]
struct World {
    /// What the check of the second factor comes to.
    otp: Mutex<Option<Fault>>,
    /// Happens while the second factor is checked.
    meanwhile: Mutex<Option<fn(&App)>>,
    /// Whether the user is logged out everywhere while the claims are collected.
    logged_out: Mutex<bool>,
    claims_source_is_down: Mutex<bool>,
    hook_fails: Mutex<bool>,
    heard: Mutex<Vec<String>>,
}

type Fault = fn(&App) -> AuthError;

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
    users: Users,
    world: Arc<World>,
    clock: ManualClock,
}

/// Users whose plan another service knows.
#[derive(Clone)]
struct Users {
    rows: MemoryUsers<Account>,
    world: Arc<World>,
    plan: Arc<Mutex<String>>,
}

impl UserStore for Users {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.rows.find_by_id(id).await
    }

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.rows.find_by_username(name).await
    }

    async fn claims(&self, _: &Account) -> Result<Claims, AuthError> {
        tokio::task::yield_now().await;
        if *self.world.claims_source_is_down.lock().unwrap() {
            return Err(StoreError::unavailable("the plans are not to be had").into());
        }
        let mut claims = Claims::new();
        claims.insert("plan", &*self.plan.lock().unwrap())?;
        Ok(claims)
    }
}

/// E-mail address, password and one-time code.
#[derive(Deserialize)]
struct EmailLogin {
    email: String,
    password: Secret,
    otp: String,
}

impl Credentials<App> for EmailLogin {
    fn username(&self) -> &str {
        &self.email
    }

    async fn authenticate(&self, request: &ViewRequest<'_, App>) -> Result<Account, AuthError> {
        let app = request.state();
        let user = app.auth.check_password(&self.email, &self.password).await?;
        tokio::task::yield_now().await;
        if let Some(meanwhile) = *app.world.meanwhile.lock().unwrap() {
            meanwhile(app);
        }
        if let Some(fault) = *app.world.otp.lock().unwrap() {
            return Err(fault(app));
        }
        if user.otp == self.otp { Ok(user) } else { Err(AuthError::NoActiveAccount) }
    }
}

#[derive(Serialize)]
struct LoginAnswer {
    #[serde(flatten)]
    pair: TokenObtainPairResponse,
    email: String,
}

impl ObtainResponse<App> for LoginAnswer {
    async fn new(_: &ViewRequest<'_, App>, user: &Account, pair: TokenPair) -> Result<Self, AuthError> {
        Ok(Self { pair: pair.into(), email: user.email.clone() })
    }
}

struct Login;

impl ObtainView<App> for Login {
    type Request = EmailLogin;
    type Response = LoginAnswer;

    async fn claims(request: &ViewRequest<'_, App>, user: &Account) -> Result<Claims, AuthError> {
        let logged_out = *request.state().world.logged_out.lock().unwrap();
        if logged_out {
            // By another request, whose event is not this one's.
            let (auth, id) = (request.state().auth.clone(), user.id.to_string());
            tokio::spawn(async move { auth.end_all_sessions(&id).await }).await.unwrap()?;
        }
        let mut claims = Claims::new();
        if let Some(tenant) = request.parts().headers.get("x-tenant") {
            claims.insert("tenant", tenant.to_str().unwrap())?;
        }
        claims.insert("is_staff", true)?;
        Ok(claims)
    }

    async fn on_login_success(request: &ViewRequest<'_, App>, user: &Account) -> Result<(), AuthError> {
        let world = &request.state().world;
        let client = request.client().user_agent.as_deref().unwrap_or("nobody");
        world.heard.lock().unwrap().push(format!("{} with {client}", user.email));
        let fails = *world.hook_fails.lock().unwrap();
        if fails { Err(StoreError::unavailable("the audit log is full").into()) } else { Ok(()) }
    }

    async fn on_login_failed(request: &ViewRequest<'_, App>, username: &str, error: &AuthError) {
        request.state().world.heard.lock().unwrap().push(format!("{username}: {error:?}"));
    }
}

#[derive(Serialize)]
struct RefreshAnswer {
    access: String,
    refresh: Option<String>,
    email: String,
}

struct Refresh;

impl RefreshView<App> for Refresh {
    type Response = RefreshAnswer;

    async fn response(request: &ViewRequest<'_, App>, refreshed: Refreshed) -> Result<RefreshAnswer, AuthError> {
        let auth = &request.state().auth;
        let token = auth.authenticate(refreshed.access.expose()).await?;
        let refresh = refreshed.refresh.map(|token| token.expose().to_owned());
        let email = auth.load_user(&token).await?.email;
        Ok(RefreshAnswer { access: refreshed.access.expose().to_owned(), refresh, email })
    }
}

#[jwt_auth::token_routes("/api/token", obtain = Login, refresh = Refresh, sessions)]
fn urls() -> GuardedRouter<App> {
    GuardedRouter::new()
}

impl App {
    async fn start(settings: Settings) -> Self {
        Self::assemble(settings, Some(MemoryStore::new())).await
    }

    async fn assemble(settings: Settings, store: Option<MemoryStore>) -> Self {
        let world = Arc::<World>::default();
        let rows = MemoryUsers::new(|user: &Account| &user.email);
        for (id, name) in [(1, "ada"), (2, "bob"), (3, "new")] {
            rows.put(Account {
                id,
                email: format!("{name}@example.org"),
                password_hash: hasher().hash(name).unwrap(),
                otp: "123456".to_owned(),
                is_active: true,
                confirmed: name != "new",
            });
        }
        let users = Users { rows, world: Arc::clone(&world), plan: Arc::new(Mutex::new("free".to_owned())) };
        let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
        let builder = JwtAuth::builder(settings).users(users.clone()).clock(clock.clone()).password_hasher(hasher());
        let builder = match store {
            Some(store) => builder.store(store),
            None => builder,
        };
        Self { auth: builder.start().await.expect("good settings"), users, world, clock }
    }

    fn router(&self) -> Router {
        // Keys that are no secret.
        let published = jwt_auth::TokenRoutes::at("/other").only([]).jwks();
        let urls = if self.auth.settings().algorithm.is_symmetric() { urls() } else { published.attach_to(urls()) };
        urls.with_state(self.clone())
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        post(&self.router(), path, body).await
    }

    /// Logs in with name, password and code.
    async fn attempt(&self, name: &str, password: &str, otp: &str) -> Answer {
        let email = format!("{name}@example.org");
        self.post("/api/token/", json!({ "email": email, "password": password, "otp": otp })).await
    }

    /// Logs in and gives the refresh and the access token.
    async fn login(&self, name: &str) -> (String, String) {
        let answer = self.attempt(name, name, "123456").await;
        (answer.member("refresh"), answer.member("access"))
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.post("/api/token/refresh/", json!({ "refresh": token })).await
    }

    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.world.heard.lock().unwrap())
    }
}
