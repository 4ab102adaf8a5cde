//! Which status an error is answered with. Which error a failing store becomes is `From<StoreError>` in
//! `error/mod.rs`.

use crate::error::AuthError;
use ::http::StatusCode;

/// The status that an error is answered with.
pub(crate) fn status(error: &AuthError) -> StatusCode {
    match error {
        AuthError::PermissionDenied(_) | AuthError::CsrfFailed(_) => StatusCode::FORBIDDEN,
        AuthError::RefreshConflict => StatusCode::CONFLICT,
        AuthError::NotAvailable | AuthError::NotFound => StatusCode::NOT_FOUND,
        AuthError::BlacklistedToken => StatusCode::BAD_REQUEST,
        AuthError::Unavailable(_)
        | AuthError::RevocationStale
        | AuthError::KeysUnavailable
        | AuthError::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        AuthError::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        AuthError::NotIssued(_) | AuthError::Misconfigured(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNAUTHORIZED,
    }
}
