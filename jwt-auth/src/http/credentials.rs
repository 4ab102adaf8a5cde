//! The token of a request: found once, verified once.

use super::rejection::Rejection;
use super::state::AuthState;
use crate::user::User;
use crate::verify::VerifiedToken;
use ::http::request::Parts;

/// The verified token of the request; the first call verifies, later ones read the request's extensions.
/// `Ok(None)`: no credentials at all.
pub(crate) fn authenticate<S: AuthState>(
    parts: &mut Parts,
    state: &S,
) -> Result<Option<VerifiedToken>, Rejection> {
    let _ = (parts, state);
    todo!()
}

/// The token's user, loaded and checked to be active; the first call loads, later ones read the request's extensions.
pub(crate) async fn load_user<S: AuthState>(
    parts: &mut Parts,
    state: &S,
) -> Result<S::User, Rejection>
where
    S::User: User,
{
    let _ = (parts, state);
    todo!()
}
