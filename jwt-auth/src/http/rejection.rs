//! From a refusal to an answer.

use super::challenge::Wording;
use super::status::status;
use super::unread::{Unread, end_connection};
use crate::error::{AuthError, ClassError, CsrfFailure};
use crate::secret::Secret;
use crate::settings::Settings;
use ::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use ::http::request::Parts;
use ::http::{Method, StatusCode};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A refused request: SimpleJWT's JSON body, the challenge of RFC 6750 section 3 and `Retry-After`.
///
/// An [`AuthError`] is an answer by itself, too; this one knows the settings, and so the scheme of the challenge, wherever it
/// is answered.
///
/// The [`AuthError`] behind it also travels in the answer's extensions as `Arc<AuthError>`, so that an application can
/// put its own body in place with `map_response`.
///
/// ```
/// use axum::response::IntoResponse;
/// use jwt_auth::{AuthError, Rejection, Secret, Settings};
///
/// let settings = Settings {
///     auth_header_types: vec!["JWT".to_owned()],
///     ..Settings::new(Secret::generate()?)
/// };
/// let answer = Rejection::new(AuthError::NotAuthenticated, &settings).into_response();
/// assert_eq!(answer.status(), 401);
/// assert_eq!(answer.headers()["www-authenticate"], r#"JWT realm="api""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Rejection {
    error: AuthError,
    /// `None` where the settings are not known.
    wording: Option<Wording>,
    /// Whether the log has been told.
    is_logged: bool,
    /// Whether the body that came with the request stands in the way of the next one.
    ends_connection: bool,
}

impl Rejection {
    /// A refusal; the settings name the scheme of the challenge.
    pub fn new(error: AuthError, settings: &Settings) -> Self {
        Self { error, wording: Some(Wording::of(settings)), is_logged: false, ends_connection: false }
    }

    /// Why.
    pub fn error(&self) -> &AuthError {
        &self.error
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        status(&self.error)
    }

    /// One event with the reason: at `error` for a fault of the server's own, at `info` where somebody was refused. `request` is method and
    /// whole path.
    pub(super) fn log(&self, rule: Option<&dyn fmt::Display>, request: Option<&(&Method, &str)>) {
        let rule = rule.map(tracing::field::display);
        let (method, path) = (request.map(|(method, _)| method.as_str()), request.map(|(_, path)| *path));
        let status = self.status();
        match &self.error {
            AuthError::Misconfigured(remedy) => {
                tracing::error!(target: "jwt_auth", rule, method, path, remedy, "not assembled for this request");
            }
            AuthError::Unavailable(source) => {
                tracing::error!(target: "jwt_auth", rule, method, path, error = ?source, "store unavailable");
            }
            // Whoever was to issue it has told user, reason and remedy.
            AuthError::NotIssued(_) => {}
            // Whoever could not fetch them has told so once.
            AuthError::KeysUnavailable => {
                tracing::debug!(target: "jwt_auth::rejection", status = status.as_u16(), rule, method, path, "keys unavailable");
            }
            error if status.is_server_error() => {
                tracing::error!(target: "jwt_auth", rule, method, path, ?error, "cannot answer now");
            }
            // What is not there, a race, and what the audit has told of: no token was refused.
            error @ (AuthError::NotFound
            | AuthError::NotAvailable
            | AuthError::RefreshConflict
            | AuthError::NoActiveAccount
            | AuthError::Throttled { .. }) => {
                tracing::debug!(target: "jwt_auth::rejection", status = status.as_u16(), rule, method, path, ?error, "refused");
            }
            error => {
                tracing::info!(target: "jwt_auth::rejection", status = status.as_u16(), rule, method, path, ?error, "refused");
            }
        }
    }

    /// The same, which the log has been told of.
    pub(super) fn logged(self) -> Self {
        Self { is_logged: true, ..self }
    }

