//! A token that names nobody opens no guarded route, and is never refreshed to one that would.

use axum::Router;
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::TestToken;
use jwt_auth::{
    AuthError, Client, CurrentSession, GuardLayer, IsAuthenticated, JwtAuth, JwtAuthentication, Settings, TokenClaims,
    TokenUser, protected, public, rule, token_routes,
};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, App, KEY, get as ask, post, settings};
use serde_json::{Value, json};

#[protected]
async fn bare() {}

#[protected]
async fn claims(_: TokenUser) {}

#[protected(user)]
async fn loaded(_: JwtAuthentication<Account>) {}

#[protected(scope("a"))]
async fn scoped() {}

#[public]
async fn session(_: CurrentSession) {}

#[public]
async fn typed(_: TokenClaims<Value>) {}

#[public]
async fn optional(_: Option<TokenUser>) {}

#[token_routes("/api/token")]
fn urls(auth: JwtAuth<Account>) -> GuardedRouter<JwtAuth<Account>> {
    let inner = || Router::new().route("/", axum::routing::get(|| async {}));
    GuardedRouter::new()
        .route("/bare", get(bare))
        .route("/claims", get(claims))
        .route("/loaded", get(loaded))
        .route("/scoped", get(scoped))
        .route("/session", get(session))
        .route("/typed", get(typed))
        .route("/optional", get(optional))
        .mount("/mount", rule!(IsAuthenticated), inner())
        .merge_unguarded(
            Router::new()
                .route("/layer", axum::routing::get(|| async {}))
                .layer(GuardLayer::new(auth, IsAuthenticated)),
            "behind a layer",
        )
}

const ROUTES: [&str; 9] =
    ["/bare", "/claims", "/loaded", "/scoped", "/session", "/typed", "/optional", "/mount", "/layer"];

/// The same token but for whom it names.
fn naming(token: TestToken, who: &Option<Value>) -> TestToken {
    match who {
        Some(who) => token.claim("user_id", who),
        None => token.without("user_id"),
    }
}

fn nobodies() -> [Option<Value>; 3] {
    [None, Some(Value::Null), Some(json!(""))]
}

async fn profiles() -> Vec<App> {
    let simple = || Settings { rotate_refresh_tokens: true, ..Settings::simple_jwt(KEY) };
    vec![
        App::start(settings()).await,
        App::stateless(settings()).await,
        App::start(simple()).await,
        App::stateless(Settings::simple_jwt(KEY)).await,
    ]
}

#[tokio::test]
async fn no_route_opens() {
    for app in profiles().await {
        let profile = app.auth.settings().profile;
        let router = urls(app.auth.clone()).with_state(app.auth.clone());
        let status = async |token: TestToken, path: &str| {
            ask(&router, path, Some(&format!("Bearer {}", token.sign(&app.auth)))).await.status
        };
        for path in ROUTES {
            for who in nobodies() {
                let token = naming(TestToken::access("1").scope("a"), &who);
                assert_eq!(status(token, path).await, StatusCode::UNAUTHORIZED, "{profile:?} {path} {who:?}");
            }
            assert_eq!(status(TestToken::access("1").scope("a"), path).await, StatusCode::OK, "{profile:?} {path}");
        }
        assert_eq!(status(TestToken::access("").claim("user_id", 0), "/bare").await, StatusCode::OK, "0 is somebody");
        let odd = [json!([]), json!({}), json!(true)];
        for who in odd {
            // To SimpleJWT whatever is not absent is somebody.
            let expected = if profile == jwt_auth::settings::Profile::SimpleJwt {
                StatusCode::OK
            } else {
                StatusCode::UNAUTHORIZED
            };
            assert_eq!(status(TestToken::access("").claim("user_id", &who), "/bare").await, expected, "{who}");
        }
    }
}

#[tokio::test]
async fn no_refresh_token_is_taken() {
    for app in profiles().await {
        let profile = app.auth.settings().profile;
        for who in nobodies() {
            let token = naming(TestToken::refresh("1"), &who).sign(&app.auth);
            for view in ["refresh", "blacklist"] {
                let answer = post(&app.router, &format!("/api/token/{view}/"), json!({ "refresh": token })).await;
                // Without a store there is nothing to log out of.
                let is_absent = view == "blacklist" && answer.status == StatusCode::NOT_FOUND;
                assert!(
                    is_absent || answer.status == StatusCode::UNAUTHORIZED,
                    "{profile:?} {view} {who:?}: {}",
                    answer.text
                );
            }
            assert!(app.auth.refresh(&token, Client::default()).await.is_err());
        }
    }
}

#[tokio::test]
async fn nor_where_tables_of_django_are_asked() {
    let scratch = Scratch::new("nobody");
    let url = jwt_auth_tests::django::sqlite(&scratch).await;
    let simple =
        || Settings { rotate_refresh_tokens: true, blacklist_after_rotation: true, ..Settings::simple_jwt(KEY) };
    for settings in [simple(), Settings::new(KEY)] {
        let users = jwt_auth::SqlUserStore::connect(&url).await.expect("a database");
        let tables = jwt_auth::store::DjangoStore::connect(&url).await.expect("tables");
        let auth =
            JwtAuth::builder(settings).users(users).token_blacklist(tables).start().await.expect("good settings");
        for who in nobodies() {
            let token = naming(TestToken::refresh("1"), &who).sign(&auth);
            let refused = auth.refresh(&token, Client::default()).await;
            assert!(matches!(refused, Err(AuthError::NoUserInToken)), "{who:?}: {refused:?}");
            let refused = auth.blacklist(&token).await;
            assert!(matches!(refused, Err(AuthError::NoUserInToken)), "{who:?}: {refused:?}");
        }
    }
    let count = "SELECT COUNT(*) FROM token_blacklist_outstandingtoken";
    assert_eq!(jwt_auth_tests::django::number(&url, count).await, 0, "nothing was written");
}

#[tokio::test]
async fn a_ticket_that_names_nobody_opens_nothing() {
    let auth = JwtAuth::builder(settings()).store(MemoryStore::new()).start().await.expect("good settings");
    let ticket = TestToken::of(jwt_auth::tokens::TokenClass::Ticket, "").sign(&auth);
    assert!(matches!(auth.authenticate_ticket(&ticket).await, Err(AuthError::NoUserInToken)));
}
