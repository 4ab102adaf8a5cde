//! What is told at the start, and what is not.

use jwt_auth::keys::Algorithm;
use jwt_auth::settings::{Profile, hours, minutes, seconds};
use jwt_auth::tokens::TokenClass;
use jwt_auth::{AuthError, JwtAuth, Settings};
use jwt_auth_tests::key_server::{KeyServer, Reply, TestKey, until, verifying};
use jwt_auth_tests::tokens::{NOW, pair, pem, signing_text};
use jwt_auth_tests::{KEY, logged};
use std::path::PathBuf;

const URL: &str = "https://issuer.example/keys";

fn settings() -> Settings {
    Settings {
        jwk_url: Some(URL.to_owned()),
        algorithm: Algorithm::ES256,
        ..Settings::of_issuer("https://issuer.example/")
    }
}

fn public_key() -> String {
    pem("PUBLIC KEY", &pair(Algorithm::ES256).public_info)
}

/// The faults of a start, with a server that has every key.
async fn refused(settings: Settings, further: Option<Settings>) -> String {
    let (server, key) = (KeyServer::new(), TestKey::new("a"));
    server.put_keys(URL, &[&key]);
    let builder = JwtAuth::builder(settings).jwks_client(server.clone());
    let builder = further.into_iter().fold(builder, jwt_auth::Builder::trust);
    let refused = builder.start().await.expect_err("a fault").to_string();
    assert_eq!(server.count(), 0, "nothing is fetched for settings that cannot stand: {refused}");
    refused
}

#[tokio::test]
async fn settings_that_cannot_stand_are_told() {
    let at = |url: &str| Settings { jwk_url: Some(url.to_owned()), ..settings() };
    for (what, settings, part) in [
        ("http", at("http://issuer.example/keys"), "`jwk_url` (code): keys would be fetched without TLS"),
        ("an address", at("http://10.0.0.1/keys"), "without TLS"),
        ("almost this machine", at("http://localhost.evil.example/keys"), "without TLS"),
        ("almost this machine", at("http://127.0.0.1.evil.example/keys"), "without TLS"),
        ("a number", at("https://2130706433/keys"), "no URL of the web"),
        ("a user", at("http://localhost@evil.example/keys"), "no URL of the web"),
        ("a file", at("file:///etc/passwd"), "no URL of the web"),
        ("a path", at("keys.json"), "no URL of the web"),
        (
            "a key as well",
            Settings { verifying_key: Some(public_key().into()), ..settings() },
            "`verifying_key` is set beside it",
        ),
        (
            "an old key",
            Settings { fallback_keys: vec![public_key().into()], ..settings() },
            "`fallback_keys` is set beside it",
        ),
        (
            "a key of its own",
            Settings { signing_key: Some(signing_text(Algorithm::ES256).into()), ..settings() },
            "`signing_key` is set beside it",
        ),
        ("a secret", Settings { algorithm: Algorithm::HS256, ..settings() }, "who publishes secrets has none"),
        (
            "a secret beside it",
            Settings { jwk_algorithms: vec![Algorithm::RS256, Algorithm::HS256], ..settings() },
            "`jwk_algorithms` (code): HS256 signs with a secret",
        ),
        ("a short life", Settings { jwk_cache_ttl: seconds(59), ..settings() }, "1 minute to 1 hour"),
        ("a long life", Settings { jwk_cache_ttl: hours(2), ..settings() }, "1 minute to 1 hour"),
        ("no rest", Settings { jwk_cooldown: seconds(0), ..settings() }, "1 second to 1 hour"),
        ("authorities", Settings { jwk_ca_file: Some(PathBuf::from("ca.pem")), ..settings() }, "does not read it"),
        (
            "an issuer by http",
            Settings { jwk_url: None, issuer: Some("http://issuer.example/".to_owned()), ..settings() },
            "`issuer` (code): keys would be fetched without TLS",
        ),
        (
            "an issuer that is none",
            Settings { jwk_url: None, issuer: Some("issuer".to_owned()), ..settings() },
            "`signing_key` (code): it is missing",
        ),
        (
            "one that issues",
            Settings { jwk_url: None, rotate_refresh_tokens: true, ..settings() },
            "`signing_key` (code): it is missing",
        ),
    ] {
        let said = refused(settings, None).await;
        assert!(said.contains(part), "{what}: {said}");
    }
    for url in ["http://localhost:8080/keys", "http://127.0.0.1/keys", "http://[::1]:1/keys", "https://10.0.0.1/keys"] {
        let server = KeyServer::new();
        server.put_keys(url, &[&TestKey::new("a")]);
        verifying(at(url), &server).await;
    }
    let plain = Settings { jwk_allow_http: true, ..at("http://keys.internal/keys") };
    assert!(plain.insecure().iter().any(|warning| warning.name == "jwk_allow_http"));
    let server = KeyServer::new();
    server.put_keys("http://keys.internal/keys", &[&TestKey::new("a")]);
    verifying(plain, &server).await;
}

