//! `encode` and `decode` of an ordinary token with whichever provider the build has.

use criterion::{Criterion, criterion_group, criterion_main};
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode, get_current_timestamp};
use serde_json::{Value, json};
use std::hint::black_box;

#[cfg(feature = "ours")]
const PROVIDER: &str = "ours";
#[cfg(feature = "aws_lc_rs")]
const PROVIDER: &str = "aws_lc_rs";
#[cfg(feature = "rust_crypto")]
const PROVIDER: &str = "rust_crypto";

#[path = "../../providers/src/keys.rs"]
mod keys;

fn providers(criterion: &mut Criterion) {
    #[cfg(feature = "ours")]
    jwt_auth::jsonwebtoken::PROVIDER.install_default().expect("nothing else is installed");
    let now = get_current_timestamp();
    let claims = json!({
        "token_type": "access", "exp": now + 36_000, "iat": now, "jti": "0123456789abcdef", "user_id": "1"
    });
    for algorithm in [Algorithm::HS256, Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256] {
        let (encoding, decoding, _) = keys::of(algorithm).expect("good keys");
        let (header, validation) = (Header::new(algorithm), Validation::new(algorithm));
        let token = encode(&header, &claims, &encoding).expect("encodes");
        criterion.bench_function(&format!("{PROVIDER}/encode/{algorithm:?}"), |bencher| {
            bencher.iter(|| encode(&header, black_box(&claims), &encoding).expect("encodes"));
        });
        criterion.bench_function(&format!("{PROVIDER}/decode/{algorithm:?}"), |bencher| {
            bencher.iter(|| decode::<Value>(black_box(&token), &decoding, &validation).expect("decodes"));
        });
    }
}

criterion_group!(benches, providers);
criterion_main!(benches);
