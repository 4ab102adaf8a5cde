//! The options of a guard, as types.

use super::rule::Words;
use super::state::{AuthState, UserState};
use crate::auth::Demands;
use crate::error::StepUp;
use std::fmt;
use std::marker::PhantomData;

/// The options of a guard, as a type: [`ClaimsOnly`] or [`WithUser`], and around them [`Live`], [`Ticket`], [`Fresh`] and
/// [`Acr`].
#[diagnostic::on_unimplemented(
    message = "the option `user` needs a state with users",
    label = "the user type of `{S}` does not implement `jwt_auth::User`",
    note = "give the state a `JwtAuth<User>` with your own user type, or leave the option `user` out"
)]
pub trait GuardOptions<S: AuthState>: sealed::Sealed + 'static {
    #[doc(hidden)]
    const DEMANDS: Demands;
}

/// The guard judges the claims of the token and reads no store, unless `permissions_source = user`.
#[derive(Clone, Copy, Debug)]
pub enum ClaimsOnly {}

/// The option `user`: the guard loads the user, refuses an inactive one (401), and judges the rule on the user.
#[derive(Clone, Copy, Debug)]
pub enum WithUser {}

/// The option `live`: the store is asked at each request whether the token's session is alive, where one that was ended on
/// another node would pass until this node hears of it (`revocation_sync_interval`).
///
/// A dead one is 401, a store that cannot be asked 503. A token that belongs to no session does not pass.
pub struct Live<O = ClaimsOnly>(PhantomData<fn() -> O>);

/// The option `ticket`: a request without the authorization header may come with a ticket in its query, `?ticket=..`, once
/// ([`JwtAuth::ticket_for`](crate::JwtAuth::ticket_for)). For a browser's `WebSocket` and `EventSource`.
///
/// A header that is there is the only credential: a bad one is never made good by a ticket.
pub struct Ticket<O = ClaimsOnly>(PhantomData<fn() -> O>);

/// The option `fresh = "5m"`: the user has proven who they are at most so many seconds ago, by the claim `auth_time`.
///
/// If not, or where nobody knows, 401 with the challenge of RFC 9470. A refresh does not help, a re-authentication does.
pub struct Fresh<const SECONDS: u64, O = ClaimsOnly>(PhantomData<fn() -> O>);

/// The option `acr = "mfa"`: the claim `acr` is this authentication context class, or one of these with spaces between them.
///
/// If not, 401 with the challenge of RFC 9470. Spelled as [`Scope`](super::rule::Scope) is.
pub struct Acr<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128, O = ClaimsOnly>(
    PhantomData<fn() -> O>,
);

impl<S: AuthState> GuardOptions<S> for ClaimsOnly {
    const DEMANDS: Demands = Demands::NONE;
}

impl<S: UserState> GuardOptions<S> for WithUser {
    const DEMANDS: Demands = Demands { user: true, ..Demands::NONE };
}

#[diagnostic::do_not_recommend]
impl<S: AuthState, O: GuardOptions<S>> GuardOptions<S> for Live<O> {
    const DEMANDS: Demands = Demands { live: true, ..O::DEMANDS };
}

#[diagnostic::do_not_recommend]
impl<S: AuthState, O: GuardOptions<S>> GuardOptions<S> for Ticket<O> {
    const DEMANDS: Demands = Demands { ticket: true, ..O::DEMANDS };
}

#[diagnostic::do_not_recommend]
impl<S: AuthState, const SECONDS: u64, O: GuardOptions<S>> GuardOptions<S> for Fresh<SECONDS, O> {
    const DEMANDS: Demands = Demands { step_up: StepUp { max_age: Some(SECONDS), ..O::DEMANDS.step_up }, ..O::DEMANDS };
}

#[diagnostic::do_not_recommend]
impl<S, const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128, O> GuardOptions<S>
    for Acr<LEN, A, B, C, D, O>
where
    S: AuthState,
    O: GuardOptions<S>,
{
    const DEMANDS: Demands = Demands {
        step_up: StepUp { acr_values: Some(Words::<LEN, A, B, C, D>::TEXT), ..O::DEMANDS.step_up },
        ..O::DEMANDS
    };
}

impl<O> fmt::Debug for Live<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live")
    }
}

impl<O> fmt::Debug for Ticket<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}

impl<const SECONDS: u64, O> fmt::Debug for Fresh<SECONDS, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fresh({SECONDS})")
    }
}

impl<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128, O> fmt::Debug
    for Acr<LEN, A, B, C, D, O>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Acr({:?})", Words::<LEN, A, B, C, D>::TEXT)
    }
}

mod sealed {
    use super::{Acr, ClaimsOnly, Fresh, Live, Ticket, WithUser};

    pub trait Sealed {}
    impl Sealed for ClaimsOnly {}
    impl Sealed for WithUser {}
    impl<O> Sealed for Live<O> {}
    impl<O> Sealed for Ticket<O> {}
    impl<const SECONDS: u64, O> Sealed for Fresh<SECONDS, O> {}
    impl<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128, O> Sealed
        for Acr<LEN, A, B, C, D, O>
    {
    }
}
