//! What the compiler says where a router is served that has not got its state.

use super::router::GuardedRouter;
use std::convert::Infallible;
use std::future::Ready;
use std::task::{Context, Poll};
use tower_service::Service;

/// No state is like this: it is here for its message alone.
#[diagnostic::on_unimplemented(
    message = "this `GuardedRouter<{Self}>` has not got its state, and cannot be served",
    label = "the state is missing",
    note = "give it one, which makes it an `axum::Router`: `router.with_state(..)`, with a value of the type `{Self}`"
)]
pub trait StateWasGiven {
    #[doc(hidden)]
    fn given<T>() -> T;
}

/// Never holds: [`with_state`](GuardedRouter::with_state) makes a router that is a service.
impl<S: StateWasGiven, R> Service<R> for GuardedRouter<S> {
    type Response = axum::Router;
    type Error = Infallible;
    type Future = Ready<Result<axum::Router, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        S::given()
    }

    fn call(&mut self, _: R) -> Self::Future {
        S::given()
    }
}
