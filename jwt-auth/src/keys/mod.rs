//! Keys: loading them strictly, and keeping them prepared.
//!
//! What can be loaded: HMAC secrets; RSA, P-256, P-384 and Ed25519 keys as PEM, DER or JWK. What is refused, and why, is
//! in [`KeyError`]; its texts say what to do.

mod algorithm;
#[cfg(feature = "jsonwebtoken")]
mod bare;
mod current;
mod der;
mod derived;
mod jwk;
mod jwk_set;
mod key_error;
mod key_file;
pub(crate) mod key_id;
mod key_mark;
mod key_ring;
mod key_schedule;
mod key_times;
mod key_type;
mod known_headers;
mod pem;
mod public_parts;
mod roca;
mod scheduled_key;
mod scheduled_ring;
mod secret_bytes;
mod sign;
mod signer;
mod signing_key;
mod strictness;
mod verifying_key;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use jwk::JwkOrigin;
pub use jwk_set::JwkSet;
pub use key_error::KeyError;
pub use key_file::KeyFileError;
pub use key_mark::KeyMark;
pub use key_ring::{KeyFault, KeyRing};
pub use key_schedule::{KeySchedule, ScheduleError};
pub use key_times::KeyTimes;
pub use scheduled_key::{KeyState, ScheduledKey};
pub use signing_key::SigningKey;
pub use strictness::KeyStrictness;
pub use verifying_key::VerifyingKey;

use key_type::Curve;

#[cfg(feature = "jsonwebtoken")]
pub(crate) use bare::{BareSigner, rsa_public_numbers};
pub(crate) use current::Current;
pub(crate) use derived::derived_key;
pub(crate) use known_headers::{Header, KnownHeaders};
pub(crate) use scheduled_ring::{ScheduledRing, Term};
pub(crate) use secret_bytes::is_secret_text;
pub(crate) use signing_key::header_segment;
