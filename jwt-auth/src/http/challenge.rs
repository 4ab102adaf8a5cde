//! `WWW-Authenticate` (RFC 6750; RFC 9470 for step-up) and the sentence of a refusal, as the settings word them.

use super::status::status;
use crate::error::{AuthError, StepUp, TokenError};
use crate::settings::{Profile, Settings};
use ::http::StatusCode;
use std::sync::Arc;

/// What the settings say about a refusal: the scheme and the form of its challenge.
#[derive(Clone, PartialEq)]
pub(crate) struct Wording {
    scheme: Arc<str>,
    profile: Profile,
    /// The name that stands in a message for the claim it is about.
    refresh_exp_claim: Arc<str>,
}

impl Wording {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            scheme: scheme(settings).into(),
            profile: settings.profile,
            refresh_exp_claim: settings.sliding_token_refresh_exp_claim.as_str().into(),
        }
    }

    /// The wording where nobody knows the settings: `Bearer`, and the profile that settings have by default.
    pub(crate) fn standard() -> Self {
        Self {
            scheme: STANDARD_SCHEME.into(),
            profile: Profile::default(),
            refresh_exp_claim: STANDARD_REFRESH_EXP.into(),
        }
    }

    /// Whether these settings word everything as [`standard`](Self::standard) does.
    pub(crate) fn is_standard(settings: &Settings) -> bool {
        scheme(settings) == STANDARD_SCHEME
            && settings.profile == Profile::default()
            && settings.sliding_token_refresh_exp_claim == STANDARD_REFRESH_EXP
    }

    /// `WWW-Authenticate`, where there is one.
    pub(crate) fn challenge(&self, error: &AuthError) -> Option<String> {
        let scheme = &self.scheme;
        let plain = || format!("{scheme} realm=\"api\"");
        let (code, description) = match error {
            AuthError::PermissionDenied(_) if !self.profile.rules().telling_challenges => return None,
            AuthError::PermissionDenied(denial) => {
                let scope = denial.scope.as_deref().filter(|scope| is_scope(scope));
                let scope = scope.map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
                return Some(format!("{}, error=\"insufficient_scope\"{scope}", plain()));
            }
            _ if status(error) != StatusCode::UNAUTHORIZED => return None,
            AuthError::InsufficientUserAuthentication(StepUp { max_age, acr_values }) => {
                let max_age = max_age.map(|seconds| format!(", max_age=\"{seconds}\"")).unwrap_or_default();
                let acr_values = acr_values.map(|values| format!(", acr_values=\"{values}\"")).unwrap_or_default();
                return Some(format!(
                    "{}, error=\"insufficient_user_authentication\", error_description=\"{}\"{max_age}{acr_values}",
                    plain(),
                    error
                ));
            }
            // No credentials, or the login form's own refusal: there is no token to find fault with.
            AuthError::NotAuthenticated | AuthError::NoActiveAccount | AuthError::NoActiveAccountForToken => {
                return Some(plain());
            }
            AuthError::BadAuthorizationHeader => ("invalid_request", error.to_string()),
            AuthError::TokenNotValid(errors) => {
                ("invalid_token", errors.last().map_or_else(|| error.to_string(), |last| last.error.to_string()))
            }
            _ => ("invalid_token", error.to_string()),
        };
        if !self.profile.rules().telling_challenges {
            return Some(plain());
        }
        // A description never holds a quote or a backslash: every text is ours.
        Some(format!("{}, error=\"{code}\", error_description=\"{description}\"", plain()))
    }

    /// The sentence of the body.
    pub(crate) fn detail(&self, error: &AuthError) -> String {
        let detail = error.to_string();
        if names_refresh_exp(error) {
            return detail.replace(STANDARD_REFRESH_EXP, &self.refresh_exp_claim);
        }
        detail
    }
}

const STANDARD_SCHEME: &str = "Bearer";

const STANDARD_REFRESH_EXP: &str = "refresh_exp";

fn scheme(settings: &Settings) -> &str {
    settings.auth_header_types.first().map_or(STANDARD_SCHEME, String::as_str)
}

fn names_refresh_exp(error: &AuthError) -> bool {
    matches!(error, AuthError::InvalidToken(TokenError::MissingRefreshExpiry | TokenError::RefreshExpired))
}

/// RFC 6749 section 3.3. What an application put together of a request's words must not become parameters of the challenge.
fn is_scope(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'))
}
