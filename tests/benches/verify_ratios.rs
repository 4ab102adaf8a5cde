//! The ratios that verification promises, as one table: `cargo bench -p jwt-auth-tests --bench verify_ratios`.
//!
//! Both sides of a row take turns in short rounds and the fastest round of each counts, so the ratio means something on a
//! machine that is doing other work. `cargo bench -p jwt-auth-tests --bench verify` gives the distributions.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_auth::keys::Algorithm;
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, Settings};
use jwt_auth_tests::tokens::{SECRET, good_payload, now, pair, payload, settings, signing_key, verifier};
use serde::Deserialize;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// What an application would decode: all claims of the token, which a verified token of ours hands out too.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Claims {
    token_type: String,
    exp: u64,
    iat: u64,
    jti: String,
    user_id: String,
    aud: String,
    iss: String,
}

fn main() {
    println!("{:<62} {:>10} {:>10} {:>7} {:>9}", "", "ours", "baseline", "ratio", "at most");
    hmac();
    seen(Algorithm::HS256);
    seen(Algorithm::RS256);
    flood();
    asymmetric(Algorithm::EdDSA, &ED25519);
    asymmetric(Algorithm::ES256, &ECDSA_P256_SHA256_FIXED);
    asymmetric(Algorithm::RS256, &RSA_PKCS1_2048_8192_SHA256);
}

/// A token of the algorithm with the best HMAC, and what jsonwebtoken needs for it.
fn baseline() -> (String, jsonwebtoken::DecodingKey, jsonwebtoken::Validation) {
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.set_audience(&["api"]);
    validation.set_issuer(&["https://issuer.example"]);
    let key = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
    (signing_key(Algorithm::HS256).sign(&good_payload()), key, validation)
}

fn hmac() {
    let (token, key, validation) = baseline();
    let verifier = verifier(&settings(Algorithm::HS256));
    let moment = now();
    compare(
        "HS256, all checks / jsonwebtoken::decode, aud+iss+exp",
        0.33,
        500,
        || drop(black_box(verifier.verify(black_box(&token), moment).expect("good"))),
        || {
            let decoded = jsonwebtoken::decode::<Claims>(black_box(&token), &key, &validation);
            drop(black_box(decoded.expect("good")));
        },
    );
}

/// A token that the service has seen, against what decoding it anew would cost.
fn seen(algorithm: Algorithm) {
    let (service, token) = (service(settings(algorithm)), signing_key(algorithm).sign(&good_payload()));
    assert!(authenticate(&service, &token) && authenticate(&service, &token));
    let (hmac, key, validation) = baseline();
    compare(
        &format!("{algorithm}, seen before / jsonwebtoken::decode HS256, aud+iss+exp"),
        0.12,
        500,
        || assert!(black_box(authenticate(&service, black_box(&token)))),
        || drop(black_box(jsonwebtoken::decode::<Claims>(black_box(&hmac), &key, &validation).expect("good"))),
    );
}

/// A flood of a million good tokens that come once each, with a cache and without: the median of rounds of 500, since none can be played twice.
fn flood() {
    const EACH: usize = 500;
    const ROUNDS: usize = 2000;
    let key = signing_key(Algorithm::HS256);
    let token = |number: usize| key.sign(&payload(&[("jti", Some(&format!("\"{number:032}\"")))]));
    let services =
        [4 << 20, 0].map(|token_cache_bytes| service(Settings { token_cache_bytes, ..settings(Algorithm::HS256) }));
    let mut spent = [Vec::new(), Vec::new()];
    for turn in 0..ROUNDS {
        let tokens: Vec<String> = (turn * EACH..(turn + 1) * EACH).map(token).collect();
        for place in 0..2 {
            let kind = (turn + place) % 2;
            let start = Instant::now();
            for token in &tokens {
                assert!(black_box(authenticate(&services[kind], token)));
            }
            spent[kind].push(start.elapsed());
        }
    }
    // The first rounds fill it.
    let [with, without] = spent.map(|mut rounds| {
        rounds.drain(..50);
        rounds.sort_unstable();
        rounds[rounds.len() / 2].as_secs_f64() * 1e9 / EACH as f64
    });
    row("HS256, each token once, with a cache / without", 1.05, with, without);
}

fn service(settings: Settings) -> JwtAuth {
    let settings = Settings { rotate_refresh_tokens: false, ..settings };
    let auth = now_or_never(JwtAuth::builder(settings).clock(ManualClock::new(now())).start());
    auth.expect("good settings")
}

fn authenticate(service: &JwtAuth, token: &str) -> bool {
    now_or_never(service.authenticate(token)).is_ok()
}

/// Nothing here waits.
fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("no store is asked"),
    }
}

fn asymmetric(algorithm: Algorithm, bare: &'static dyn VerificationAlgorithm) {
    let token = signing_key(algorithm).sign(&good_payload());
    let verifier = verifier(&settings(algorithm));
    let moment = now();
    let key = ParsedPublicKey::new(bare, &pair(algorithm).public_info).expect("good");
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    compare(
        &format!("{algorithm}, all checks / bare signature check, prepared key"),
        1.10,
        20,
        || drop(black_box(verifier.verify(black_box(&token), moment).expect("good"))),
        || key.verify_sig(black_box(message.as_bytes()), &signature).expect("good"),
    );
}

fn compare(name: &str, most: f64, calls: u32, ours: impl Fn(), baseline: impl Fn()) {
    const ROUNDS: usize = 2000;
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        best[0] = best[0].min(round(calls, &ours));
        best[1] = best[1].min(round(calls, &baseline));
    }
    let [ours, baseline] = best.map(|best| best.as_secs_f64() * 1e9 / f64::from(calls));
    row(name, most, ours, baseline);
}

fn row(name: &str, most: f64, ours: f64, baseline: f64) {
    println!("{name:<62} {ours:>7.0} ns {baseline:>7.0} ns {:>7.3} {most:>9.2}", ours / baseline);
}

fn round(calls: u32, f: &impl Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        f();
    }
    start.elapsed()
}
