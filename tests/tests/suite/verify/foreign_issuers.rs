//! Tokens as other issuers write them.

use http::StatusCode;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::{hours, seconds};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::TestToken;
use jwt_auth::tokens::TokenClass;
use jwt_auth::{Client, JwtAuth, NoUser, Permissions, Settings, protected};
use jwt_auth_tests::tokens::{Forge, NOW, now, pair, pem, signing_text, verifier};
use jwt_auth_tests::{KEY, get as ask, logged};
use proptest::prelude::*;
use serde_json::{Value, json};

fn foreign() -> Settings {
    Settings::verify_only(Algorithm::RS256, pem("PUBLIC KEY", &pair(Algorithm::RS256).public_info))
}

/// What a resource server says of this header and payload.
fn verify(settings: &Settings, header: &str, payload: &str) -> Result<(), TokenError> {
    let token = Forge::new(Algorithm::RS256).with_header(header, payload);
    verifier(settings).verify(&token, now()).map(drop)
}

const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

fn says(members: &str) -> Result<(), TokenError> {
    verify(&foreign(), HEADER, &format!(r#"{{"sub":"u1",{members}}}"#))
}

#[test]
fn thumbprints_are_read_past_and_keys_are_not() {
    let payload = format!(r#"{{"sub":"u1","exp":{}}}"#, NOW + 10);
    for (member, outcome) in [
        (r#""x5t":"UtTPYQs5OWuDZ2L0b2EiedFW82Q","kid":"k1""#, Ok(())),
        (r#""x5t#S256":"AAAA""#, Ok(())),
        (r#""x5\u0074":"AAAA""#, Ok(())),
        (r#""x5c":["AAAA"]"#, Err(TokenError::ForbiddenHeader)),
        (r#""x5u":"https://evil.example""#, Err(TokenError::ForbiddenHeader)),
        (r#""x5t#S512":"AAAA""#, Err(TokenError::ForbiddenHeader)),
        (r#""x5":"AAAA""#, Err(TokenError::ForbiddenHeader)),
        (r#""x5t":"AAAA","jwk":{}"#, Err(TokenError::ForbiddenHeader)),
    ] {
        let header = format!(r#"{{"alg":"RS256","typ":"JWT",{member}}}"#);
        assert_eq!(verify(&foreign(), &header, &payload), outcome, "{member}");
    }
}

#[test]
fn fractions_are_rounded_towards_refusal() {
    let leeway = 30;
    for (members, outcome) in [
        (format!(r#""iat":{NOW}.403285,"exp":{}.387841"#, NOW + 600), Ok(())),
        // Over at NOW - 30 at the latest, whatever stands behind the point.
        (format!(r#""exp":{}.999"#, NOW - leeway), Err(TokenError::Expired)),
        (format!(r#""exp":{}.001"#, NOW - leeway + 1), Ok(())),
        (format!(r#""exp":{},"nbf":{}.0"#, NOW + 600, NOW + leeway), Ok(())),
        (format!(r#""exp":{},"nbf":{}.001"#, NOW + 600, NOW + leeway), Err(TokenError::NotYetValid)),
        (format!(r#""exp":{},"nbf":{}.999"#, NOW + 600, NOW + leeway - 1), Ok(())),
        (format!(r#""exp":{},"iat":{}.001"#, NOW + 600, NOW + leeway), Err(TokenError::IssuedInFuture)),
        (format!(r#""exp":{},"iat":{}.5"#, NOW + 600, NOW + leeway - 1), Ok(())),
        (r#""exp":-0.5"#.to_owned(), Err(TokenError::Expired)),
        (r#""exp":1e10"#.to_owned(), Err(TokenError::BadClaim)),
        (r#""exp":"1800000600.5""#.to_owned(), Err(TokenError::BadClaim)),
        (r#""exp":9223372036854775807.5"#.to_owned(), Err(TokenError::BadClaim)),
    ] {
        assert_eq!(says(&members), outcome, "{members}");
    }
}

proptest! {
    /// A fraction never lets more pass than the whole second on the side of refusal.
    #[test]
    fn a_fraction_opens_nothing(offset in -60_i64..60, fraction in 0_u32..1_000_000, which in 0..3_usize) {
        let at = |seconds: i64| NOW.checked_add_signed(seconds).expect("a time");
        let claim = ["exp", "nbf", "iat"][which];
        let member = |value: &str| match claim {
            "exp" => format!(r#""exp":{value}"#),
            other => format!(r#""exp":{},"{other}":{value}"#, NOW + 600),
        };
        let given = says(&member(&format!("{}.{fraction:06}", at(offset))));
        let whole = if fraction == 0 || claim == "exp" { offset } else { offset + 1 };
        prop_assert_eq!(given, says(&member(&at(whole).to_string())));
    }
}

#[test]
fn iat_may_be_missing_and_lives_are_long_unless_a_setting_bounds_them() {
    let years = 20 * 365 * 86_400;
    let life = |issued: Option<u64>, expires: u64| match issued {
        Some(issued) => format!(r#"{{"sub":"u1","iat":{issued},"exp":{expires}}}"#),
        None => format!(r#"{{"sub":"u1","exp":{expires}}}"#),
    };
    let bounded = Settings { max_token_lifetime: Some(hours(1)), ..foreign() };
    let simple = || Settings { profile: jwt_auth::settings::Profile::SimpleJwt, ..bounded.clone() };
    for settings in [foreign(), Settings { profile: jwt_auth::settings::Profile::SimpleJwt, ..foreign() }] {
        for issued in [None, Some(NOW), Some(1)] {
            assert_eq!(verify(&settings, HEADER, &life(issued, NOW + years)), Ok(()), "{issued:?}");
        }
    }
    for settings in [bounded.clone(), simple()] {
        for (issued, expires, outcome) in [
            (Some(NOW), NOW + 3600, Ok(())),
            (Some(NOW), NOW + 3601, Err(TokenError::LivesTooLong)),
            (Some(NOW - 3000), NOW + 601, Err(TokenError::LivesTooLong)),
            (None, NOW + 3600, Ok(())),
            (None, NOW + 3601, Err(TokenError::LivesTooLong)),
        ] {
            assert_eq!(verify(&settings, HEADER, &life(issued, expires)), outcome, "{issued:?} {expires}");
        }
    }
    let late = format!(r#"{{"sub":"u1","iat":{NOW},"exp":{}.5}}"#, NOW + 3600);
    assert_eq!(verify(&bounded, HEADER, &late), Err(TokenError::LivesTooLong), "rounded towards refusal");
}

#[tokio::test]
async fn the_bound_is_not_for_tokens_of_our_own() {
    let settings = Settings { max_token_lifetime: Some(seconds(60)), ..Settings::new(KEY) };
    let refused = JwtAuth::builder(settings).store(MemoryStore::new()).start().await.expect_err("a fault");
    assert!(refused.to_string().contains("`max_token_lifetime`"), "{refused}");
}

#[test]
fn a_token_for_somebody_is_refused_where_nobody_has_a_name() {
    let simple = Settings { profile: jwt_auth::settings::Profile::SimpleJwt, ..foreign() };
    for aud in [json!("billing"), json!(["billing"]), json!(["a", "b"]), json!([]), json!(""), json!(null), json!(5)] {
        let payload = json!({ "sub": "u1", "exp": NOW + 10, "aud": aud }).to_string();
        assert_eq!(verify(&foreign(), HEADER, &payload), Err(TokenError::WrongAudience), "{aud}");
        assert_eq!(verify(&simple, HEADER, &payload), Ok(()), "{aud}");
    }
    let payload = json!({ "sub": "u1", "exp": NOW + 10 }).to_string();
    assert_eq!(verify(&foreign(), HEADER, &payload), Ok(()));
    let named = Settings { audience: "billing".into(), ..foreign() };
    assert_eq!(verify(&named, HEADER, &payload), Err(TokenError::WrongAudience));
}

#[test]
fn the_start_says_so_once() {
    let said = |settings: fn() -> Settings| {
        let log = logged(async move {
            JwtAuth::builder(settings()).store(MemoryStore::new()).start().await.expect("good settings");
        });
        log.lines().filter(|line| line.contains("tokens that name an audience are refused")).count()
    };
    assert_eq!(said(|| Settings::new(KEY)), 1);
    assert_eq!(said(|| Settings { audience: "shop".into(), ..Settings::new(KEY) }), 0);
    assert_eq!(said(|| Settings { rotate_refresh_tokens: false, ..Settings::simple_jwt(KEY) }), 0);
}

#[derive(Permissions, Clone, Copy)]
enum Perm {
    #[permission("orders:write")]
    Write,
}

#[protected(role("admin"))]
async fn admin() {}

#[protected(scope("orders"))]
async fn scoped() {}

#[protected(Perm::Write)]
async fn write() {}

async fn status(settings: Settings, path: &str, claims: &[(&str, Value)]) -> StatusCode {
    let auth: JwtAuth<NoUser> = JwtAuth::builder(settings).start().await.expect("good settings");
    let key = SigningKey::load(Algorithm::RS256, &signing_text(Algorithm::RS256), None).expect("a key");
    let token = claims
        .iter()
        .fold(TestToken::of(TokenClass::Untyped, "u1").key(key), |token, (name, value)| token.claim(name, value));
    let token = format!("Bearer {}", token.sign(&auth));
    let router = GuardedRouter::<JwtAuth>::new()
        .route("/admin", get(admin))
        .route("/scoped", get(scoped))
        .route("/write", get(write));
    ask(&router.with_state(auth), path, Some(&token)).await.status
}

#[tokio::test]
async fn roles_scopes_and_permissions_are_found_by_a_path() {
    let by = |path: &str| Settings {
        roles_claim: path.to_owned(),
        scope_claim: format!("{path}2"),
        permissions_claim: format!("{path}3"),
        ..foreign()
    };
    let keycloak = (
        "realm_access",
        json!({"roles": ["offline_access", "admin"], "roles2": "a orders", "roles3": ["orders:write"]}),
    );
    for path in ["/admin", "/scoped", "/write"] {
        let settings = || by("realm_access.roles");
        assert_eq!(status(settings(), path, std::slice::from_ref(&keycloak)).await, StatusCode::OK, "{path}");
        assert_eq!(status(settings(), path, &[]).await, StatusCode::FORBIDDEN, "{path}");
    }
    let other = |name: &'static str, value: Value| (name, value);
    for (path, claims, expected) in [
        // A claim of that very name wins, be it for or against the caller.
        ("realm_access.roles", vec![keycloak.clone(), other("realm_access.roles", json!(["user"]))], 403),
        ("realm_access.roles", vec![other("realm_access.roles", json!(["admin"]))], 200),
        ("realm_access.roles", vec![keycloak.clone(), other("realm_access.roles", json!(5))], 403),
        ("https://shop.example/roles", vec![other("https://shop.example/roles", json!(["admin"]))], 200),
        (
            "resource_access.my.shop.roles",
            vec![other("resource_access", json!({"my.shop": {"roles": ["admin"]}}))],
            200,
        ),
        ("resource_access.shop.roles", vec![other("resource_access", json!({"shop": {"roles": ["admin"]}}))], 200),
        ("resource_access.shop.roles", vec![other("resource_access", json!({"other": {"roles": ["admin"]}}))], 403),
        ("resource_access.shop.roles", vec![other("resource_access", json!(["shop"]))], 403),
        ("realm_access.roles", vec![other("realm_access", json!({"roles": {"admin": true}}))], 403),
        ("realm_access", vec![keycloak.clone()], 403),
    ] {
        assert_eq!(status(by(path), "/admin", &claims).await.as_u16(), expected, "{path} {claims:?}");
    }
}

/// Rights that stand in an object go with it, when a token from elsewhere becomes a session here.
#[tokio::test]
async fn rights_by_a_path_are_not_copied_at_a_refresh() {
    let app =
        jwt_auth_tests::App::start(Settings { roles_claim: "realm.roles".to_owned(), ..Settings::new(KEY) }).await;
    let old = TestToken::refresh("1").claim("realm", json!({"roles": ["admin"]})).claim("tenant", "a").sign(&app.auth);
    let refreshed = app.auth.refresh(&old, Client::default()).await.expect("tokens");
    let claims = jwt_auth_tests::payload(refreshed.access.expose());
    assert!(!claims.contains("realm") && claims.contains("tenant"), "{claims:?}");
}
