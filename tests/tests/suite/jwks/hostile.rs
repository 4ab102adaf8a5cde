//! Answers that no issuer should give: the keys of before stay.

use jwt_auth::Settings;
use jwt_auth::keys::Algorithm;
use jwt_auth::settings::{minutes, seconds};
use jwt_auth_tests::key_server::{KeyServer, Reply, TestKey, key_set, until, verifying};
use jwt_auth_tests::tokens::{NOW, base64url};

const URL: &str = "https://issuer.example/keys";

fn settings(algorithm: Algorithm) -> Settings {
    Settings { jwk_url: Some(URL.to_owned()), algorithm, ..Settings::of_issuer("https://issuer.example/") }
}

fn body(text: impl Into<String>) -> Reply {
    Reply::Body(text.into().into_bytes())
}

#[tokio::test]
async fn a_bad_answer_keeps_the_keys_of_before() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let server = KeyServer::new();
    server.put_keys(URL, &[&a]);
    let (auth, clock) = verifying(settings(Algorithm::ES256), &server).await;
    let token = |key: &TestKey| {
        key.token(&format!(r#"{{"iss":"https://issuer.example/","sub":"u1","exp":{}}}"#, NOW + 1_000_000))
    };
    let member = b.jwk();
    let (short, private) =
        (r#"{"kty":"EC","crv":"P-256","kid":"b","x":"AA","y":"AA"}"#, member.replacen('{', r#"{"d":"AAAA","#, 1));
    let secret = format!(r#"{{"kty":"oct","kid":"b","k":"{}"}}"#, base64url([7; 64]));
    let set = |member: &str| body(format!(r#"{{"keys":[{member}]}}"#));
    let many: Vec<String> = (0..101).map(|_| member.clone()).collect();
    let answers = [
        ("nothing", body("")),
        ("no keys", body("{}")),
        ("an empty set", body(r#"{"keys":[]}"#)),
        ("a page", body("<!doctype html><title>Sign in</title>")),
        ("a list", body(format!("[{member}]"))),
        ("half a set", body(&key_set(&[&a, &b])[..60])),
        ("no text", Reply::Body(vec![0xff; 200])),
        ("a set twice", body(format!(r#"{{"keys":[],"keys":[{member}]}}"#))),
        ("deep", body(format!(r#"{{"keys":{}{}}}"#, "[".repeat(40), "]".repeat(40)))),
        ("too long", body(format!(r#"{{"keys":[{member}]{}}}"#, " ".repeat(256 * 1024)))),
        ("101 keys", set(&many.join(","))),
        ("a secret", set(&secret)),
        ("a private key", set(&private)),
        ("a short key", set(short)),
        ("for encryption", set(&member.replace(r#""use":"sig""#, r#""use":"enc""#))),
        ("another algorithm", set(&member.replace("ES256", "ES384"))),
        ("a curve it is not on", set(&member.replace("P-256", "P-384"))),
        ("two of one name", set(&format!("{member},{}", TestKey::new("b").jwk()))),
        ("404", Reply::Status(404)),
        ("500", Reply::Status(500)),
        ("a redirect", Reply::Redirect),
        ("nobody", Reply::Unreachable),
        ("a panic", Reply::Panic),
    ];
    let failed = |auth: &jwt_auth::JwtAuth| auth.jwks_status().remove(0).failures;
    for (number, (what, answer)) in answers.into_iter().enumerate() {
        server.put(URL, answer);
        clock.pass(minutes(10));
        until(|| failed(&auth) == number as u64 + 1).await;
        assert!(auth.authenticate(&token(&a)).await.is_ok(), "{what}");
        assert!(auth.authenticate(&token(&b)).await.is_err(), "{what}");
    }
    // One member that is good is enough, whatever stands beside it.
    server.put(
        URL,
        set(&format!(
            r#"{other},{{"kty":"XYZ"}},null,{secret_free},{member}"#,
            other = short.replace("\"b\"", "\"c\""),
            secret_free = r#"{"kty":7}"#
        )),
    );
    clock.pass(seconds(31));
    until(|| auth.jwks_status().remove(0).failed_in_a_row == 0).await;
    assert!(auth.authenticate(&token(&b)).await.is_ok());
    assert!(auth.authenticate(&token(&a)).await.is_err(), "withdrawn");
}

/// Now there, now away, now with one key and now with the other: what it said last is what counts.
#[tokio::test]
async fn a_flapping_server_is_followed() {
    let keys = [TestKey::new("a"), TestKey::new("b")];
    let server = KeyServer::new();
    server.put_keys(URL, &[&keys[0]]);
    let (auth, clock) = verifying(settings(Algorithm::ES256), &server).await;
    let token = |key: &TestKey| {
        key.token(&format!(r#"{{"iss":"https://issuer.example/","sub":"u1","exp":{}}}"#, NOW + 1_000_000))
    };
    let is_good = async |key: &TestKey| auth.authenticate(&token(key)).await.is_ok();
    let fetched = || auth.jwks_status().remove(0);
    for round in 0..20_u64 {
        let (now, before) = (&keys[round as usize % 2], &keys[(round as usize + 1) % 2]);
        server.put_keys(URL, &[now]);
        clock.pass(minutes(10));
        until(|| {
            fetched().fetches == 2 * round + 2 && fetched().failed_in_a_row == 0 && fetched().age < Some(seconds(5))
        })
        .await;
        assert!(is_good(now).await && !is_good(before).await, "{round}");
        server.put(URL, if round % 3 == 0 { Reply::Status(503) } else { body("{}") });
        clock.pass(minutes(10));
        until(|| fetched().failures == round + 1).await;
        assert!(is_good(now).await && !is_good(before).await, "{round}");
    }
    assert_eq!(server.count(), 41);
}

/// What makes a key worthless makes a set of it one without keys.
#[tokio::test]
async fn worthless_keys_are_no_keys() {
    // Of order one, eight and two: they verify what nobody signed.
    let small = [
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
        "7P_______________________________________38",
    ];
    let ed25519 = small.map(|x| (Algorithm::EdDSA, format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)));
    let rsa = [(1024 / 8, "AQAB"), (2048 / 8, "Aw"), (2048 / 8, "AQ")].map(|(bytes, exponent)| {
        (Algorithm::RS256, format!(r#"{{"kty":"RSA","n":"{}","e":"{exponent}"}}"#, base64url(vec![0xc5; bytes])))
    });
    for (algorithm, member) in ed25519.into_iter().chain(rsa) {
        let server = KeyServer::new();
        server.put(URL, body(format!(r#"{{"keys":[{member}]}}"#)));
        let started = jwt_auth::JwtAuth::builder(settings(algorithm)).jwks_client(server.clone()).start().await;
        let refused = started.expect_err("no keys").to_string();
        assert!(refused.contains("`jwk_url`") && refused.contains("no JWK set with a key"), "{refused}");
        assert_eq!(server.count(), 1);
    }
}
