//! From a refusal to an answer.

use crate::error::AuthError;
use crate::settings::Settings;
use axum::response::{IntoResponse, Response};

/// A refused request: renders SimpleJWT's body, the challenge of RFC 6750 and `Retry-After`.
#[derive(Debug)]
pub struct Rejection {
    error: AuthError,
}

impl Rejection {
    /// `settings` decides the challenge (scheme, profile).
    pub fn new(error: AuthError, settings: &Settings) -> Self {
        let _ = settings;
        Self { error }
    }
    /// Why.
    pub fn error(&self) -> &AuthError {
        &self.error
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        todo!()
    }
}
