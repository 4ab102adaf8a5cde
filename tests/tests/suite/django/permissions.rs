//! Django's permissions and groups in rules, on both databases.

use axum::Router;
use axum::routing::get as plain;
use http::StatusCode;
use jwt_auth::clock::Timestamp;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::rule::{Rule, RuleError, RuleRequest};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::{UserStore, UserTable};
use jwt_auth::{AuthUser, Claims, IsAdminUser, JwtAuth, Settings, SqlUserStore, protected, rule};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::{BEGIN, scratch::Scratch, settings};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

/// A database of either kind, with Django's tables.
enum Database {
    Sqlite { _scratch: Scratch, url: String, pool: SqlitePool },
    Postgres { server: Postgres, pool: PgPool },
}

impl Database {
    async fn sqlite() -> Self {
        let scratch = Scratch::new("django-permissions");
        let url = scratch.next_database();
        let pool = SqlitePool::connect(&format!("{url}?mode=rwc")).await.expect("a database");
        Self::filled(Self::Sqlite { _scratch: scratch, url, pool }).await
    }

    async fn postgres() -> Option<Self> {
        let server = Postgres::start()?;
        let pool = PgPool::connect(&server.url()).await.expect("a database");
        Some(Self::filled(Self::Postgres { server, pool }).await)
    }

    async fn filled(self) -> Self {
        let users = self.users().await;
        users.migrate().await.expect("a table");
        for name in ["ann", "bob", "eve", "root", "gone"] {
            users.create(name, "!").await.expect("a user");
        }
        self.run(TABLES).await;
        self.run(ROWS).await;
        self
    }

    async fn users(&self) -> SqlUserStore {
        match self {
            Self::Sqlite { url, .. } => SqlUserStore::connect(url).await.expect("a store"),
            Self::Postgres { server, .. } => SqlUserStore::connect(&server.url()).await.expect("a store"),
        }
    }

    async fn run(&self, statements: &str) {
        let sql = AssertSqlSafe(statements.to_owned());
        match self {
            Self::Sqlite { pool, .. } => drop(sqlx::raw_sql(sql).execute(pool).await.expect("written")),
            Self::Postgres { pool, .. } => drop(sqlx::raw_sql(sql).execute(pool).await.expect("written")),
        }
    }
}

/// As Django's migrations leave them, without the foreign keys.
const TABLES: &str = r#"
    CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL);
    CREATE TABLE auth_permission (id integer PRIMARY KEY, name varchar(255) NOT NULL, content_type_id integer NOT NULL,
        codename varchar(100) NOT NULL);
    CREATE TABLE auth_group (id integer PRIMARY KEY, name varchar(150) NOT NULL UNIQUE);
    CREATE TABLE auth_group_permissions (id bigint PRIMARY KEY, group_id integer NOT NULL, permission_id integer NOT NULL);
    CREATE TABLE auth_user_groups (id bigint PRIMARY KEY, user_id integer NOT NULL, group_id integer NOT NULL);
    CREATE TABLE auth_user_user_permissions (id bigint PRIMARY KEY, user_id integer NOT NULL, permission_id integer NOT NULL);
"#;

/// 1 ann has the permission, 2 bob is in the group that has it, 3 eve has the same codename of another app, 4 root is
/// superuser, 5 gone has everything and is inactive.
const ROWS: &str = r#"
    INSERT INTO django_content_type VALUES (1, 'orders', 'order'), (2, 'shop', 'order');
    INSERT INTO auth_permission VALUES (1, 'Can change order', 1, 'change_order'), (2, 'Can change order', 2, 'change_order');
    INSERT INTO auth_group VALUES (1, 'editors'), (2, 'suspended');
    INSERT INTO auth_group_permissions VALUES (1, 1, 1);
    INSERT INTO auth_user_user_permissions VALUES (1, 1, 1), (2, 3, 2), (3, 5, 1);
    INSERT INTO auth_user_groups VALUES (1, 2, 1), (2, 3, 2), (3, 5, 1);
    UPDATE auth_user SET is_superuser = TRUE WHERE id = 4;
    UPDATE auth_user SET is_superuser = TRUE, is_active = FALSE WHERE id = 5;
"#;

#[tokio::test]
async fn the_store_answers_as_djangos_backend_on_sqlite() {
    store_answers(&Database::sqlite().await).await;
}

#[tokio::test]
async fn the_store_answers_as_djangos_backend_on_postgres() {
    let Some(database) = Database::postgres().await else { return };
    store_answers(&database).await;
}

async fn store_answers(database: &Database) {
    let users = database.users().await;
    for (name, orders, shop, editor) in [
        ("ann", true, false, false),
        ("bob", true, false, true),
        ("eve", false, true, false),
        ("root", true, true, false),
        ("gone", false, false, false),
    ] {
        let user = users.find(name).await.expect("an answer").expect("a user");
        assert_eq!(users.has_perm(&user, "orders.change_order").await.expect("an answer"), orders, "{name}");
        assert_eq!(users.has_perm(&user, "shop.change_order").await.expect("an answer"), shop, "{name}");
        assert_eq!(users.in_group(&user, "editors").await.expect("an answer"), editor, "{name}");
        for odd in
            ["change_order", "", ".", "orders.", "orders.change_order.x", "orders.change_order\0", "' OR 1=1 --.x"]
        {
            assert_eq!(users.has_perm(&user, odd).await.expect("an answer"), name == "root", "{name} {odd:?}");
            assert!(!users.in_group(&user, odd).await.expect("an answer"), "{name} {odd:?}");
        }
    }
}

