//! Whatever a signed token says, no view and no route answers with a 5xx: Django's secret key signs for many programs.

use axum::Router;
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::DjangoStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::UserTable;
use jwt_auth::{
    AuthUser, IsAdminUser, JwtAuth, JwtAuthentication, Settings, SqlUserStore, TokenUser, protected, token_routes,
};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{BEGIN, KEY, hasher, long, post};
use serde_json::json;

#[protected]
async fn stateless(user: TokenUser) -> String {
    format!("{}{}{}", user.id(), user.username(), user.is_staff())
}

#[protected(user)]
async fn loaded(_: JwtAuthentication<AuthUser>) {}

#[protected(DjangoGroup("nobody") || IsAdminUser || scope("x") || role("x"))]
async fn ruled() {}

#[token_routes("/api/token", only(refresh, verify, blacklist, refresh_sliding))]
fn urls() -> GuardedRouter<JwtAuth<AuthUser>> {
    GuardedRouter::new().route("/stateless", get(stateless)).route("/loaded", get(loaded)).route("/ruled", get(ruled))
}

async fn start(url: &str, settings: Settings) -> Router {
    let table = UserTable::AUTH_USER;
    let table = if settings.user_id_field == "id" { table } else { table.user_id_field("username") };
    let users = SqlUserStore::connect(url).await.expect("a database").table(&table);
    let tables = DjangoStore::connect(url).await.expect("Django's tables");
    let tables = tables.user_table("auth_user", "id", &settings.user_id_field);
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let builder =
        JwtAuth::builder(settings).users(users).token_blacklist(tables).clock(clock).password_hasher(hasher());
    urls().with_state(builder.start().await.expect("good settings"))
}

fn values() -> Vec<String> {
    let texts =
        ["", " ", "x", "1", " 1 ", "+1", "1_0", "01", "-1", "\u{661}", "\u{ff11}", "😀", "é\u{301}", "a\u{0}b", "' --"];
    let long = ["9".repeat(4300), "9".repeat(5000), "x".repeat(255), "😀".repeat(255), "x".repeat(256)];
    let mut values: Vec<String> = texts.iter().map(|text| json!(text).to_string()).collect();
    values.extend(long.iter().map(|text| json!(text).to_string()));
    values.extend(long.iter().take(2).cloned());
    let plain = "null true false 0 -0 -1 1 1.0 1.5 -1.5 0.1 1e3 1e-400 1e300 -1e300 2147483648 9223372036854775807 \
                 9223372036854775808 -9223372036854775809 253402300799 253402300800 [] {} [1] [\"x\"] [[]] {\"a\":1}";
    values.extend(plain.split_whitespace().map(str::to_owned));
    values
}

/// Those first that reach the database.
const CLAIMS: [&str; 18] = [
    "jti",
    "user_id",
    "exp",
    "token_type",
    "refresh_exp",
    "iat",
    "nbf",
    "iss",
    "aud",
    "sub",
    "sid",
    "gen",
    "ep",
    "hash_password",
    "is_staff",
    "username",
    "scope",
    "roles",
];

async fn no_answer_is_an_outage(url: &str) {
    let key = SigningKey::load(Algorithm::HS256, KEY, None).expect("a key");
    let classes = vec![TokenClass::Sliding, TokenClass::Access, TokenClass::Untyped];
    let simple = || Settings {
        auth_token_classes: classes.clone(),
        leeway: jwt_auth::settings::seconds(5),
        ..Settings::simple_jwt(KEY)
    };
    let rotating = || Settings { rotate_refresh_tokens: true, blacklist_after_rotation: true, ..simple() };
    let by_name = Settings { user_id_field: "username".to_owned(), ..rotating() };
    let revoking = Settings { check_revoke_token: true, jti_claim: None, token_type_claim: None, ..simple() };
    let hardened = Settings { auth_token_classes: classes.clone(), check_revoke_token: true, ..Settings::new(KEY) };
    let (mut routers, mut claims) = (vec![start(url, by_name).await], &CLAIMS[..5]);
    if long() {
        claims = &CLAIMS;
        for settings in [rotating(), hardened, simple(), revoking] {
            routers.push(start(url, settings).await);
        }
    }
    let mut count = 0;
    for router in &routers {
        for class in ["refresh", "sliding"] {
            for &claim in claims {
                for value in values() {
                    count += 1;
                    let mut members = vec![
                        ("token_type", json!(class).to_string()),
                        ("exp", (BEGIN + 60).to_string()),
                        ("iat", BEGIN.to_string()),
                        ("jti", json!(format!("{count}")).to_string()),
                        ("user_id", json!("1").to_string()),
                        ("refresh_exp", (BEGIN + 60).to_string()),
                    ];
                    members.retain(|(name, _)| *name != claim);
                    members.push((claim, value.clone()));
                    let members: Vec<String> =
                        members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    let token = key.sign(&format!("{{{}}}", members.join(",")));
                    let shown = format!("{class} with {claim} = {}", value.get(..20).unwrap_or(&value));
                    let (views, member) = match class {
                        "refresh" => (vec!["verify", "refresh", "blacklist"], "refresh"),
                        _ => (vec!["sliding/refresh"], "token"),
                    };
                    for view in views {
                        let member = if view == "verify" { "token" } else { member };
                        let answer = post(router, &format!("/api/token/{view}/"), json!({ (member): token })).await;
                        assert!(answer.status.as_u16() < 500, "{view}: {shown}");
                    }
                    let routes = if class == "sliding" { &["/stateless", "/loaded", "/ruled"][..] } else { &[] };
                    for route in routes {
                        let answer = jwt_auth_tests::get(router, route, Some(&format!("Bearer {token}"))).await;
                        assert!(answer.status.as_u16() < 500, "{route}: {shown}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn no_answer_is_an_outage_on_sqlite() {
    let scratch = Scratch::new("odd");
    let url = jwt_auth_tests::django::sqlite(&scratch).await;
    jwt_auth_tests::django::run(&url, GROUPS).await;
    no_answer_is_an_outage(&url).await;
}

#[tokio::test]
async fn no_answer_is_an_outage_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    jwt_auth_tests::django::postgres(&server.url()).await;
    jwt_auth_tests::django::run(&server.url(), GROUPS).await;
    no_answer_is_an_outage(&server.url()).await;
}

/// What the rules ask.
const GROUPS: &str = "CREATE TABLE auth_group (id integer PRIMARY KEY, name varchar(150));
    CREATE TABLE auth_user_groups (id integer PRIMARY KEY, user_id integer, group_id integer);
    CREATE TABLE auth_user_user_permissions (id integer PRIMARY KEY, user_id integer, permission_id integer)";
