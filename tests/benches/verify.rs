//! Verification and signing against their baselines, in one run.
//!
//! `cargo bench -p jwt-auth-tests --bench verify`; what counts is the ratio within a group.
//! HS256: everything the hardened profile checks against `jsonwebtoken::decode` with audience, issuer and expiry.
//! The others: the same checks against the library's bare signature check with a prepared key.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use jwt_auth::keys::Algorithm;
use jwt_auth_tests::tokens::{SECRET, good_payload, now, pair, settings, signing_key, verifier};
use serde::Deserialize;
use std::hint::black_box;
use std::time::Duration;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(60)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = verify_hmac, verify_asymmetric, sign
}
criterion_main!(benches);

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

fn verify_hmac(c: &mut Criterion) {
    let mut group = c.benchmark_group("verify HS256");
    let token = signing_key(Algorithm::HS256).sign(&good_payload());
    let verifier = verifier(&settings(Algorithm::HS256));
    let moment = now();
    group.bench_function("jwt-auth, all checks", |b| {
        b.iter(|| verifier.verify(black_box(&token), moment).expect("good"));
    });

    let key = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.set_audience(&["api"]);
    validation.set_issuer(&["https://issuer.example"]);
    group.bench_function("jsonwebtoken::decode", |b| {
        b.iter(|| jsonwebtoken::decode::<Claims>(black_box(&token), &key, &validation).expect("good"));
    });

    let (message, tag) = token.rsplit_once('.').expect("three parts");
    let tag = URL_SAFE_NO_PAD.decode(tag).expect("base64");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    group.bench_function("bare HMAC", |b| {
        b.iter(|| aws_lc_rs::hmac::verify(&key, black_box(message.as_bytes()), &tag));
    });
    group.finish();
}

fn verify_asymmetric(c: &mut Criterion) {
    let bare: [(Algorithm, &'static dyn VerificationAlgorithm); 5] = [
        (Algorithm::EdDSA, &ED25519),
        (Algorithm::ES256, &ECDSA_P256_SHA256_FIXED),
        (Algorithm::ES384, &ECDSA_P384_SHA384_FIXED),
        (Algorithm::RS256, &RSA_PKCS1_2048_8192_SHA256),
        (Algorithm::PS256, &RSA_PSS_2048_8192_SHA256),
    ];
    for (algorithm, bare) in bare {
        let mut group = c.benchmark_group(format!("verify {algorithm}"));
        let token = signing_key(algorithm).sign(&good_payload());
        let verifier = verifier(&settings(algorithm));
        let moment = now();
        group.bench_function("jwt-auth, all checks", |b| {
            b.iter(|| verifier.verify(black_box(&token), moment).expect("good"));
        });
        let key = ParsedPublicKey::new(bare, &pair(algorithm).public_info).expect("good");
        let (message, signature) = token.rsplit_once('.').expect("three parts");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
        group.bench_function("bare signature check", |b| {
            b.iter(|| key.verify_sig(black_box(message.as_bytes()), &signature).expect("good"));
        });
        group.finish();
    }
}

fn sign(c: &mut Criterion) {
    let mut group = c.benchmark_group("sign");
    let payload = good_payload();
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        group.bench_function(algorithm.name(), |b| b.iter(|| key.sign(black_box(&payload))));
    }
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let claims: serde_json::Value = serde_json::from_str(&payload).expect("JSON");
    group.bench_function("HS256, jsonwebtoken::encode", |b| {
        b.iter(|| jsonwebtoken::encode(&header, black_box(&claims), &key).expect("signs"));
    });
    group.finish();
}
