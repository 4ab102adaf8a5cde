//! Rules: who may call a guarded route.
//!
//! A rule is a *type*; `#[protected(Perm::OrdersWrite || IsAdminUser)]` writes `Or<Has<Perm, 1>, IsAdminUser>`. An
//! application's own rule is a type that implements [`Rule`], as a permission class of DRF is a class.

mod combine;
mod error;
mod leaves;
mod request;
mod stored;
mod words;

pub use super::object_permissions::ObjectPermission;
pub use combine::{And, Not, Or};
pub use error::RuleError;
pub use leaves::{Has, IsAdminUser, IsAuthenticated};
pub use request::RuleRequest;
pub use stored::{DjangoGroup, DjangoPermission};
pub(crate) use words::Words;
pub use words::{Role, Scope};

use super::denial::path_of;
use super::rejection::Rejection;
use super::state::AuthState;
use crate::auth::Demands;
use crate::error::{AuthError, Denial};
use ::http::Method;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

/// Who may pass: judged after the token was verified, before anything else of the request is read.
///
/// `S` is the router's state, so that a rule can reach whatever the application keeps there. Implement it for one state, or
/// for all (`impl<S: AuthState> Rule<S> for ..`).
///
/// ```
/// use jwt_auth::rule::{Rule, RuleError, RuleRequest};
/// use jwt_auth::AuthState;
///
/// /// The tenant in the token must be the one the request names.
/// struct SameTenant;
///
/// impl<S: AuthState> Rule<S> for SameTenant {
///     async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
///         let asked = request.parts().headers.get("x-tenant").and_then(|name| name.to_str().ok());
///         let own = request.token().claim::<String>("tenant").ok().flatten();
///         Ok(own.is_some() && own.as_deref() == asked)
///     }
/// }
/// ```
#[doc(alias = "BasePermission")]
#[doc(alias = "permission_classes")]
#[doc(alias = "user_passes_test")]
#[doc(alias = "AuthorizationHandler")]
#[doc(alias = "has_permission")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rule for the state `{S}`",
    label = "does not implement `jwt_auth::rule::Rule<{S}>`",
    note = "a rule is made of permissions (`Perm::X`), `scope(\"..\")`, `role(\"..\")`, `IsAuthenticated`, `IsAdminUser` and types that implement `Rule`",
    note = "`mount` takes a rule as a value: wrap an expression in `rule!`, as in `rule!(Perm::X)`"
)]
pub trait Rule<S: AuthState>: Sized + 'static {
    /// Whether a permission is looked for, so that `permissions_source = user` loads the user. A rule of your own that calls
    /// [`RuleRequest::has`] sets it. Defaults to `false`.
    const READS_PERMISSIONS: bool = false;

    /// Whether a caller with a good token needs something more to pass: a grant, or being somebody in particular. A rule with a
    /// `!` in it does not compile when it needs nothing, since it would open as soon as a claim is missing. Defaults to `true`;
    /// a rule of your own that lets every caller pass, as `IsAuthenticated` does, sets `false`.
    const NEEDS_GRANT: bool = true;

    /// Whether a `!` stands in it.
    #[doc(hidden)]
    const __NEGATES: bool = false;

    /// Whether it asks for the user whatever the guard's options are.
    #[doc(hidden)]
    const __LOADS_USER: bool = false;

    /// The options of `rule!(.., user)`.
    #[doc(hidden)]
    const __DEMANDS: Demands = Demands::NONE;

    /// Judges one request.
    ///
    /// # Errors
    /// [`RuleError`] when it cannot be decided. An error is never a grant, whatever stands around the rule.
    fn allows(request: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send;

    /// Writes the rule as it stands in logs and the access table. Defaults to the type's name.
    ///
    /// # Errors
    /// Those of the formatter.
    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(short_name(std::any::type_name::<Self>()))
    }

    /// The scopes whose absence refused the request, for `insufficient_scope` (RFC 6750 3.1). Defaults to none.
    fn missing_scope(request: &RuleRequest<'_, S>) -> Option<String> {
        let _ = request;
        None
    }
}

/// Displays a rule.
pub(crate) struct RuleText<R, S>(PhantomData<fn() -> (R, S)>);

impl<R, S> RuleText<R, S> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<S: AuthState, R: Rule<S>> fmt::Display for RuleText<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        R::describe(f)
    }
}

/// Judges a request.
pub(crate) async fn judge<S: AuthState, R: Rule<S>>(request: &RuleRequest<'_, S>) -> Result<(), Rejection> {
    let verdict = R::allows(request).await;
    if matches!(verdict, Ok(true)) {
        return Ok(());
    }
    let parts = request.parts();
    let question = Question {
        rule: &RuleText::<R, S>::NEW,
        user: request.token().user_id(),
        method: &parts.method,
        path: path_of(parts),
    };
    question.answer(verdict).map_err(|error| {
        let error = match error {
            AuthError::PermissionDenied(denial) => {
                AuthError::PermissionDenied(Denial { scope: R::missing_scope(request), ..denial })
            }
            error => error,
        };
        Rejection::new(error, request.settings())
    })
}

/// What was asked, for the log.
pub(crate) struct Question<'q> {
    pub(crate) rule: &'q (dyn fmt::Display + Send + Sync),
    pub(crate) user: Option<&'q str>,
    pub(crate) method: &'q Method,
    pub(crate) path: &'q str,
}

impl Question<'_> {
    /// From a verdict to an answer. Leaves one tracing event for each refusal.
    pub(crate) fn answer(&self, verdict: Result<bool, RuleError>) -> Result<(), AuthError> {
        match verdict {
            Ok(true) => Ok(()),
            Ok(false) | Err(RuleError::Refused) => {
                let rule = self.rule.to_string();
                tracing::info!(
                    target: "jwt_auth::rule",
                    rule,
                    user = self.user,
                    method = %self.method,
                    path = self.path,
                    "refused"
                );
                Err(AuthError::PermissionDenied(Denial { rule, scope: None }))
            }
            Err(RuleError::Unavailable(source)) => {
                tracing::warn!(
                    target: "jwt_auth::rule",
                    rule = %self.rule,
                    error = &source as &dyn std::error::Error,
                    "the rule could not be judged"
                );
                Err(AuthError::Unavailable(source))
            }
            Err(RuleError::NoUsers) => Err(AuthError::Misconfigured(
                "a rule asks for the user: give the state a `JwtAuth<User>`, or the guard the option `user`",
            )),
            Err(RuleError::OptionsInside) => Err(AuthError::Misconfigured(
                "a rule with options stands inside of another rule, which does not ask them: give the options to the outermost `rule!`",
            )),
        }
    }
}

/// `a::b::Name<c::D>` → `Name<c::D>`.
pub(crate) fn short_name(full: &str) -> &str {
    let end = full.find('<').unwrap_or(full.len());
    let start = full.get(..end).and_then(|path| path.rfind("::")).map_or(0, |at| at + 2);
    full.get(start..).unwrap_or(full)
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn a_rule_is_called_by_the_last_word_of_its_path() {
        assert_eq!(short_name("app::rules::IsOwner"), "IsOwner");
        assert_eq!(short_name("app::IsOwner<app::Order>"), "IsOwner<app::Order>");
        assert_eq!(short_name("IsOwner"), "IsOwner");
    }
}
