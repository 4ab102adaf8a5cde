//! From a refusal to an answer.

#[cfg(feature = "django")]
use crate::error::TokenError;
use crate::error::{AuthError, ClassError, StepUp};
use crate::settings::{Profile, Settings};
use ::http::StatusCode;
use ::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A refused request: SimpleJWT's JSON body, the challenge of RFC 6750 section 3 and `Retry-After`.
///
/// The [`AuthError`] behind it also travels in the answer's extensions as `Arc<AuthError>`, so that an application can
/// put its own body in place with `map_response`.
pub struct Rejection {
    error: Arc<AuthError>,
    scheme: Arc<str>,
    profile: Profile,
    /// The name that stands in a message for the claim it is about.
    #[cfg(feature = "django")]
    refresh_exp_claim: Arc<str>,
}

impl Rejection {
    /// A refusal; the settings name the scheme of the challenge.
    pub fn new(error: AuthError, settings: &Settings) -> Self {
        let scheme = settings.auth_header_types.first().map_or("Bearer", String::as_str);
        Self {
            error: Arc::new(error),
            scheme: scheme.into(),
            profile: settings.profile,
            #[cfg(feature = "django")]
            refresh_exp_claim: settings.sliding_token_refresh_exp_claim.as_str().into(),
        }
    }

    /// Why.
    pub fn error(&self) -> &AuthError {
        &self.error
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match &*self.error {
            AuthError::PermissionDenied(_) => StatusCode::FORBIDDEN,
            AuthError::RefreshConflict => StatusCode::CONFLICT,
            AuthError::NotAvailable | AuthError::NotFound => StatusCode::NOT_FOUND,
            AuthError::BlacklistedToken => StatusCode::BAD_REQUEST,
            AuthError::Unavailable(_) | AuthError::RevocationStale | AuthError::Busy { .. } => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            AuthError::Misconfigured(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    fn challenge(&self) -> Option<String> {
        let scheme = &self.scheme;
        let plain = || format!("{scheme} realm=\"api\"");
        let (error, description) = match &*self.error {
            AuthError::PermissionDenied(_) if self.profile.is_simple_jwt() => return None,
            AuthError::PermissionDenied(denial) => {
                let scope = denial.scope.as_deref().map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
                return Some(format!("{}, error=\"insufficient_scope\"{scope}", plain()));
            }
            _ if self.status() != StatusCode::UNAUTHORIZED => return None,
            AuthError::InsufficientUserAuthentication(StepUp { max_age, acr_values }) => {
                let max_age = max_age.map(|seconds| format!(", max_age=\"{seconds}\"")).unwrap_or_default();
                let acr_values = acr_values.map(|values| format!(", acr_values=\"{values}\"")).unwrap_or_default();
                return Some(format!(
                    "{}, error=\"insufficient_user_authentication\", error_description=\"{}\"{max_age}{acr_values}",
                    plain(),
                    self.error
                ));
            }
            // No credentials, or the login form's own refusal: there is no token to find fault with.
            AuthError::NotAuthenticated | AuthError::NoActiveAccount | AuthError::NoActiveAccountForToken => {
                return Some(plain());
            }
            AuthError::BadAuthorizationHeader => ("invalid_request", self.error.to_string()),
            AuthError::TokenNotValid(errors) => {
                ("invalid_token", errors.last().map_or_else(|| self.error.to_string(), |last| last.error.to_string()))
            }
            _ => ("invalid_token", self.error.to_string()),
        };
        if self.profile.is_simple_jwt() {
            return Some(plain());
        }
        // A description never holds a quote or a backslash: every text is ours.
        Some(format!("{}, error=\"{error}\", error_description=\"{description}\"", plain()))
    }

    fn detail(&self) -> String {
        let detail = self.error.to_string();
        #[cfg(feature = "django")]
        if let AuthError::InvalidToken(TokenError::MissingRefreshExpiry | TokenError::RefreshExpired) = *self.error {
            return detail.replace("refresh_exp", &self.refresh_exp_claim);
        }
        detail
    }

    fn body(&self) -> ErrorBody<'_> {
        let mut body = ErrorBody { detail: self.detail(), code: None, reason: None, messages: None };
        match &*self.error {
            AuthError::BadAuthorizationHeader => body.code = Some("bad_authorization_header"),
            AuthError::TokenNotValid(errors) => {
                body.code = Some("token_not_valid");
                body.messages = Some(errors.iter().map(Message::of).collect());
            }
            AuthError::InvalidToken(_) | AuthError::NoUserInToken => body.code = Some("token_not_valid"),
            AuthError::SessionEnded(reason) => {
                body.code = Some("token_not_valid");
                body.reason = Some(reason.code());
            }
            AuthError::UserNotFound => body.code = Some("user_not_found"),
            AuthError::UserInactive => body.code = Some("user_inactive"),
            AuthError::PasswordChanged => body.code = Some("password_changed"),
            AuthError::RefreshConflict => body.code = Some("refresh_conflict"),
            AuthError::InsufficientUserAuthentication(_) => body.code = Some("insufficient_user_authentication"),
            _ => {}
        }
        body
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        match &*self.error {
            AuthError::Misconfigured(remedy) => {
                tracing::error!(target: "jwt_auth", remedy, "not assembled for this request")
            }
            AuthError::Unavailable(source) => {
                tracing::error!(target: "jwt_auth", error = ?source, "store unavailable")
            }
            error => tracing::debug!(target: "jwt_auth::rejection", status = self.status().as_u16(), ?error, "refused"),
        }
        let mut response = match &*self.error {
            // DRF's shape of a serializer that says no.
            AuthError::BlacklistedToken => {
                json(self.status(), &serde_json::json!({ "non_field_errors": [self.error.to_string()] }))
            }
            _ => json(self.status(), &self.body()),
        };
        if let Some(challenge) = self.challenge() {
            put(&mut response, WWW_AUTHENTICATE, &challenge);
        }
        let retry = match &*self.error {
            AuthError::Busy { retry_after } => Some((*retry_after).max(Duration::from_secs(1))),
            AuthError::RefreshConflict | AuthError::Unavailable(_) | AuthError::RevocationStale => {
                Some(Duration::from_secs(1))
            }
            _ => None,
        };
        if let Some(retry) = retry {
            put(&mut response, RETRY_AFTER, &retry.as_secs().to_string());
        }
        response.extensions_mut().insert(self.error);
        response
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rejection").field(&self.error).finish()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Rejection {}

/// A JSON answer with `Content-Type: application/json`, as DRF sends it: no charset, no spaces.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // What is serialized here are maps with string keys, which cannot fail.
    let text = serde_json::to_string(body).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    // Scheme and scopes come from settings and rules, which are checked when they are made; a value that is no header
    // text is left out rather than sent broken.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// What every refusal says.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = JwtAuthError))]
pub(crate) struct ErrorBody<'a> {
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(inline, nullable = false))]
    messages: Option<Vec<Message>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Message {
    token_class: &'static str,
    token_type: Option<&'static str>,
    message: &'static str,
}

impl Message {
    fn of(error: &ClassError) -> Self {
        Self { token_class: error.token_class, token_type: error.token_type, message: error.error.message() }
    }
}
