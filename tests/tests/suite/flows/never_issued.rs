//! What this service would refuse, it does not hand out: the login fails, and the log has user, reason and remedy.

use jwt_auth::error::{IssueFault, NotIssued};
use jwt_auth::settings::{PermissionsSource, Profile};
use jwt_auth::store::MemoryStore;
use jwt_auth::user::{Identity, MemoryUsers, User};
use jwt_auth::{AuthError, ClaimError, Claims, Client, JwtAuth, Login, Settings, TokenError};
use jwt_auth_tests::{KEY, hasher, logged, payload, settings};
use serde_json::{Value, json, value::RawValue};
use std::sync::{Arc, LazyLock};

#[derive(Clone)]
struct Account {
    id: &'static str,
    hash: Arc<str>,
    permissions: Vec<String>,
    claims: Vec<(&'static str, Value)>,
    raw: Option<&'static str>,
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.id.to_owned(), password_hash: &self.hash, is_active: true }
    }

    fn permissions(&self) -> Vec<String> {
        self.permissions.clone()
    }

    fn claims(&self, claims: &mut Claims) -> Result<(), ClaimError> {
        if let Some(raw) = self.raw {
            claims.insert("raw", serde_json::from_str::<Box<RawValue>>(raw).expect("JSON"))?;
        }
        self.claims.iter().try_for_each(|(name, value)| claims.insert(name, value))
    }
}

fn ada() -> Account {
    static HASH: LazyLock<Arc<str>> = LazyLock::new(|| hasher().hash("pw").expect("a hash").into());
    Account { id: "7", hash: HASH.clone(), permissions: Vec::new(), claims: Vec::new(), raw: None }
}

fn saying(name: &'static str, value: Value) -> Account {
    Account { claims: vec![(name, value)], ..ada() }
}

struct Service {
    auth: JwtAuth<Account>,
    users: MemoryUsers<Account>,
}

async fn start(settings: Settings, store: Option<MemoryStore>) -> Service {
    let users = MemoryUsers::new(|_: &Account| "ada");
    let builder = JwtAuth::builder(settings).users(users.clone()).password_hasher(hasher());
    let builder = match store {
        Some(store) => builder.store(store),
        None => builder,
    };
    Service { auth: builder.start().await.expect("good settings"), users }
}

impl Service {
    async fn login(&self, user: Account) -> Result<jwt_auth::tokens::TokenPair, AuthError> {
        self.users.put(user);
        self.auth.obtain("ada", "pw".into(), Client::default()).await
    }

