//! What a verified token says.

use crate::claims::{ClaimError, Claims};
use crate::clock::Timestamp;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The claims of a token whose signature and times were checked. Cheap to clone.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    inner: Arc<str>,
}

impl VerifiedToken {
    /// The payload: one JSON object.
    pub fn payload(&self) -> &str {
        &self.inner
    }
    /// All claims, in order.
    pub fn claims(&self) -> Claims {
        todo!()
    }
    /// One claim as a Rust value.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ClaimError> {
        let _ = name;
        todo!()
    }
    /// One claim's JSON text, straight from the payload; allocates nothing.
    pub fn raw_claim(&self, name: &str) -> Option<&str> {
        let _ = name;
        todo!()
    }
    /// `exp`
    pub fn expires_at(&self) -> Timestamp {
        todo!()
    }
    /// `iat`
    pub fn issued_at(&self) -> Option<Timestamp> {
        todo!()
    }
    /// The claim `jti_claim`.
    pub fn jti(&self) -> Option<&str> {
        todo!()
    }
    /// The claim `token_type_claim`, when it is a string.
    pub fn token_type(&self) -> Option<&str> {
        todo!()
    }
    /// The claim `user_id_claim`: strings as they are, numbers in their JSON text; `None` when absent or another type.
    pub fn user_id(&self) -> Option<&str> {
        todo!()
    }
    /// `sid`, when it is a string.
    pub fn session_id(&self) -> Option<&str> {
        todo!()
    }
    /// `gen`, when it is a non-negative integer.
    pub fn generation(&self) -> Option<u64> {
        todo!()
    }
    /// `ep`
    pub fn epoch(&self) -> Option<u64> {
        todo!()
    }
    /// `auth_time`, in seconds
    pub fn auth_time(&self) -> Option<u64> {
        todo!()
    }
}
