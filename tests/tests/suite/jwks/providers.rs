//! Tokens, keys and documents as Auth0, Keycloak, Entra and Cognito write them, with the settings of docs/verify-only.md.

use http::StatusCode;
use jwt_auth::keys::{Algorithm, VerifyingKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::tokens::TokenClass;
use jwt_auth::{JwtAuth, NoUser, Permissions, Settings, TokenUser, protected};
use jwt_auth_tests::get as ask;
use jwt_auth_tests::key_server::{KeyServer, Reply, verifying};
use jwt_auth_tests::tokens::{Forge, NOW, base64url, pair};
use serde_json::{Value, json};
use std::fs;

#[derive(Permissions, Clone, Copy)]
enum Perm {
    #[permission("orders:read")]
    OrdersRead,
}

#[protected]
async fn me(user: TokenUser) -> String {
    user.id().to_owned()
}

#[protected(scope("orders:read"))]
async fn scoped() {}

#[protected(role("support"))]
async fn supporting() {}

#[protected(Perm::OrdersRead)]
async fn permitted() {}

/// What each guide section says, and what of it can be seen in a token: its user, scopes, roles, permissions.
fn auth0() -> Settings {
    Settings { audience: "https://api.example".into(), ..Settings::of_issuer("https://tenant.eu.auth0.com/") }
}

fn keycloak() -> Settings {
    Settings {
        audience: "orders-api".into(),
        roles_claim: "realm_access.roles".to_owned(),
        ..Settings::of_issuer("https://id.example/realms/shop")
    }
}

fn entra() -> Settings {
    Settings {
        audience: "6e74172b-be56-4843-9ff4-e66a39bb12e3".into(),
        user_id_claim: "oid".to_owned(),
        scope_claim: "scp".to_owned(),
        ..Settings::of_issuer("https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0")
    }
}

fn cognito() -> Settings {
    Settings {
        audience: "xxxxxxxxxxxxexample".into(),
        audience_claim: "client_id".to_owned(),
        roles_claim: "cognito:groups".to_owned(),
        token_type_claim: Some("token_use".to_owned()),
        ..Settings::of_issuer("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab129faBb")
    }
}

fn recorded(name: &str) -> Value {
    let path = format!("{}/fixtures/issuers/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut recorded: Value = serde_json::from_str(&fs::read_to_string(path).expect("a fixture")).expect("JSON");
    let public = VerifyingKey::from_der(Algorithm::RS256, &pair(Algorithm::RS256).public_info, None).expect("a key");
    let ours: Value = serde_json::from_str(&public.to_public_jwk().expect("public")).expect("JSON");
    let keys = recorded["jwks"]["keys"].as_array_mut();
    for key in keys.into_iter().flatten().filter(|key| key["n"] == "") {
        key["n"] = ours["n"].clone();
    }
    recorded
}

fn sign(token: &Value, changes: &[(&str, Value)]) -> String {
    let mut payload = token["payload"].clone();
    for (name, value) in changes {
        payload[*name] = value.clone();
    }
    Forge::new(Algorithm::RS256).with_header(&token["header"].to_string(), &payload.to_string())
}

async fn service(recorded: &Value, settings: Settings) -> axum::Router {
    let server = KeyServer::new();
    let text = |value: &Value| Reply::Body(value.to_string().into_bytes());
    server.put(recorded["discovery_url"].as_str().expect("a URL"), text(&recorded["discovery"]));
    server.put(recorded["discovery"]["jwks_uri"].as_str().expect("a URL"), text(&recorded["jwks"]));
    let (auth, _): (JwtAuth<NoUser>, _) = verifying(settings, &server).await;
    GuardedRouter::<JwtAuth>::new()
        .route("/me", get(me))
        .route("/scoped", get(scoped))
        .route("/supporting", get(supporting))
        .route("/permitted", get(permitted))
        .with_state(auth)
}

#[tokio::test]
async fn each_issuers_tokens_open_what_they_should() {
    for (name, settings, user, has_permissions) in [
        ("auth0", auth0(), "auth0|5f7c8ec7c33c6c004bbafe82", true),
        ("keycloak", keycloak(), "f3b1c1a2-5d6e-4f70-8a91-b2c3d4e5f607", false),
        ("entra", entra(), "690222be-ff1a-4d56-abd1-7e4f7d38e474", false),
        ("cognito", cognito(), "aaaaaaaa-bbbb-cccc-dddd-example", false),
    ] {
        let recorded = recorded(name);
        let router = service(&recorded, settings.clone()).await;
        let status = async |path: &str, token: &str| ask(&router, path, Some(&format!("Bearer {token}"))).await.status;
        let good = sign(&recorded["access_token"], &[]);
        let me = ask(&router, "/me", Some(&format!("Bearer {good}"))).await;
        assert_eq!((me.status, me.text.as_str()), (StatusCode::OK, user), "{name}");
        assert_eq!(status("/scoped", &good).await, StatusCode::OK, "{name}");
        // Auth0 has roles only where an action writes them.
        let role = if name == "auth0" { StatusCode::FORBIDDEN } else { StatusCode::OK };
        assert_eq!(status("/supporting", &good).await, role, "{name}");
        let permission = if has_permissions { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(status("/permitted", &good).await, permission, "{name}");
        // What tells the application who has logged in opens no API.
        assert_eq!(
            status("/me", &sign(&recorded["id_token"], &[])).await,
            StatusCode::UNAUTHORIZED,
            "{name}: ID token"
        );
        let audience = settings.audience_claim.as_str();
        for (what, changes) in [
            ("another audience", [(audience, json!("another"))]),
            ("another issuer", [("iss", json!("https://evil.example/"))]),
            ("too old", [("exp", json!(NOW - 60))]),
            ("nobody", [(settings.user_id_claim.as_str(), json!(null))]),
        ] {
            let token = sign(&recorded["access_token"], &changes);
            assert_eq!(status("/me", &token).await, StatusCode::UNAUTHORIZED, "{name}: {what}");
        }
        // Signed by nobody, under the name of the other key.
        let mut forged = recorded["access_token"].clone();
        let own = [&forged["header"]["kid"], &recorded["id_token"]["header"]["kid"]].map(Value::clone);
        let keys = recorded["jwks"]["keys"].as_array().expect("keys");
        let other = keys.iter().find(|key| key["use"] == "sig" && !own.contains(&key["kid"]));
        // Keycloak has one at a time, and one for encryption.
        forged["header"]["kid"] = other.unwrap_or(&keys[1])["kid"].clone();
        assert_eq!(status("/me", &sign(&forged, &[])).await, StatusCode::UNAUTHORIZED, "{name}: another key's name");
        let plain = format!(
            "{}.{}.",
            base64url(r#"{"alg":"none"}"#),
            base64url(recorded["access_token"]["payload"].to_string())
        );
        assert_eq!(status("/me", &plain).await, StatusCode::UNAUTHORIZED, "{name}: none");
    }
}

/// What else was recorded: the same issuers' tokens for other purposes and by other grants, and spellings that no encoder of ours writes.
#[tokio::test]
async fn what_else_they_write() {
    let variants = recorded("variants");
    for variant in variants["variants"].as_array().expect("a list") {
        let (issuer, name) = (variant["issuer"].as_str().expect("text"), &variant["name"]);
        let settings = match issuer {
            "auth0" => auth0(),
            "keycloak" => keycloak(),
            "entra" => entra(),
            _ => cognito(),
        };
        let router = service(&recorded(issuer), settings).await;
        let text = |part: &str| match variant[format!("{part}_text")].as_str() {
            Some(raw) => raw.to_owned(),
            None => variant[part].to_string(),
        };
        let token = Forge::new(Algorithm::RS256).with_header(&text("header"), &text("payload"));
        for path in ["me", "scoped", "supporting"] {
            let answer = ask(&router, &format!("/{path}"), Some(&format!("Bearer {token}"))).await;
            let Some(wanted) = variant[path].as_u64() else { continue };
            assert_eq!(u64::from(answer.status.as_u16()), wanted, "{issuer}: {name} at /{path}: {}", answer.text);
        }
    }
}

/// Dex makes its access tokens as it makes ID tokens.
#[tokio::test]
async fn whoever_wants_tokens_of_any_kind_says_so() {
    let recorded = recorded("keycloak");
    let token = sign(&recorded["access_token"], &[("at_hash", json!("YdLIva9cTVILG_Pv6D3KPg"))]);
    for (classes, wanted) in
        [(vec![TokenClass::Access], StatusCode::UNAUTHORIZED), (vec![TokenClass::Untyped], StatusCode::OK)]
    {
        let router = service(&recorded, Settings { auth_token_classes: classes, ..keycloak() }).await;
        assert_eq!(ask(&router, "/me", Some(&format!("Bearer {token}"))).await.status, wanted);
    }
}

/// The page shows these settings, letter by letter.
#[test]
fn the_page_has_these_settings() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    let page = fs::read_to_string(format!("{root}docs/verify-only.md")).expect("the page");
    let source = fs::read_to_string(format!("{root}tests/tests/suite/jwks/providers.rs")).expect("this file");
    for name in ["auth0", "keycloak", "entra", "cognito"] {
        let body =
            source.split(&format!("fn {name}() -> Settings {{\n")).nth(1).and_then(|rest| rest.split("\n}\n").next());
        for line in body.expect("a function").lines().map(str::trim) {
            assert!(page.contains(line), "{name}: the page lacks `{line}`");
        }
    }
    let lines =
        fs::read_to_string(format!("{root}examples/src/bin/verify_only.rs")).expect("the example").lines().count();
    assert!(lines <= 30, "the example has {lines} lines");
}