    async fn fault(&self, user: Account) -> Option<IssueFault> {
        match self.login(user).await {
            Ok(pair) => {
                self.auth.authenticate(pair.access.expose()).await.expect("what is issued is accepted");
                None
            }
            Err(AuthError::NotIssued(NotIssued { user, fault, .. })) => {
                assert_eq!(user, "7");
                Some(fault)
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Hardened with sessions and without; SimpleJWT's profile with and without.
async fn services() -> Vec<Service> {
    let stateless = Settings { rotate_refresh_tokens: false, ..settings() };
    let simple = || Settings::simple_jwt(KEY);
    vec![
        start(settings(), Some(MemoryStore::new())).await,
        start(stateless, None).await,
        start(Settings { rotate_refresh_tokens: true, ..simple() }, Some(MemoryStore::new())).await,
        start(simple(), None).await,
    ]
}

#[tokio::test]
async fn a_token_that_is_too_long() {
    for service in services().await {
        let permissions: Vec<String> = (0..400).map(|n| format!("department:{n}:documents:read")).collect();
        let (name, user) =
            match service.auth.settings().profile == Profile::SimpleJwt && service.auth.sessions("7").await.is_err() {
                // Only sessions have permissions in tokens there.
                true => ("list", saying("list", json!(permissions))),
                false => ("permissions", Account { permissions, ..ada() }),
            };
        let Some(IssueFault::TooLong { bytes, most, largest }) = service.fault(user).await else { panic!("too long") };
        assert!(bytes > 8192 && most == 8192 && largest == name);
        // Up to the last byte it is good, and can be refreshed.
        let (mut good, mut bad, mut length) = (4000_usize, 7000_usize, 0);
        while bad - good > 1 {
            let size = good.midpoint(bad);
            match service.login(saying("list", json!("x".repeat(size)))).await {
                Ok(pair) => {
                    (good, length) = (size, pair.access.expose().len());
                    let refreshed = service.auth.refresh(pair.refresh.expose(), Client::default()).await;
                    refreshed.expect("what was issued is refreshed");
                }
                Err(AuthError::NotIssued(_)) => bad = size,
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!((8190..=8192).contains(&length), "{length}");
    }
}

#[tokio::test]
async fn claims_that_would_be_dropped() {
    let ours = [
        "aud",
        "iss",
        "nbf",
        "exp",
        "iat",
        "jti",
        "sid",
        "gen",
        "ep",
        "acr",
        "amr",
        "auth_time",
        "token_type",
        "user_id",
    ];
    for service in services().await {
        let sessionless = service.auth.sessions("7").await.is_err();
        let takes_more = service.auth.settings().profile == Profile::SimpleJwt && sessionless;
        for name in ours {
            let fault = service.fault(saying(name, json!("tenant-a"))).await;
            // Where SimpleJWT writes them, and this crate nothing, they are the application's.
            if takes_more && ["aud", "iss", "sid", "gen", "ep", "acr", "amr", "auth_time"].contains(&name) {
                assert_eq!(fault, None, "{name}");
            } else if takes_more && name == "nbf" {
                assert_eq!(fault, Some(IssueFault::Refused { error: TokenError::BadClaim, claim: None }));
            } else {
                assert_eq!(fault, Some(IssueFault::ReservedClaim(name.to_owned())), "{name}");
            }
            if !takes_more {
                let mut claims = Claims::new();
                claims.insert(name, "x").expect("JSON");
                let login = service.auth.for_user(&ada(), Login { claims: claims.clone(), ..Login::default() }).await;
                assert!(matches!(login, Err(AuthError::NotIssued(_))), "{name}: {login:?}");
                assert!(matches!(service.auth.access_token_for("7", &claims), Err(AuthError::NotIssued(_))), "{name}");
                assert!(matches!(service.auth.refresh_token_for("7", &claims), Err(AuthError::NotIssued(_))), "{name}");
            }
        }
        assert_eq!(service.fault(saying("user_id", json!("7"))).await, None, "it says the same");
        assert_eq!(service.fault(saying("tenant", json!("a"))).await, None);
    }
}

#[tokio::test]
async fn claims_that_two_would_set() {
    let service = start(settings(), Some(MemoryStore::new())).await;
    let both = Account { permissions: vec!["a".to_owned()], ..saying("permissions", json!(["b"])) };
    assert_eq!(service.fault(both.clone()).await, Some(IssueFault::ReservedClaim("permissions".to_owned())));
    let same = Account { permissions: vec!["b".to_owned()], ..both.clone() };
    assert_eq!(service.fault(same).await, None);
    let by_user = Settings { permissions_source: PermissionsSource::User, ..settings() };
    assert_eq!(start(by_user, Some(MemoryStore::new())).await.fault(both).await, None, "nobody else sets it");
    let revoking = Settings { check_revoke_token: true, ..settings() };
    let service = start(revoking, Some(MemoryStore::new())).await;
    let fault = service.fault(saying("hash_password", json!("x"))).await;
    assert_eq!(fault, Some(IssueFault::ReservedClaim("hash_password".to_owned())));
    let named = Settings { audience: "shop".into(), issuer: Some("us".to_owned()), ..Settings::simple_jwt(KEY) };
    let service = start(named, None).await;
    for name in ["aud", "iss"] {
        assert_eq!(service.fault(saying(name, json!("x"))).await, Some(IssueFault::ReservedClaim(name.to_owned())));
    }
}

#[tokio::test]
async fn whatever_else_the_own_verifier_refuses() {
    for service in services().await {
        let sub = Some(IssueFault::Refused { error: TokenError::BadClaim, claim: Some("sub".to_owned()) });
        for value in [json!(7), json!(["a"]), json!({}), json!(true), Value::Null] {
            assert_eq!(service.fault(saying("sub", value.clone())).await, sub, "{value}");
        }
        assert_eq!(service.fault(saying("sub", json!("ada"))).await, None);
        let deep: &'static str = format!("{}{}", "[".repeat(40), "]".repeat(40)).leak();
        for raw in [r#"{"a":1,"a":2}"#, deep, r#""\ud800""#, "1e400"] {
            let fault = service.fault(Account { raw: Some(raw), ..ada() }).await;
            assert_eq!(fault, Some(IssueFault::Refused { error: TokenError::BadPayload, claim: None }), "{raw}");
        }
        let nobody = service.login(Account { id: "", ..ada() }).await;
        assert!(matches!(nobody, Err(AuthError::NotIssued(_))), "{nobody:?}");
        assert!(matches!(service.auth.access_token_for("", &Claims::new()), Err(AuthError::NotIssued(_))));
    }
}

/// Neither a session, nor the end of another one.
#[tokio::test]
async fn a_login_that_fails_so_leaves_nothing_behind() {
    let service = start(Settings { max_sessions_per_user: Some(1), ..settings() }, Some(MemoryStore::new())).await;
    let pair = service.login(ada()).await.expect("tokens");
    service.login(saying("sub", json!(7))).await.expect_err("no token");
    service.login(saying("list", json!("x".repeat(9000)))).await.expect_err("no token");
    assert_eq!(service.auth.sessions("7").await.expect("a list").len(), 1);
    // What the user says now keeps the refresh token from being spent, until it is put right.
    for _ in 0..20 {
        let refused = service.auth.refresh(pair.refresh.expose(), Client::default()).await;
        assert!(matches!(refused, Err(AuthError::NotIssued(_))), "{refused:?}");
    }
    service.users.put(ada());
    let refreshed = service.auth.refresh(pair.refresh.expose(), Client::default()).await.expect("tokens");
    assert_eq!(payload(refreshed.refresh.expect("it rotates").expose()).get::<u64>("gen").expect("a number"), Some(1));
}

#[test]
fn the_log_names_user_reason_and_remedy() {
    let log = logged(async {
        let service = start(settings(), Some(MemoryStore::new())).await;
        service.login(saying("aud", json!("secret-tenant"))).await.expect_err("no token");
        service.login(saying("sub", json!(4711))).await.expect_err("no token");
        let permissions = (0..400).map(|n| format!("department:{n}:documents:read")).collect();
        service.login(Account { permissions, ..ada() }).await.expect_err("no token");
    });
    let errors: Vec<&str> = log.lines().filter(|line| line.starts_with("ERROR jwt_auth ")).collect();
    assert_eq!(errors.len(), 3, "{log}");
    for (line, parts) in errors.iter().zip([
        ["user=\"7\"", "the claim `aud`", "set `audience`"],
        ["user=\"7\"", "the claim `sub`", "make `sub` a text"],
        ["user=\"7\"", "`permissions`", "`max_token_bytes`"],
    ]) {
        for part in parts {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
    assert!(!log.contains("secret-tenant") && !log.contains("4711") && !log.contains("department:"), "{log}");
    assert!(log.contains("code=\"token_not_issued\""), "the audit: {log}");
}
