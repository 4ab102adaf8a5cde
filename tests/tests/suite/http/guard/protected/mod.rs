//! Guards and the guarded router: what is asked in which order, on whom a rule is judged, and what a mount lets through.

mod routes;
mod rules;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use http::{Method, Request};
use jwt_auth::clock::{Clock, SystemClock, Timestamp};
use jwt_auth::routing::{GuardedRouter, any, get, post};
use jwt_auth::rule::{Rule, RuleError, RuleRequest};
use jwt_auth::{
    AuthState, IsAdminUser, JwtAuth, Permissions, Settings, StoreError, TokenUser, UserStore, protected, public, rule,
    token_routes,
};
use jwt_auth_tests::{Account, Answer, KEY, send, settings};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Permissions)]
enum Perm {
    OrdersRead,
    OrdersWrite,
    Suspended,
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
    tenant: &'static str,
}

/// One user, `1`, who can be changed; the store counts what it is asked and can be taken away.
#[derive(Clone)]
struct Users(Arc<Table>);

struct Table {
    is_active: AtomicBool,
    is_staff: AtomicBool,
    may_write: AtomicBool,
    gone: AtomicBool,
    loads: AtomicUsize,
}

impl UserStore for Users {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        // `0` is what the start asks for, to see whether anybody answers.
        self.0.loads.fetch_add(usize::from(id != "0"), Ordering::SeqCst);
        if self.0.gone.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("the table is locked"));
        }
        let may_write = self.0.may_write.load(Ordering::SeqCst);
        Ok(Some(Account {
            id: 1,
            username: "test".to_owned(),
            password_hash: String::new(),
            is_active: self.0.is_active.load(Ordering::SeqCst),
            is_staff: self.0.is_staff.load(Ordering::SeqCst),
            permissions: if may_write { vec!["orders:write".to_owned()] } else { Vec::new() },
        }))
    }

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.find_by_id(name).await
    }
}

/// The tenant of the token is the state's, and the request names it.
struct SameTenant;

impl Rule<App> for SameTenant {
    async fn allows(request: &RuleRequest<'_, App>) -> Result<bool, RuleError> {
        tokio::task::yield_now().await;
        if request.parts().headers.contains_key("x-outage") {
            return Err(RuleError::unavailable("no directory"));
        }
        let tenant = request.token().claim::<String>("tenant").ok().flatten();
        Ok(tenant.as_deref() == Some(request.state().tenant))
    }
}

#[protected]
async fn bare() -> &'static str {
    "in"
}

#[protected(Perm::OrdersWrite)]
async fn write(_: TokenUser, body: String) -> String {
    body
}

#[protected(Perm::OrdersWrite && !Perm::Suspended, user)]
async fn write_loaded() -> &'static str {
    "in"
}

#[protected(Perm::OrdersRead && !Perm::Suspended)]
async fn unsuspended() -> &'static str {
    "in"
}

#[protected(scope("a") && !Perm::Suspended)]
async fn scoped() -> &'static str {
    "in"
}

#[protected(IsAdminUser)]
async fn staff() -> &'static str {
    "in"
}

#[protected(IsAdminUser, user)]
async fn staff_loaded() -> &'static str {
    "in"
}

#[protected(Perm::OrdersRead || SameTenant)]
async fn tenant() -> &'static str {
    "in"
}

#[protected(scope("a") && !SameTenant)]
async fn other_tenant() -> &'static str {
    "in"
}

#[public]
async fn open() -> &'static str {
    "open"
}

