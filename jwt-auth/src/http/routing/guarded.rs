//! How a router knows that a handler is guarded.

use super::access::Access;
use crate::http::guard::{Guard, Public};
use crate::http::guard_options::GuardOptions;
use crate::http::rule::Rule;
use crate::http::state::AuthState;

/// A handler's argument list that begins with a guard, by `#[protected]` or `#[public]`.
///
/// It is implemented for the tuples that axum's [`Handler`](axum::handler::Handler) lists a function's arguments in. It tells
/// what a handler *says*. A type of your own that implements `Handler<((), Guard<R>), S>` by hand, and does not call the guard,
/// gets past the router; nobody does so by mistake, and nothing here stops it: look for such an `impl` in review.
#[diagnostic::on_unimplemented(
    message = "this handler says neither `#[protected]` nor `#[public]`",
    label = "an unmarked handler cannot be routed here",
    note = "a guarded router denies by default: put `#[protected]`, `#[protected(<rule>)]` or `#[public]` on the handler's `async fn`"
)]
pub trait Guarded<S> {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn access() -> Access;
}

// Why no message of ours says which argument does not fit, a `CurrentUser<Other>` or a rule for users in a state without: axum's
// impls of `Handler` are `do_not_recommend`, so rustc reports the handler as a whole. Tried with rustc 1.95, without success:
// `T: Guarded<S>` before `H: Handler<T, S>`; that and an impl below without `do_not_recommend`; that and a bound with a message on each
// argument. Where the state is known first, `T` stays unknown, and only `Handler` is reported. Where it is not, the bound here is not
// reported beside `Handler`, presumably because both come down to one obligation, which rustc reports once. Finding `T` by a trait
// of functions alone (not tried) would lock out handlers that are none, as `handler.layer(..)` makes.
macro_rules! guarded_arguments {
    ($($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        #[allow(private_interfaces)]
        impl<S, M, R, O, $($argument,)*> Guarded<S> for (M, Guard<R, O>, $($argument,)*)
        where
            S: AuthState,
            R: Rule<S>,
            O: GuardOptions<S>,
        {
            fn access() -> Access {
                Access::guard::<S, R, O>()
            }
        }

        #[diagnostic::do_not_recommend]
        #[allow(private_interfaces)]
        impl<S, M, $($argument,)*> Guarded<S> for (M, Public, $($argument,)*) {
            fn access() -> Access {
                Access::public()
            }
        }
    };
}

guarded_arguments!();
guarded_arguments!(A1);
guarded_arguments!(A1 A2);
guarded_arguments!(A1 A2 A3);
guarded_arguments!(A1 A2 A3 A4);
guarded_arguments!(A1 A2 A3 A4 A5);
guarded_arguments!(A1 A2 A3 A4 A5 A6);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14);
guarded_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
