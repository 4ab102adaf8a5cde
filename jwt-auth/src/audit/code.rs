//! Why something was refused, in one word that stays.

use crate::error::{AuthError, TokenError};

/// The word for a refusal.
pub(super) fn code(error: &AuthError) -> &'static str {
    match error {
        AuthError::NotAuthenticated => "not_authenticated",
        AuthError::BadAuthorizationHeader => "bad_authorization_header",
        // What the class that counts said: the one whose type it is, if any.
        AuthError::TokenNotValid(refusals) => {
            let telling = |error: &TokenError| !matches!(error, TokenError::WrongType | TokenError::MissingType);
            let errors = || refusals.iter().map(|refusal| refusal.error);
            errors().find(telling).or_else(|| errors().next()).map_or("token_malformed", of_token)
        }
        AuthError::InvalidToken(error) => of_token(*error),
        AuthError::SessionEnded(reason) => reason.code(),
        AuthError::NoUserInToken => "no_user_in_token",
        AuthError::UserNotFound => "user_not_found",
        AuthError::UserInactive => "user_disabled",
        AuthError::NoActiveAccount | AuthError::NoActiveAccountForToken => "no_active_account",
        AuthError::PasswordChanged | AuthError::PasswordChangedForToken => "password_changed",
        AuthError::BlacklistedToken => "token_revoked",
        AuthError::InsufficientUserAuthentication(_) => "reauth_required",
        AuthError::PermissionDenied(_) => "permission_denied",
        AuthError::CsrfFailed(_) => "csrf_failed",
        AuthError::NotFound | AuthError::NotAvailable => "not_found",
        AuthError::RefreshConflict => "refresh_conflict",
        AuthError::Unavailable(_) | AuthError::RevocationStale => "unavailable",
        AuthError::KeysUnavailable => "keys_unavailable",
        AuthError::Busy { .. } => "busy",
        AuthError::Throttled { .. } => "throttled",
        AuthError::NotIssued(_) => "token_not_issued",
        AuthError::Misconfigured(_) => "misconfigured",
    }
}

const fn of_token(error: TokenError) -> &'static str {
    match error {
        TokenError::Expired | TokenError::RefreshExpired => "token_expired",
        TokenError::NotYetValid | TokenError::IssuedInFuture => "token_not_yet_valid",
        TokenError::BadSignature => "signature_invalid",
        TokenError::AlgorithmNotAllowed => "algorithm_not_allowed",
        TokenError::UnknownKey => "key_unknown",
        TokenError::WrongIssuer => "issuer_untrusted",
        TokenError::WrongAudience => "audience_mismatch",
        TokenError::WrongType | TokenError::MissingType | TokenError::WrongMediaType => "type_mismatch",
        TokenError::Blacklisted | TokenError::Revoked => "token_revoked",
        _ => "token_malformed",
    }
}
