//! What the macros' expansions name. Not for anybody else: it may change in any release.

pub use crate::auth::JwtAuth;
pub use crate::http::guard::{Guard, Public};
pub use crate::http::guard_options::{Acr, ClaimsOnly, Fresh, Live, Ticket, WithUser};
pub use crate::http::routes::TokenRoutes;
pub use crate::http::rule::{And, DjangoGroup, DjangoPermission, Has, IsAuthenticated, Not, Or, Role, Scope};
pub use crate::http::state::AuthState;
pub use crate::http::view::View;
#[cfg(feature = "openapi")]
pub use crate::openapi::DescribedRoutes;
pub use crate::permissions::PermissionSet;

use crate::auth::Demands;
use crate::http::features::{WithDjango, WithPassword};
use crate::http::guard_options::GuardOptions;
use crate::http::rule::{Rule, RuleError, RuleRequest};
use std::fmt;
use std::marker::PhantomData;

/// The index of a permission, for `Has`; names the trait so that another enum gets its sentence.
pub const fn index<E: PermissionSet>(discriminant: usize) -> usize {
    discriminant
}

/// `only(obtain)`, without a view of the application's own.
pub const fn obtain_view<F: WithPassword>() -> View {
    View::Obtain
}

/// `only(obtain_sliding)`.
pub const fn obtain_sliding_view<F: WithDjango>() -> View {
    View::ObtainSliding
}

/// `only(refresh_sliding)`.
pub const fn refresh_sliding_view<F: WithDjango>() -> View {
    View::RefreshSliding
}

/// The rule of an attribute with a mistake in it: nobody passes, whatever stands around it.
#[derive(Debug)]
pub enum Nobody {}

impl<S: AuthState> Rule<S> for Nobody {
    async fn allows(_: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        Err(RuleError::Refused)
    }
}

/// A rule as a value: what `rule!(..)` makes. `O` is [`WithUser`] for `rule!(.., user)`.
pub struct RuleValue<R, O = ClaimsOnly>(PhantomData<fn() -> (R, O)>);

impl<R, O> RuleValue<R, O> {
    /// The value.
    pub const NEW: Self = Self(PhantomData);
}

impl<S: AuthState, R: Rule<S>, O: GuardOptions<S>> Rule<S> for RuleValue<R, O> {
    const READS_PERMISSIONS: bool = R::READS_PERMISSIONS;
    const NEEDS_GRANT: bool = R::NEEDS_GRANT;
    const __NEGATES: bool = R::__NEGATES;
    const __LOADS_USER: bool = R::__LOADS_USER;
    const __DEMANDS: Demands = O::DEMANDS;

    async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        if request.has_asked(O::DEMANDS) { R::allows(request).await } else { Err(RuleError::OptionsInside) }
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        R::describe(f)
    }

    fn missing_scope(request: &RuleRequest<'_, S>) -> Option<String> {
        R::missing_scope(request)
    }
}

impl<R, O> fmt::Debug for RuleValue<R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RuleValue")
    }
}