#[token_routes("/api/token", only(verify))]
fn urls(inner: Router) -> GuardedRouter<App> {
    let orders = GuardedRouter::new().route("/", get(unsuspended).post(write)).route("/{id}", any(bare));
    GuardedRouter::new()
        .route("/bare", get(bare))
        .route("/bare/", get(bare))
        .route("/write", post(write))
        .route("/write-loaded", get(write_loaded))
        .route("/unsuspended", get(unsuspended))
        .route("/scoped", get(scoped))
        .route("/staff", get(staff))
        .route("/staff-loaded", get(staff_loaded))
        .route("/tenant", get(tenant))
        .route("/other-tenant", get(other_tenant))
        .route("/open", get(open).delete(bare))
        .nest("/orders", orders)
        .nest("/v1", GuardedRouter::new().mount("/files/", rule!(Perm::OrdersRead), inner.clone()))
        .mount("/admin", IsAdminUser, inner.clone())
        .mount("/admin-loaded", rule!(IsAdminUser, user), inner)
        .merge_unguarded(Router::new().route("/hole", axum::routing::get("hole")), "answers a constant")
        .fallback(bare)
}

/// Verification asks what time it is once, which makes it countable.
#[derive(Debug)]
struct CountingClock(Arc<AtomicUsize>);

impl Clock for CountingClock {
    fn now(&self) -> Timestamp {
        self.0.fetch_add(1, Ordering::SeqCst);
        SystemClock.now()
    }
}

struct Kit {
    router: Router,
    users: Users,
    entered: Arc<AtomicUsize>,
    looks_at_clock: Arc<AtomicUsize>,
}

impl Kit {
    async fn start() -> Self {
        Self::with(settings()).await
    }

    async fn with(settings: Settings) -> Self {
        let users = Users(Arc::new(Table {
            is_active: AtomicBool::new(true),
            is_staff: AtomicBool::new(false),
            may_write: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            loads: AtomicUsize::new(0),
        }));
        let settings = Settings { rotate_refresh_tokens: false, blacklist_after_rotation: false, ..settings };
        let looks_at_clock = Arc::new(AtomicUsize::new(0));
        let clock = CountingClock(Arc::clone(&looks_at_clock));
        let auth = JwtAuth::builder(settings).users(users.clone()).clock(clock).start().await.expect("good settings");
        let entered = Arc::new(AtomicUsize::new(0));
        let router = urls(inner(&entered)).with_state(App { auth, tenant: "acme" });
        Self { router, users, entered, looks_at_clock }
    }

    async fn get(&self, path: &str, claims: Value) -> Answer {
        self.request(Method::GET, path, Some(claims)).await
    }

    async fn status(&self, path: &str, claims: Value) -> u16 {
        self.get(path, claims).await.status.as_u16()
    }

    async fn request(&self, method: Method, path: &str, claims: Option<Value>) -> Answer {
        send(&self.router, request(method, path, claims, Body::empty())).await
    }

    fn loads(&self) -> usize {
        self.users.0.loads.load(Ordering::SeqCst)
    }
}

/// What stands behind the mounts; it counts who gets in.
fn inner(entered: &Arc<AtomicUsize>) -> Router {
    let count = |entered: &Arc<AtomicUsize>| {
        let entered = Arc::clone(entered);
        move || entered.fetch_add(1, Ordering::SeqCst)
    };
    let (root, item) = (count(entered), count(entered));
    Router::new()
        .route(
            "/",
            axum::routing::any(async move || {
                root();
                "root"
            }),
        )
        .route(
            "/items/{id}",
            axum::routing::get(async move |Path(id): Path<u32>| {
                item();
                id.to_string()
            }),
        )
}

fn request(method: Method, path: &str, claims: Option<Value>, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(claims) = claims {
        request = request.header("authorization", format!("Bearer {}", token(claims)));
    }
    request.body(body).expect("a request")
}

fn token(claims: Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let mut all = json!({
        "token_type": "access", "exp": now + 200, "iat": now, "jti": "00112233445566778899aabbccddeeff", "user_id": "1",
    });
    let members = all.as_object_mut().expect("an object");
    members.extend(claims.as_object().expect("claims").clone());
    let key = jsonwebtoken::EncodingKey::from_secret(KEY.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &all, &key).expect("a token")
}
