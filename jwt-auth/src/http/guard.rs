//! What `#[protected]` and `#[public]` put first into a handler's arguments.

use super::credentials::{authenticate, load_user};
use super::rejection::Rejection;
use super::rule::{Rule, RuleRequest, judge};
use super::state::{AuthState, StateUser, UserState};
use crate::error::AuthError;
use crate::settings::PermissionsSource;
use ::http::request::Parts;
use axum::extract::FromRequestParts;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

/// Lets a request pass when it carries a good token and the rule `R` allows it.
///
/// `#[protected]` writes it as the first argument of a handler. axum runs extractors from left to right, so it decides before
/// any other one and before a byte of the body is read: 401 without a good token, then 403 when the rule says no. It takes no
/// room. A `Guard` cannot be made by hand, so a protected function cannot be called around its rule.
pub struct Guard<R, O = ClaimsOnly>(PhantomData<fn() -> (R, O)>);

/// Says that a handler is open to everybody: what `#[public]` writes as its first argument.
#[derive(Clone, Copy, Debug, Default)]
pub struct Public;

/// The guard judges the claims of the token and reads no store, unless `permissions_source = user`.
#[derive(Clone, Copy, Debug)]
pub enum ClaimsOnly {}

/// The option `user`: the guard loads the user, refuses an inactive one (401), and judges the rule on the user.
#[derive(Clone, Copy, Debug)]
pub enum WithUser {}

/// The options of a guard, as a type: [`ClaimsOnly`] or [`WithUser`].
#[diagnostic::on_unimplemented(
    message = "the option `user` needs a state with users",
    label = "the user type of `{S}` does not implement `jwt_auth::User`",
    note = "give the state a `JwtAuth<User>` with your own user type, or leave the option `user` out"
)]
pub trait GuardOptions<S: AuthState>: sealed::Sealed + 'static {
    #[doc(hidden)]
    const LOADS_USER: bool;

    #[doc(hidden)]
    fn user<R: Rule<S>>(
        parts: &mut Parts,
        state: &S,
    ) -> impl Future<Output = Result<Option<S::User>, Rejection>> + Send;
}

impl<S, R, O> FromRequestParts<S> for Guard<R, O>
where
    S: AuthState,
    R: Rule<S>,
    O: GuardOptions<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        check::<S, R, O>(parts, state).await?;
        Ok(Self(PhantomData))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Public {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// The whole gate: token, then user when asked for, then rule.
pub(crate) async fn check<S, R, O>(parts: &mut Parts, state: &S) -> Result<(), Rejection>
where
    S: AuthState,
    R: Rule<S>,
    O: GuardOptions<S>,
{
    // The macros see an `IsAuthenticated` only under its own name; here every alias is resolved.
    const {
        assert!(
            R::NEEDS_GRANT || !R::__NEGATES,
            "a caller without any grant would pass this rule; add a permission, scope or role that is needed, as in `Perm::A && !Perm::B`"
        );
    }
    let Some(token) = authenticate(parts, state).await? else {
        let settings = state.jwt_auth().settings();
        return Err(Rejection::new(AuthError::NotAuthenticated, settings));
    };
    let user = O::user::<R>(parts, state).await?;
    let request = RuleRequest::new(parts, state, &token, user.as_ref());
    judge::<S, R>(&request).await
}

impl<S: AuthState> GuardOptions<S> for ClaimsOnly {
    const LOADS_USER: bool = false;

    async fn user<R: Rule<S>>(parts: &mut Parts, state: &S) -> Result<Option<S::User>, Rejection> {
        let source = state.jwt_auth().settings().permissions_source;
        if R::__LOADS_USER || (R::READS_PERMISSIONS && source == PermissionsSource::User) {
            S::User::__load(parts, state).await
        } else {
            Ok(None)
        }
    }
}

impl<S: UserState> GuardOptions<S> for WithUser {
    const LOADS_USER: bool = true;

    async fn user<R: Rule<S>>(parts: &mut Parts, state: &S) -> Result<Option<S::User>, Rejection> {
        load_user(parts, state).await.map(Some)
    }
}

impl<R, O> fmt::Debug for Guard<R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

const _: () = assert!(size_of::<Guard<super::rule::IsAdminUser, WithUser>>() == 0);

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ClaimsOnly {}
    impl Sealed for super::WithUser {}
}
