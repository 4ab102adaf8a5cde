//! For applications that use the crate `jsonwebtoken` beside this one.
//!
//! `jsonwebtoken` leaves its cryptography to a provider, which comes from one of its features `aws_lc_rs` and `rust_crypto`,
//! or is installed. With neither feature, or with both because two crates of a build wanted one each, its `encode` and
//! `decode` panic ("Could not automatically determine the process-level CryptoProvider"). [`PROVIDER`] is installed in one
//! line and needs neither feature; this crate turns on none of them:
//!
//! ```
//! use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
//! use serde_json::{Value, json};
//!
//! // First thing in `main`. It is an error when something was installed, or used, before.
//! jwt_auth::jsonwebtoken::PROVIDER.install_default().expect("nothing else is installed");
//!
//! let key = jwt_auth::Secret::generate()?;
//! let secret = key.expose().as_bytes();
//! let claims = json!({"sub": "1", "exp": jsonwebtoken::get_current_timestamp() + 60});
//! let token = encode(&Header::default(), &claims, &EncodingKey::from_secret(secret))?;
//! let read = decode::<Value>(&token, &DecodingKey::from_secret(secret), &Validation::default())?;
//! assert_eq!(read.claims, claims);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It is as strict about keys as [`keys`](crate::keys) is: HMAC secrets as long as the hash and no key files, RSA of 2048 to
//! 8192 bits with an odd exponent of at least 65537, points that lie on their curve, Ed25519 keys of exactly 32 bytes that are
//! not of small order. A key that is refused is an error of `jsonwebtoken`: `InvalidRsaKey` with the reason,
//! `InvalidEcdsaKey`, `InvalidEddsaKey`, `Provider` with the reason for a secret, `InvalidKeyFormat` for a key of another
//! family than the algorithm. [`signing_key`] and [`verifying_key`] give the [`KeyError`](crate::keys::KeyError) itself.
//!
//! What a token says is checked by `jsonwebtoken` as before; only [`Verifier`](crate::verify::Verifier) checks it as this crate
//! does.
//!
//! `jsonwebtoken`'s [`Algorithm`](::jsonwebtoken::Algorithm), [`Jwk`](::jsonwebtoken::jwk::Jwk) and
//! [`JwkSet`](::jsonwebtoken::jwk::JwkSet) become ours by `try_into`.

mod conversions;
mod key_utils;
mod keys;
mod provider;

pub use keys::{signing_key, verifying_key};
pub use provider::PROVIDER;
