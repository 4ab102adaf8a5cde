//! Rules over Django's permissions and groups, which are in the database and in no token.

use super::{Rule, RuleError, RuleRequest, Words};
use crate::http::state::UserState;
use std::fmt;

/// `DjangoPermission("app_label.codename")`: the user has this permission of Django, by the user's own or a group's.
///
/// Judged as Django's `user.has_perm` does: always on the loaded user and the database, so that a permission that was
/// taken away is gone with the next request. Spelled as [`Scope`](super::Scope) is.
#[derive(Clone, Copy, Debug)]
pub struct DjangoPermission<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128>;

/// `DjangoGroup("editors")`: the user is in the group of this name. Judged as [`DjangoPermission`] is; a superuser is in
/// those groups only that list him.
#[derive(Clone, Copy, Debug)]
pub struct DjangoGroup<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128>;

impl<S, const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128> Rule<S>
    for DjangoPermission<LEN, A, B, C, D>
where
    S: UserState,
{
    const __LOADS_USER: bool = true;

    async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        request.has_perm(Words::<LEN, A, B, C, D>::TEXT).await
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DjangoPermission({:?})", Words::<LEN, A, B, C, D>::TEXT)
    }
}

impl<S, const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128> Rule<S>
    for DjangoGroup<LEN, A, B, C, D>
where
    S: UserState,
{
    const __LOADS_USER: bool = true;

    async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
        request.in_group(Words::<LEN, A, B, C, D>::TEXT).await
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DjangoGroup({:?})", Words::<LEN, A, B, C, D>::TEXT)
    }
}
