//! `acr`: what raises the class of a session, and who cannot give one.

use super::{Kit, account};
use http::StatusCode;
use jwt_auth::store::{MemoryStore, Reauthentication};
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{AuthError, Claims, Client, JwtAuth, Login, Settings, StoreError};
use jwt_auth_tests::{Account, App, hasher, payload, settings};
use serde_json::json;

#[tokio::test]
async fn a_second_factor_of_the_application_raises_the_class() {
    let kit = Kit::start().await;
    let (refresh, access) = kit.app.login().await;
    let refused = kit.get("/strong", &access).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.header("www-authenticate").ends_with(r#"required.", acr_values="mfa phr""#), "{refused:?}");

    let proof = Reauthentication { amr: vec!["otp".to_owned(), "pwd".to_owned()], acr: Some("mfa".to_owned()) };
    let somebody = Account { id: 3, ..account() };
    let stolen = kit.app.auth.reauthenticated(&somebody, &refresh, proof.clone(), Client::default()).await;
    assert!(matches!(stolen, Err(AuthError::NoActiveAccount)), "a proof raises the own session only");
    let pair = kit.app.auth.reauthenticated(&account(), &refresh, proof, Client::default()).await.expect("alive");
    assert_eq!(kit.get("/strong", pair.access.expose()).await.status, StatusCode::OK);
    let claims = payload(pair.access.expose());
    assert_eq!(claims.get::<Vec<String>>("amr").expect("a list").unwrap_or_default(), ["pwd", "otp"], "each once");

    // A password later on is a newer proof, and a weaker one.
    let renewed = kit.reauthenticate(pair.refresh.expose(), "test").await;
    assert_eq!(kit.get("/fresh", &renewed.member("access")).await.status, StatusCode::OK);
    assert_eq!(kit.get("/strong", &renewed.member("access")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_says_how_it_was_done() {
    let kit = Kit::start().await;
    let login = Login { amr: vec!["hwk".to_owned()], acr: Some("phr".to_owned()), ..Login::default() };
    let pair = kit.app.auth.for_user(&account(), login).await.expect("active");
    assert_eq!(kit.get("/strong", pair.access.expose()).await.status, StatusCode::OK);
    let refreshed = kit.app.refresh(pair.refresh.expose()).await;
    assert_eq!(kit.get("/strong", &refreshed.member("access")).await.status, StatusCode::OK, "copied at a refresh");
}

#[tokio::test]
async fn nobody_gives_themselves_a_class() {
    // Claims of the user store and of a login cannot say what only a proof can.
    let kit = Kit::start().await;
    for (name, value) in [("acr", json!("mfa")), ("amr", json!(["otp"])), ("auth_time", json!(u64::MAX))] {
        let mut claims = Claims::new();
        claims.insert(name, value).expect("JSON");
        let login = kit.app.auth.for_user(&account(), Login { claims, ..Login::default() }).await;
        assert!(matches!(login, Err(AuthError::NotIssued(_))), "{name}: {login:?}");
    }
}

/// A user store that says more than it may.
struct Boasting(MemoryUsers<Account>);

impl UserStore for Boasting {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_id(id).await
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_username(username).await
    }

    async fn claims(&self, _: &Account) -> Result<Claims, AuthError> {
        let mut claims = Claims::new();
        claims.insert("acr", "mfa")?;
        claims.insert("auth_time", jwt_auth_tests::BEGIN)?;
        Ok(claims)
    }
}

#[tokio::test]
async fn no_user_store_gives_a_class() {
    let app = App::start(settings()).await;
    let sliding = Settings { auth_token_classes: vec![TokenClass::Access, TokenClass::Sliding], ..settings() };
    let builder = JwtAuth::builder(sliding).users(Boasting(app.users.clone())).store(MemoryStore::new());
    let auth = builder.clock(app.clock.clone()).password_hasher(hasher()).start().await.expect("good settings");
    let pair = auth.obtain("test", "test".into(), Client::default()).await;
    assert!(matches!(pair, Err(AuthError::NotIssued(_))), "{pair:?}");
    let sliding = auth.obtain_sliding("test", "test".into()).await;
    assert!(matches!(sliding, Err(AuthError::NotIssued(_))), "{sliding:?}");
}
