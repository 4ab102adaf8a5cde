//! Guards and the guarded router: what is asked in which order, on whom a rule is judged, and what a mount lets through.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use jwt_auth::clock::{Clock, SystemClock, Timestamp};
use jwt_auth::routing::{GuardedRouter, any, get, post};
use jwt_auth::rule::{Rule, RuleError, RuleRequest};
use jwt_auth::settings::PermissionsSource;
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

/// A body that tells whether anybody asked for it.
fn tripwire(touched: &Arc<AtomicBool>) -> Body {
    let touched = Arc::clone(touched);
    Body::new(Full::new(Bytes::from_static(b"order")).map_frame(move |frame| {
        touched.store(true, Ordering::SeqCst);
        frame
    }))
}

#[tokio::test]
async fn the_token_then_the_rule_then_the_body() {
    let kit = Kit::start().await;
    for (claims, status, read) in [
        (None, StatusCode::UNAUTHORIZED, false),
        (Some(json!({})), StatusCode::FORBIDDEN, false),
        (Some(json!({ "permissions": ["orders:write"] })), StatusCode::OK, true),
    ] {
        let touched = Arc::new(AtomicBool::new(false));
        let answer = send(&kit.router, request(Method::POST, "/write", claims, tripwire(&touched))).await;
        assert_eq!(answer.status, status);
        assert_eq!(touched.load(Ordering::SeqCst), read, "{status}");
    }
}

