//! The rules without parts: `IsAuthenticated`, `IsAdminUser`, scopes, roles and permissions.

use super::{Rule, RuleError, RuleRequest};
use crate::http::state::AuthState;
use crate::permissions::PermissionSet;
use std::fmt;
use std::future::{Future, ready};
use std::marker::PhantomData;

/// One permission of the enum `E`: what `Perm::X` in a rule becomes. `INDEX` is its place in [`PermissionSet::NAMES`].
pub struct Has<E, const INDEX: usize>(PhantomData<fn() -> E>);

/// Anybody with a good token: the rule of a bare `#[protected]`, and DRF's class of this name.
///
/// ```
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::{IsAuthenticated, JwtAuth};
///
/// let reports = axum::Router::new().route("/monthly", axum::routing::get(async || "so much"));
/// let router: GuardedRouter<JwtAuth> = GuardedRouter::new().mount("/reports", IsAuthenticated, reports);
/// # let _ = router;
/// ```
#[doc(alias = "LoginRequiredMixin")]
#[derive(Clone, Copy, Debug, Default)]
pub struct IsAuthenticated;

/// Staff, and DRF's class of this name: the loaded user's `is_staff`, or without the option `user` the claim `is_staff`.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use jwt_auth::{IsAdminUser, protected};
///
/// #[protected(IsAdminUser)]
/// async fn dashboard() -> &'static str {
///     "for members of staff"
/// }
/// # }
/// ```
#[doc(alias = "staff_member_required")]
#[doc(alias = "is_staff")]
#[derive(Clone, Copy, Debug, Default)]
pub struct IsAdminUser;

impl<S: AuthState, E: PermissionSet, const INDEX: usize> Rule<S> for Has<E, INDEX> {
    const READS_PERMISSIONS: bool = true;

    fn allows(request: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send {
        const {
            assert!(INDEX < 128, "a permission enum has at most 128 variants");
        }
        if !E::__DERIVED {
            tracing::error!(target: "jwt_auth", set = std::any::type_name::<E>(), "not a `#[derive(Permissions)]`: rules over it refuse everybody");
            return ready(Err(RuleError::Refused));
        }
        ready(request.permission_bits::<E>().map(|bits| bits & (1 << INDEX) != 0))
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(E::NAMES.get(INDEX).copied().unwrap_or("unknown permission"))
    }
}

impl<S: AuthState> Rule<S> for IsAuthenticated {
    const NEEDS_GRANT: bool = false;

    fn allows(_: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send {
        ready(Ok(true))
    }
}

impl<S: AuthState> Rule<S> for IsAdminUser {
    fn allows(request: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send {
        ready(Ok(request.is_staff()))
    }
}

impl<E, const INDEX: usize> fmt::Debug for Has<E, INDEX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Has({INDEX})")
    }
}
