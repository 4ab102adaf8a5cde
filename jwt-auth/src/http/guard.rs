//! What `#[protected]` and `#[public]` put first into a handler's arguments.

use super::credentials::{require_for_guard, seen_token};
use super::denial::refused;
use super::guard_options::{ClaimsOnly, GuardOptions};
use super::rejection::Rejection;
use super::rule::{Rule, RuleRequest, RuleText, judge};
use super::state::{AuthState, StateUser};
use crate::settings::PermissionsSource;
use ::http::request::Parts;
use axum::extract::FromRequestParts;
use std::convert::Infallible;
use std::fmt;
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

/// The whole gate, and a word to audit and log where it stays shut.
pub(crate) async fn check<S, R, O>(parts: &mut Parts, state: &S) -> Result<(), Rejection>
where
    S: AuthState,
    R: Rule<S>,
    O: GuardOptions<S>,
{
    match decide::<S, R, O>(parts, state).await {
        Ok(()) => Ok(()),
        Err(rejection) => Err(refused(parts, state, rejection, Some(&GuardText::<S, R, O>::NEW))),
    }
}

/// Token, then what the options ask of it, then user when asked for, then rule.
async fn decide<S, R, O>(parts: &mut Parts, state: &S) -> Result<(), Rejection>
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
    let auth = state.jwt_auth();
    let token = match seen_token(parts, auth) {
        Some(token) => token,
        // In a box, so that the many requests of a token that passed before do not carry the room for it.
        None => Box::pin(require_for_guard(parts, state, O::DEMANDS.ticket || R::__DEMANDS.ticket)).await?,
    };
    for demands in [O::DEMANDS, R::__DEMANDS] {
        if demands.asks_of_token() {
            // In a box, so that the many guards that ask nothing do not carry the room for it.
            let checked = Box::pin(auth.check_demands(&token, demands)).await;
            checked.map_err(|error| Rejection::new(error, auth.settings()))?;
        }
    }
    let user_is_asked = R::READS_PERMISSIONS && auth.settings().permissions_source == PermissionsSource::User;
    let user = if O::DEMANDS.user || R::__DEMANDS.user || R::__LOADS_USER || user_is_asked {
        S::User::__load(parts, state).await?
    } else {
        None
    };
    judge::<S, R>(&RuleRequest::new(parts, state, &token, user.as_deref(), R::__DEMANDS)).await
}

/// Displays a guard as it stands in the access table: the rule, then the options.
pub(crate) struct GuardText<S, R, O>(PhantomData<(S, R, O)>);

impl<S, R, O> GuardText<S, R, O> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<S: AuthState, R: Rule<S>, O: GuardOptions<S>> fmt::Display for GuardText<S, R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", RuleText::<R, S>::NEW, O::DEMANDS, R::__DEMANDS)
    }
}

impl<R, O> fmt::Debug for Guard<R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

const _: () = assert!(size_of::<Guard<super::rule::IsAdminUser, super::guard_options::WithUser>>() == 0);
