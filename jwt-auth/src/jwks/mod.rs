//! The keys of other issuers: fetched, kept, and followed when they change.
//!
//! What a token says chooses nothing here: neither `jku` nor any other URL in it is looked at, and a `kid` that nobody has costs one
//! fetch for each `jwk_cooldown`, whoever asks and however often. A request whose key is known never waits for a fetch.

mod address;
mod answer;
mod cache_control;
mod client;
mod error;
#[cfg(feature = "jwks-client")]
mod http_client;
mod keeper;
mod source;
mod status;
mod unknown;

pub use answer::JwksAnswer;
pub use client::{JwksClient, JwksRequest};
pub use error::JwksError;
#[cfg(feature = "jwks-client")]
pub(crate) use http_client::HttpJwksClient;
pub use status::JwksStatus;

pub(crate) use client::AnyJwksClient;
pub(crate) use keeper::{Asked, FirstFetch, KeyKeeper};
