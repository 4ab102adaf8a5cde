//! How the keys of an issuer are.

use std::time::Duration;

/// How an issuer's keys are, and what it took to have them: what [`JwtAuth::jwks_status`](crate::JwtAuth::jwks_status) answers, for
/// metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JwksStatus {
    /// The issuer, or without one the URL of its keys.
    pub issuer: String,
    /// How many keys there are.
    pub keys: usize,
    /// How long ago they were fetched; `None` before that worked for the first time.
    pub age: Option<Duration>,
    /// How often they were fetched or were to be, since the start.
    pub fetches: u64,
    /// How many of these failed.
    pub failures: u64,
    /// How many tokens named a key that was not known.
    pub unknown_keys: u64,
    /// For how many of these nothing was fetched: `jwk_cooldown` had not passed, or it was known that nobody has the key.
    pub held_back: u64,
    /// How many fetches have failed since the last one that worked: unless it is 0, the keys of before are used, for a day at most.
    pub failed_in_a_row: u64,
}