#[tokio::test]
async fn a_custom_model_names_its_own_column() {
    let sqlite = Database::sqlite().await;
    custom_model(&sqlite).await;
    if let Some(postgres) = Database::postgres().await {
        custom_model(&postgres).await;
    }
}

async fn custom_model(database: &Database) {
    let users = database.users().await.table(&UserTable::AUTH_USER.named("club_member"));
    users.migrate().await.expect("a table");
    let ann = users.create("ann", "!").await.expect("a user");
    users.in_group(&ann, "editors").await.expect_err("the tables are not there yet, which is no `false`");
    database
        .run(
            "CREATE TABLE club_member_groups (id bigint PRIMARY KEY, member_id integer NOT NULL, group_id integer NOT NULL);
             CREATE TABLE club_member_user_permissions (id bigint PRIMARY KEY, member_id integer NOT NULL,
                permission_id integer NOT NULL);
             INSERT INTO club_member_groups VALUES (1, 1, 1)",
        )
        .await;
    assert!(users.in_group(&ann, "editors").await.expect("an answer"));
    assert!(users.has_perm(&ann, "orders.change_order").await.expect("an answer"));
    assert!(!users.has_perm(&ann, "shop.change_order").await.expect("an answer"));
}

#[protected(DjangoPermission("orders.change_order"))]
async fn change() -> &'static str {
    "changed"
}

#[protected((DjangoPermission("orders.change_order") || DjangoGroup("suspended")) && !DjangoGroup("editors"))]
async fn joined() -> &'static str {
    "joined"
}

/// A rule of the application's own.
struct EditsShops;

impl Rule<JwtAuth<AuthUser>> for EditsShops {
    async fn allows(request: &RuleRequest<'_, JwtAuth<AuthUser>>) -> Result<bool, RuleError> {
        Ok(request.has_perm("shop.change_order").await? || request.in_group("editors").await?)
    }
}

async fn application(users: SqlUserStore, settings: Settings) -> (JwtAuth<AuthUser>, Router) {
    let settings = Settings { rotate_refresh_tokens: false, ..settings };
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let auth = JwtAuth::builder(settings).users(users).clock(clock).start().await.expect("good settings");
    let below = || Router::new().route("/", plain("in"));
    let router: GuardedRouter<JwtAuth<AuthUser>> = GuardedRouter::new()
        .route("/change", get(change))
        .route("/joined", get(joined))
        .mount("/either", rule!(IsAdminUser || DjangoGroup("editors")), below())
        .mount("/own", rule!(EditsShops, user), below())
        .mount("/own-without-user", rule!(EditsShops), below());
    (auth.clone(), router.with_state(auth))
}

async fn status(auth: &JwtAuth<AuthUser>, router: &Router, path: &str, user: u8) -> u16 {
    let token = auth.access_token_for(&user.to_string(), &Claims::new()).expect("a token");
    let answer = jwt_auth_tests::get(router, path, Some(&format!("Bearer {}", token.expose()))).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn routes_are_guarded_by_what_the_database_says_now() {
    guarded(&Database::sqlite().await).await;
    if let Some(postgres) = Database::postgres().await {
        guarded(&postgres).await;
    }
}

async fn guarded(database: &Database) {
    let (auth, router) = application(database.users().await, settings()).await;
    for (path, statuses) in [
        // ann, bob, eve, root, gone, nobody
        ("/change", [200, 200, 403, 200, 401, 401]),
        ("/joined", [200, 403, 200, 200, 401, 401]),
        ("/either/", [403, 200, 403, 403, 401, 401]),
        ("/own/", [403, 200, 200, 200, 401, 401]),
        ("/own-without-user/", [500, 500, 500, 500, 500, 500]),
    ] {
        for (user, expected) in (1..).zip(statuses) {
            assert_eq!(status(&auth, &router, path, user).await, expected, "{path} {user}");
        }
    }
    database.run("DELETE FROM auth_user_user_permissions WHERE user_id = 1").await;
    assert_eq!(status(&auth, &router, "/change", 1).await, 403, "gone with the next request");
    // An inactive user who may pass otherwise still holds nothing of Django's.
    let lenient = Settings { check_user_is_active: false, ..settings() };
    let (auth, router) = application(database.users().await, lenient).await;
    assert_eq!(status(&auth, &router, "/change", 5).await, 403);
}

#[tokio::test]
async fn what_cannot_be_asked_is_503_and_grants_nothing() {
    let database = Database::sqlite().await;
    let (auth, router) = application(database.users().await, settings()).await;
    database.run("DROP TABLE auth_group; DROP TABLE auth_permission").await;
    for path in ["/change", "/joined", "/either/", "/own/"] {
        assert_eq!(status(&auth, &router, path, 2).await, 503, "{path}");
    }
    let Some(postgres) = Database::postgres().await else { return };
    let (auth, router) = application(postgres.users().await, settings()).await;
    assert_eq!(status(&auth, &router, "/change", 1).await, 200);
    let Database::Postgres { server, .. } = &postgres else { return };
    server.stop();
    let token = auth.access_token_for("4", &Claims::new()).expect("a token");
    let answer = jwt_auth_tests::get(&router, "/joined", Some(&format!("Bearer {}", token.expose()))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.contains_key("retry-after"));
    server.restart();
    assert_eq!(status(&auth, &router, "/change", 1).await, 200);
}
