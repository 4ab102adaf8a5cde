//! `&&`, `||` and `!`.

use super::{Rule, RuleError, RuleRequest};
use crate::http::state::AuthState;
use std::fmt;
use std::marker::PhantomData;

/// `A && B`: both. `B` is not asked when `A` says no.
pub struct And<A, B>(PhantomData<fn() -> (A, B)>);

/// `A || B`: either. `B` is not asked when `A` says yes.
pub struct Or<A, B>(PhantomData<fn() -> (A, B)>);

/// `!A`. Stands only beside something positive: a rule that the absence of grants alone satisfies does not
/// compile, by [`Rule::NEEDS_GRANT`].
pub struct Not<A>(PhantomData<fn() -> A>);

impl<S: AuthState, A: Rule<S>, B: Rule<S>> Rule<S> for And<A, B> {
    const READS_PERMISSIONS: bool = A::READS_PERMISSIONS || B::READS_PERMISSIONS;
    const NEEDS_GRANT: bool = A::NEEDS_GRANT || B::NEEDS_GRANT;
    const __NEGATES: bool = A::__NEGATES || B::__NEGATES;
    const __LOADS_USER: bool = A::__LOADS_USER || B::__LOADS_USER;

    async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        Ok(A::allows(request).await? && B::allows(request).await?)
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        A::describe(f)?;
        f.write_str(" && ")?;
        B::describe(f)?;
        f.write_str(")")
    }

    fn missing_scope(request: &RuleRequest<'_, S>) -> Option<String> {
        match (A::missing_scope(request), B::missing_scope(request)) {
            (Some(a), Some(b)) => Some(format!("{a} {b}")),
            (a, b) => a.or(b),
        }
    }
}

impl<S: AuthState, A: Rule<S>, B: Rule<S>> Rule<S> for Or<A, B> {
    const READS_PERMISSIONS: bool = A::READS_PERMISSIONS || B::READS_PERMISSIONS;
    const NEEDS_GRANT: bool = A::NEEDS_GRANT && B::NEEDS_GRANT;
    const __NEGATES: bool = A::__NEGATES || B::__NEGATES;
    const __LOADS_USER: bool = A::__LOADS_USER || B::__LOADS_USER;

    async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        Ok(A::allows(request).await? || B::allows(request).await?)
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        A::describe(f)?;
        f.write_str(" || ")?;
        B::describe(f)?;
        f.write_str(")")
    }

    fn missing_scope(request: &RuleRequest<'_, S>) -> Option<String> {
        A::missing_scope(request).or_else(|| B::missing_scope(request))
    }
}

impl<S: AuthState, A: Rule<S>> Rule<S> for Not<A> {
    const READS_PERMISSIONS: bool = A::READS_PERMISSIONS;
    const NEEDS_GRANT: bool = !A::NEEDS_GRANT;
    const __NEGATES: bool = true;
    const __LOADS_USER: bool = A::__LOADS_USER;

    async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        Ok(!A::allows(request).await?)
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("!")?;
        A::describe(f)
    }
}

impl<A, B> fmt::Debug for And<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("And")
    }
}

impl<A, B> fmt::Debug for Or<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Or")
    }
}

impl<A> fmt::Debug for Not<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Not")
    }
}
