//! Telling audit, log and client that a request was refused.

use super::auth_header::auth_header;
use super::client::client_of;
use super::credentials::token_of;
use super::rejection::Rejection;
use super::state::AuthState;
use crate::audit::Subject;
use crate::auth::JwtAuth;
use crate::error::AuthError;
use ::http::request::Parts;
use ::http::{HeaderValue, StatusCode, Uri};
use axum::extract::{MatchedPath, OriginalUri};
use std::fmt;

/// The last word on a request that a guard or an extractor has refused: to the audit, to the log, and to the client on what
/// becomes of its connection.
pub(super) fn refused<S: AuthState>(
    parts: &mut Parts,
    state: &S,
    rejection: Rejection,
    rule: Option<&dyn fmt::Display>,
) -> Rejection {
    tell_denial(parts, state, &rejection);
    // Who judged the rule has told of it, in the same words and with the user.
    if !matches!(rejection.error(), AuthError::PermissionDenied(_)) {
        rejection.log(rule, Some(&(&parts.method, path_of(parts))));
    }
    rejection.logged().at(parts)
}

/// Tells the audit of a 401 or 403 to a request that brought credentials, once for each request and header. No store is asked or
/// written.
pub(super) fn tell_denial<S: AuthState>(parts: &mut Parts, state: &S, rejection: &Rejection) {
    let is_denial = matches!(rejection.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let came_with_nothing = matches!(rejection.error(), AuthError::NotAuthenticated);
    let auth = state.jwt_auth();
    let told = Told(auth_header(&parts.headers, auth.settings()).iter().next().cloned());
    if !is_denial || came_with_nothing || parts.extensions.get() == Some(&told) {
        return;
    }
    parts.extensions.insert(told);
    let subject = Subject::of_token(token_of(parts, auth).as_ref(), client_of(parts, state));
    auth.parts().audit.tell(&JwtAuth::<S::User>::denial(rejection.error(), subject, route_of(parts)));
}

/// The route as the router has it.
pub(super) fn route_of(parts: &Parts) -> Option<String> {
    parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned())
}

/// The whole path as it came: nested routers and mounts see what is left of it behind their prefix.
pub(super) fn path_of(parts: &Parts) -> &str {
    uri_of(parts).path()
}

pub(super) fn uri_of(parts: &Parts) -> &Uri {
    parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(whole)| whole)
}

/// Guard and extractors refuse one after the other where a handler takes a `Result` of one.
#[derive(Clone, PartialEq)]
struct Told(Option<HeaderValue>);