#[tokio::test]
async fn guard_and_extractors_verify_once() {
    let kit = Kit::start().await;
    let count = || kit.looks_at_clock.swap(0, Ordering::SeqCst);
    count();
    kit.get("/bare", json!({})).await;
    let guard_alone = count();
    let answer = kit.request(Method::POST, "/write", Some(json!({ "permissions": ["orders:write"] }))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((guard_alone, count()), (1, 1));
}

#[tokio::test]
async fn a_refusal_names_the_scope_that_is_missing() {
    let kit = Kit::start().await;
    let answer = kit.get("/scoped", json!({})).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.text, r#"{"detail":"You do not have permission to perform this action."}"#);
    assert!(answer.header("www-authenticate").contains(r#"error="insufficient_scope", scope="a""#));
}

#[tokio::test]
async fn without_the_option_user_no_store_is_read_and_claims_decide() {
    let kit = Kit::start().await;
    assert_eq!(kit.status("/staff", json!({ "is_staff": true })).await, 200);
    assert_eq!(kit.status("/staff", json!({ "is_staff": "true" })).await, 403);
    assert_eq!(kit.status("/staff", json!({})).await, 403);
    assert_eq!(kit.status("/unsuspended", json!({ "permissions": "orders:read other" })).await, 200);
    assert_eq!(kit.loads(), 0);
}

#[tokio::test]
async fn with_the_option_user_the_user_decides() {
    let kit = Kit::start().await;
    let table = &kit.users.0;
    let claims = || json!({ "is_staff": true, "permissions": ["orders:write"] });
    assert_eq!(kit.status("/staff-loaded", claims()).await, 403);
    assert_eq!(kit.status("/write-loaded", claims()).await, 403);
    table.is_staff.store(true, Ordering::SeqCst);
    table.may_write.store(true, Ordering::SeqCst);
    assert_eq!(kit.status("/staff-loaded", json!({})).await, 200);
    assert_eq!(kit.status("/write-loaded", json!({})).await, 200);
    assert_eq!(kit.loads(), 4);
    table.is_active.store(false, Ordering::SeqCst);
    assert_eq!(kit.status("/write-loaded", claims()).await, 401);
    assert_eq!(kit.status("/bare", claims()).await, 200, "claims alone know nothing of it");
}

#[tokio::test]
async fn permissions_source_user_loads_the_user_where_a_permission_is_asked_for() {
    let kit = Kit::with(Settings { permissions_source: PermissionsSource::User, ..settings() }).await;
    let claims = || json!({ "permissions": ["orders:write", "orders:read"] });
    let write = || kit.request(Method::POST, "/write", Some(claims()));
    assert_eq!(write().await.status, StatusCode::FORBIDDEN);
    kit.users.0.may_write.store(true, Ordering::SeqCst);
    assert_eq!(write().await.status, StatusCode::OK);
    assert_eq!(kit.loads(), 2);
    assert_eq!(kit.status("/bare", claims()).await, 200);
    assert_eq!(kit.loads(), 2, "a rule without permissions loads nobody");
}

#[tokio::test]
async fn a_failed_load_is_503_and_never_a_grant() {
    let kit = Kit::with(Settings { permissions_source: PermissionsSource::User, ..settings() }).await;
    kit.users.0.gone.store(true, Ordering::SeqCst);
    for path in ["/write-loaded", "/staff-loaded", "/unsuspended", "/scoped", "/tenant"] {
        let answer = kit.get(path, json!({ "scope": "a", "tenant": "acme" })).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!answer.header("retry-after").is_empty());
    }
}

#[tokio::test]
async fn an_application_rule_sees_request_token_and_state() {
    let kit = Kit::start().await;
    assert_eq!(kit.status("/tenant", json!({ "tenant": "acme" })).await, 200);
    assert_eq!(kit.status("/tenant", json!({ "tenant": "evil" })).await, 403);
    assert_eq!(kit.status("/tenant", json!({ "permissions": ["orders:read"] })).await, 200);
    for path in ["/tenant", "/other-tenant"] {
        let mut request = request(Method::GET, path, Some(json!({ "scope": "a" })), Body::empty());
        request.headers_mut().insert("x-outage", http::HeaderValue::from_static("1"));
        assert_eq!(send(&kit.router, request).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

#[tokio::test]
async fn a_claim_nobody_can_read_forbids() {
    let kit = Kit::start().await;
    for odd in [json!(7), json!(true), json!({ "orders:read": true })] {
        assert_eq!(kit.status("/scoped", json!({ "scope": "a", "permissions": odd })).await, 403);
    }
    assert_eq!(kit.status("/scoped", json!({ "scope": ["a"], "permissions": null })).await, 200);
    assert_eq!(kit.status("/scoped", json!({ "scope": "b a", "permissions": ["x", 7] })).await, 200);
    assert_eq!(kit.status("/scoped", json!({ "scope": "ab" })).await, 403);
    assert_eq!(kit.status("/scoped", json!({ "scope": "a", "permissions": ["suspended"] })).await, 403);
}

#[tokio::test]
async fn a_mount_guards_its_path_and_everything_below() {
    let kit = Kit::start().await;
    let paths = ["/admin", "/admin/", "/admin/items/7", "/admin/nothing", "/admin//items/7", "/admin/%2e%2e/bare"];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::DELETE, Method::TRACE] {
            assert_eq!(
                kit.request(method.clone(), path, None).await.status,
                StatusCode::UNAUTHORIZED,
                "{method} {path}"
            );
            let refused = kit.request(method.clone(), path, Some(json!({}))).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
    assert_eq!(kit.entered.load(Ordering::SeqCst), 0, "a refused request got in");
    let staff = || json!({ "is_staff": true });
    assert_eq!(kit.get("/admin", staff()).await.text, "root");
    assert_eq!(kit.get("/admin/", staff()).await.text, "root");
    assert_eq!(kit.get("/admin/items/7", staff()).await.text, "7", "the mount adds no path parameter of its own");
    assert_eq!(kit.status("/admin/nothing", staff()).await, 404);
    assert_eq!(kit.get("/v1/files/items/9", json!({ "permissions": ["orders:read"] })).await.text, "9");
    assert_eq!(kit.get("/v1/files", json!({ "permissions": ["orders:read"] })).await.text, "root");
    assert_eq!(kit.status("/v1/files/", staff()).await, 403);
    assert_eq!(kit.entered.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_mount_with_the_option_user_judges_the_user() {
    let kit = Kit::start().await;
    let table = &kit.users.0;
    let claims = || json!({ "is_staff": true });
    for path in ["/admin-loaded", "/admin-loaded/", "/admin-loaded/items/7"] {
        table.is_staff.store(false, Ordering::SeqCst);
        table.is_active.store(true, Ordering::SeqCst);
        assert_eq!(kit.status(path, claims()).await, 403, "the claim is not asked");
        table.is_staff.store(true, Ordering::SeqCst);
        assert_eq!(kit.status(path, json!({})).await, 200);
        table.is_active.store(false, Ordering::SeqCst);
        assert_eq!(kit.status(path, claims()).await, 401);
        assert_eq!(kit.request(Method::GET, path, None).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!((kit.loads(), kit.entered.load(Ordering::SeqCst)), (9, 3));
    table.gone.store(true, Ordering::SeqCst);
    assert_eq!(kit.status("/admin-loaded", claims()).await, 503);
}

#[tokio::test]
async fn methods_and_fallbacks_are_guarded_too() {
    let kit = Kit::start().await;
    let status = async |method: Method, path: &str, claims| kit.request(method, path, claims).await.status.as_u16();
    assert_eq!(status(Method::HEAD, "/bare", None).await, 401);
    assert_eq!(status(Method::HEAD, "/bare", Some(json!({}))).await, 200);
    assert_eq!(status(Method::GET, "/open", None).await, 200);
    assert_eq!(status(Method::DELETE, "/open", None).await, 401);
    assert_eq!(status(Method::PUT, "/open", None).await, 405);
    assert_eq!(status(Method::PATCH, "/orders/7", None).await, 401);
    assert_eq!(status(Method::GET, "/orders", Some(json!({}))).await, 403);
    assert_eq!(status(Method::GET, "/no/such/path", None).await, 401);
    assert_eq!(status(Method::GET, "/hole", None).await, 200);
}

#[tokio::test]
async fn token_views_answer_both_slash_forms_and_post_only() {
    let kit = Kit::start().await;
    for path in ["/api/token/verify", "/api/token/verify/"] {
        assert_ne!(kit.request(Method::POST, path, None).await.status, StatusCode::NOT_FOUND);
        let refused = kit.request(Method::GET, path, None).await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.text, r#"{"detail":"Method \"GET\" not allowed."}"#);
        assert_eq!(refused.header("allow"), "POST, OPTIONS");
    }
    assert_eq!(kit.request(Method::POST, "/api/token/", None).await.status, StatusCode::UNAUTHORIZED, "only(verify)");
}

#[test]
fn the_access_table_names_every_route() {
    let table = urls(Router::new()).access_table().to_string();
    assert_eq!(
        table,
        r#"* * unguarded (answers a constant)
* /admin-loaded/{*path} IsAdminUser, user
* /admin/{*path} IsAdminUser
POST /api/token/verify public (token view)
GET /bare IsAuthenticated
DELETE /open IsAuthenticated
GET /open public
GET /orders (orders:read && !suspended)
POST /orders orders:write
* /orders/{id} IsAuthenticated
GET /other-tenant (scope("a") && !SameTenant)
GET /scoped (scope("a") && !suspended)
GET /staff IsAdminUser
GET /staff-loaded IsAdminUser, user
GET /tenant (orders:read || SameTenant)
GET /unsuspended (orders:read && !suspended)
* /v1/files/{*path} orders:read
POST /write orders:write
GET /write-loaded (orders:write && !suspended), user
* /{*fallback} IsAuthenticated
"#
    );
}

#[test]
fn a_merged_router_has_one_row_for_all_its_paths() {
    let hole = || GuardedRouter::<App>::new().merge_unguarded(Router::new(), "why");
    assert_eq!(hole().access_table().to_string(), "* * unguarded (why)\n");
    for prefix in ["/v1", "/v1/"] {
        let nested = GuardedRouter::new().nest(prefix, hole());
        assert_eq!(nested.access_table().to_string(), "* /v1/* unguarded (why)\n");
    }
}
