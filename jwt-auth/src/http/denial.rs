//! Telling that a request was refused.

use super::client::client_of;
use super::credentials::token_of;
use super::rejection::Rejection;
use super::state::AuthState;
use crate::audit::Subject;
use crate::auth::JwtAuth;
use crate::error::AuthError;
use ::http::StatusCode;
use ::http::request::Parts;
use axum::extract::MatchedPath;

/// Tells the audit of a 401 or 403 to a request that brought credentials, once for each request. No store is asked or written.
pub(super) fn tell_denial<S: AuthState>(parts: &mut Parts, state: &S, rejection: &Rejection) {
    let is_denial = matches!(rejection.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let came_with_nothing = matches!(rejection.error(), AuthError::NotAuthenticated);
    if !is_denial || came_with_nothing || parts.extensions.get::<Told>().is_some() {
        return;
    }
    parts.extensions.insert(Told);
    let auth = state.jwt_auth();
    let subject = Subject::of_token(token_of(parts, auth).as_ref(), client_of(parts, state));
    auth.parts().audit.tell(&JwtAuth::<S::User>::denial(rejection.error(), subject, route_of(parts)));
}

/// The route as the router has it.
pub(super) fn route_of(parts: &Parts) -> Option<String> {
    parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned())
}

/// Guard and extractors refuse one after the other where a handler takes a `Result` of one.
#[derive(Clone)]
struct Told;
