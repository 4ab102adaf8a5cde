//! Keys that are found by the name of their issuer.

use jwt_auth::keys::Algorithm;
use jwt_auth::settings::minutes;
use jwt_auth::{JwtAuth, Settings};
use jwt_auth_tests::key_server::{KeyServer, Reply, TestKey, discovery, until, verifying};
use jwt_auth_tests::tokens::NOW;

fn of(issuer: &str) -> Settings {
    Settings { algorithm: Algorithm::ES256, ..Settings::of_issuer(issuer) }
}

#[tokio::test]
async fn the_document_stands_where_the_standards_say() {
    let key = TestKey::new("a");
    for (issuer, places) in [
        ("https://tenant.eu.auth0.com/", &["https://tenant.eu.auth0.com/.well-known/openid-configuration"][..]),
        ("https://id.example/realms/shop", &["https://id.example/realms/shop/.well-known/openid-configuration"]),
        (
            "https://as.example:8443/one/",
            &[
                "https://as.example:8443/one/.well-known/openid-configuration",
                "https://as.example:8443/.well-known/oauth-authorization-server/one",
            ],
        ),
        (
            "https://as.example",
            &[
                "https://as.example/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server",
            ],
        ),
    ] {
        let server = KeyServer::new();
        let keys = format!("{}/keys", issuer.trim_end_matches('/'));
        server.put(places.last().expect("a place"), discovery(issuer, &keys));
        server.put_keys(&keys, &[&key]);
        let (auth, _) = verifying(of(issuer), &server).await;
        let mut expected: Vec<&str> = places.to_vec();
        expected.push(&keys);
        assert_eq!(server.asked(), expected);
        let token = key.token(&format!(r#"{{"iss":"{issuer}","sub":"u1","exp":{}}}"#, NOW + 10));
        assert!(auth.authenticate(&token).await.is_ok(), "{issuer}");
    }
}

#[tokio::test]
async fn a_document_that_is_not_this_issuers_is_refused() {
    let (issuer, place) = ("https://id.example/", "https://id.example/.well-known/openid-configuration");
    let document = |text: &str| Reply::Body(text.as_bytes().to_vec());
    let uri = "https://id.example/keys";
    for (what, reply, part) in [
        ("another", discovery("https://evil.example/", uri), "letter by letter"),
        ("without the slash", discovery("https://id.example", uri), "letter by letter"),
        ("in capitals", discovery("https://ID.example/", uri), "letter by letter"),
        ("none", document(r#"{"jwks_uri":"https://id.example/keys"}"#), "letter by letter"),
        (
            "a list",
            document(r#"{"issuer":["https://id.example/"],"jwks_uri":"https://id.example/keys"}"#),
            "letter by letter",
        ),
        (
            "two",
            document(
                r#"{"issuer":"https://id.example/","issuer":"https://id.example/","jwks_uri":"https://id.example/keys"}"#,
            ),
            "letter by letter",
        ),
        ("no keys", document(r#"{"issuer":"https://id.example/"}"#), "letter by letter"),
        ("a page", document("<!doctype html>"), "letter by letter"),
        ("a file", discovery(issuer, "file:///etc/passwd"), "letter by letter"),
        ("a user", discovery(issuer, "https://id.example@evil.example/"), "letter by letter"),
        // What a document says may not lead into the network of whoever reads it.
        ("without TLS", discovery(issuer, "http://id.example/keys"), "private network or without TLS"),
        ("inside", discovery(issuer, "https://10.0.0.1/keys"), "private network"),
        ("this machine", discovery(issuer, "https://127.0.0.1/keys"), "private network"),
        ("a cloud's secrets", discovery(issuer, "https://169.254.169.254/keys"), "private network"),
        ("inside, in six", discovery(issuer, "https://[::ffff:10.0.0.1]/keys"), "private network"),
    ] {
        let server = KeyServer::new();
        server.put(place, reply);
        for keys in [uri, "https://10.0.0.1/keys", "http://id.example/keys"] {
            server.put_keys(keys, &[&TestKey::new("a")]);
        }
        let refused =
            JwtAuth::builder(of(issuer)).jwks_client(server.clone()).start().await.expect_err(what).to_string();
        assert!(refused.contains("`issuer`") && refused.contains(part), "{what}: {refused}");
        assert_eq!(server.asked(), [place], "{what}");
    }
}

/// An issuer inside of the network may have its keys beside it, as whoever runs the service has named it.
#[tokio::test]
async fn an_issuer_may_be_inside_when_the_settings_name_it() {
    for (issuer, keys) in [
        ("http://127.0.0.1:8080/realms/shop", "http://127.0.0.1:8080/realms/shop/keys"),
        ("https://10.0.0.1:8443", "https://10.0.0.1:8443/keys"),
    ] {
        let server = KeyServer::new();
        server.put(&format!("{issuer}/.well-known/openid-configuration"), discovery(issuer, keys));
        server.put_keys(keys, &[&TestKey::new("a")]);
        verifying(of(issuer), &server).await;
    }
}

/// It is read again each time, so that an issuer may move its keys.
#[tokio::test]
async fn the_keys_may_move() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (issuer, place) = ("https://id.example/", "https://id.example/.well-known/openid-configuration");
    let server = KeyServer::new();
    server.put(place, discovery(issuer, "https://id.example/one"));
    server.put_keys("https://id.example/one", &[&a]);
    let (auth, clock) = verifying(of(issuer), &server).await;
    server.put(place, discovery(issuer, "https://keys.example/two"));
    server.put_keys("https://keys.example/two", &[&a, &b]);
    clock.pass(minutes(10));
    until(|| auth.jwks_status().remove(0).keys == 2).await;
    assert_eq!(server.count(), 4);
}