#[tokio::test]
async fn a_further_issuer_is_checked_as_the_first_one() {
    let ours = || Settings {
        rotate_refresh_tokens: false,
        issuer: Some("https://ours.example/".to_owned()),
        ..Settings::new(KEY)
    };
    for (what, further, part) in [
        ("no name", Settings { issuer: None, ..settings() }, "trust[0].issuer` (code): it is missing"),
        (
            "our name",
            Settings { issuer: Some("https://ours.example/".to_owned()), ..settings() },
            "another one is of the same name",
        ),
        ("white space", Settings { issuer: Some("the issuer".to_owned()), ..settings() }, "white space"),
        (
            "a key to sign",
            Settings { jwk_url: None, ..Settings { issuer: Some("x".to_owned()), ..Settings::new(KEY) } },
            "trust[0].signing_key",
        ),
        (
            "refresh tokens",
            Settings { auth_token_classes: vec![TokenClass::Refresh], ..settings() },
            "trust[0].auth_token_classes",
        ),
        ("lax", Settings { profile: Profile::SimpleJwt, ..settings() }, "trust[0].profile"),
        ("plain http", Settings { jwk_url: Some("http://a.example/".to_owned()), ..settings() }, "trust[0].jwk_url"),
        (
            "a bad key",
            Settings { jwk_url: None, verifying_key: Some("no key".into()), ..settings() },
            "trust[0].verifying_key",
        ),
    ] {
        let said = refused(ours(), Some(further)).await;
        assert!(said.contains(part), "{what}: {said}");
    }
    let twice = JwtAuth::builder(ours()).jwks_client(KeyServer::new()).trust(settings()).trust(settings());
    let said = twice.start().await.expect_err("a fault").to_string();
    assert!(said.contains("trust[1].issuer"), "{said}");
}

/// What is wrong with an answer is told while somebody looks.
#[tokio::test]
async fn a_wrong_answer_is_a_fault() {
    for (reply, part) in [
        (Reply::Status(404), "status 404"),
        (Reply::Status(403), "status 403"),
        (Reply::Redirect, "sends on to another server"),
        (Reply::Body(b"{}".to_vec()), "no JWK set"),
        (Reply::Body(vec![b' '; 300_000]), "longer than 256 KiB"),
    ] {
        let server = KeyServer::new();
        server.put(URL, reply);
        let refused = JwtAuth::builder(settings()).jwks_client(server.clone()).start().await.expect_err("a fault");
        assert!(refused.to_string().contains(part) && refused.to_string().contains("`jwk_url`"), "{refused}");
    }
}

/// An issuer that is away keeps nobody else's service from starting.
#[test]
fn an_outage_is_no_fault() {
    let log = logged(async {
        for reply in [Reply::Unreachable, Reply::Status(503), Reply::Status(429), Reply::Panic] {
            let (server, key) = (KeyServer::new(), TestKey::new("a"));
            server.put(URL, reply);
            let (auth, clock) = verifying(settings(), &server).await;
            let token = key.token(&format!(r#"{{"iss":"https://issuer.example/","sub":"u1","exp":{}}}"#, NOW + 10_000));
            assert!(matches!(auth.authenticate(&token).await, Err(AuthError::KeysUnavailable)));
            assert!(matches!(auth.verify(&token).await, Err(AuthError::KeysUnavailable)));
            assert!(matches!(auth.health().await, Err(AuthError::KeysUnavailable)));
            assert_eq!(server.count(), 1, "the cool-down counts a failed try");
            server.put_keys(URL, &[&key]);
            clock.pass(minutes(1));
            until(|| auth.jwks_status().remove(0).keys == 1).await;
            assert!(auth.authenticate(&token).await.is_ok() && auth.health().await.is_ok());
            assert!(auth.verify(&token).await.is_ok());
        }
    });
    assert_eq!(log.matches("jwks.refresh_failed").count(), 4, "{log}");
}