    /// The same, as the answer to a request of which only the head was read.
    pub(super) fn at(self, parts: &Parts) -> Self {
        Self { ends_connection: Unread::ends_connection(parts), ..self }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        if !self.is_logged {
            self.log(None, None);
        }
        let is_standard = self.wording.is_none();
        let error = Arc::new(self.error);
        let mut response = answer(&error, &self.wording.unwrap_or_else(Wording::standard));
        if is_standard {
            response.extensions_mut().insert(InStandardWords(Arc::clone(&error)));
        }
        response.extensions_mut().insert(error);
        if self.ends_connection {
            end_connection(response.headers_mut());
        }
        response
    }
}

/// The answer of a [`Rejection`] in the words of default settings: `Bearer realm="api"`.
///
/// Handlers of `jwt_auth::routing` know the settings by their state: a scheme or profile of its own is put right on the way out.
impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

/// For `?`: in the words of default settings, as the error is by itself.
impl From<AuthError> for Rejection {
    fn from(error: AuthError) -> Self {
        Self { error, wording: None, is_logged: false, ends_connection: false }
    }
}

/// For `?` in a handler that returns an `AuthError`.
impl From<Rejection> for AuthError {
    fn from(rejection: Rejection) -> Self {
        rejection.error
    }
}

/// Puts an answer that was given without knowing the settings into their words.
pub(crate) fn reword(response: &mut Response, wording: impl FnOnce() -> Wording) {
    let Some(InStandardWords(error)) = response.extensions_mut().remove::<InStandardWords>() else { return };
    let (standard, wording) = (Wording::standard(), wording());
    // What somebody else has put in its place stays.
    let standard_challenge = standard.challenge(&error);
    if let Some(challenge) = response.headers().get(WWW_AUTHENTICATE)
        && Some(challenge.as_bytes()) == standard_challenge.as_deref().map(str::as_bytes)
    {
        response.headers_mut().remove(WWW_AUTHENTICATE);
        if let Some(challenge) = wording.challenge(&error) {
            put(response, WWW_AUTHENTICATE, &challenge);
        }
    }
    if wording.detail(&error) != standard.detail(&error) {
        *response.body_mut() = answer(&error, &wording).into_body();
        response.headers_mut().remove(CONTENT_LENGTH);
    }
}

/// The mark of an answer in the words of default settings.
#[derive(Clone)]
struct InStandardWords(Arc<AuthError>);

fn answer(error: &AuthError, wording: &Wording) -> Response {
    let mut response = match error {
        // DRF's shape of a serializer that says no.
        AuthError::BlacklistedToken => {
            json(status(error), &serde_json::json!({ "non_field_errors": [error.to_string()] }))
        }
        _ => json(status(error), &body(error, wording)),
    };
    if let Some(challenge) = wording.challenge(error) {
        put(&mut response, WWW_AUTHENTICATE, &challenge);
    }
    if matches!(error, AuthError::CsrfFailed(CsrfFailure { token: Some(_), .. })) {
        put(&mut response, CACHE_CONTROL, "no-store");
    }
    let retry = match error {
        AuthError::Busy { retry_after } | AuthError::Throttled { retry_after } => {
            Some((*retry_after).max(Duration::from_secs(1)))
        }
        AuthError::RefreshConflict
        | AuthError::Unavailable(_)
        | AuthError::RevocationStale
        | AuthError::KeysUnavailable => Some(Duration::from_secs(1)),
        _ => None,
    };
    if let Some(retry) = retry {
        put(&mut response, RETRY_AFTER, &retry.as_secs().to_string());
    }
    response
}

fn body<'a>(error: &'a AuthError, wording: &Wording) -> ErrorBody<'a> {
    let mut body =
        ErrorBody { detail: wording.detail(error), code: None, reason: None, csrf_token: None, messages: None };
    match error {
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
        AuthError::KeysUnavailable => body.code = Some("keys_unavailable"),
        AuthError::RefreshConflict => body.code = Some("refresh_conflict"),
        AuthError::Throttled { .. } => body.code = Some("throttled"),
        AuthError::InsufficientUserAuthentication(_) => body.code = Some("insufficient_user_authentication"),
        AuthError::CsrfFailed(CsrfFailure { reason, token }) => {
            body.code = Some("csrf_failed");
            body.reason = Some(reason.code());
            body.csrf_token = token.as_ref().map(Secret::expose);
        }
        _ => {}
    }
    body
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
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    csrf_token: Option<&'a str>,
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
