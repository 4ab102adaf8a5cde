//! A whole service behind one rule.

mod canonical;
mod shadowed_routes;

pub(super) use shadowed_routes::Paths;

use super::access::Access;
use super::docked::Docked;
use super::method_router::MethodRouter;
use crate::http::denial::path_of;
use crate::http::guard::check;
use crate::http::guard_options::ClaimsOnly;
use crate::http::rule::Rule;
use crate::http::state::AuthState;
use crate::http::unread::Refused;
use ::http::StatusCode;
use ::http::request::Parts;
use axum::Extension;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter as AxumMethodRouter, any_service};
use canonical::is_canonical;
use shadowed_routes::ShadowedRoutes;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use tower_service::Service;

/// What [`GuardedRouter::mount`](super::GuardedRouter::mount) takes: a tower service that never fails and can be cloned, as
/// `axum::Router` (with its state given), `ServeDir` and GraphQL or gRPC services are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be mounted",
    label = "not a `Service<Request, Error = Infallible>` that is `Clone + Send + Sync`",
    note = "an `axum::Router<App>` that has not got its state yet goes into `.mount_router(path, rule, router)`, one with another state gets it first (`router.with_state(..)`)",
    note = "turn a service's errors into answers with `axum::error_handling::HandleError`"
)]
pub trait Mountable: sealed::Sealed {
    #[doc(hidden)]
    fn into_handlers<S: AuthState + Clone>(self) -> AxumMethodRouter<S>;
}

#[diagnostic::do_not_recommend]
impl<T> Mountable for T
where
    T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse + 'static,
    T::Future: Send + 'static,
{
    fn into_handlers<S: AuthState + Clone>(self) -> AxumMethodRouter<S> {
        any_service(self)
    }
}

/// What stands behind a mount's rule.
// It is cloned for each request, where a box would be one more allocation.
#[allow(clippy::large_enum_variant)]
pub(super) enum Inner<S> {
    Service(AxumMethodRouter<S>),
    Router(Docked<S>),
}

impl<S: AuthState + Clone> Inner<S> {
    /// It for every method, behind the rule `R`.
    pub(super) fn behind<R: Rule<S>>(self, below: ShadowedRoutes, spellings: Spellings) -> MethodRouter<S> {
        let handler = Mounted::<S, R> { inner: self, below, spellings, rule: PhantomData };
        MethodRouter::any(handler, Access::guard::<S, R, ClaimsOnly>())
    }

    async fn answer(self, request: Request, state: S) -> Response {
        match self {
            Self::Service(service) => Handler::call(service, request, state).await,
            Self::Router(router) => router.with_state(state).call(request).await.into_response(),
        }
    }
}

/// Which spellings of a path a mounted service gets to see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spellings {
    /// Those that everybody reads alike.
    Canonical,
    /// Every one that cannot be taken for a route of this router.
    All,
}

struct Mounted<S, R> {
    inner: Inner<S>,
    below: ShadowedRoutes,
    spellings: Spellings,
    rule: PhantomData<fn() -> R>,
}

impl<S: AuthState + Clone, R: Rule<S>> Handler<Mounted<S, R>, S> for Mounted<S, R> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match check::<S, R, ClaimsOnly>(&mut parts, &state).await {
                Ok(()) if !self.serves(&parts) => (StatusCode::NOT_FOUND, Extension(Refused)).into_response(),
                Ok(()) => self.inner.answer(Request::from_parts(parts, body), state).await,
                Err(rejection) => rejection.into_response(),
            }
        })
    }
}

impl<S, R> Mounted<S, R> {
    /// Looks at the whole path as it came: what axum has cut off matters too, a parameter of the prefix above all. And at what the service
    /// will see, which a layer of the application may have rewritten.
    fn serves(&self, parts: &Parts) -> bool {
        let are_canonical = || is_canonical(path_of(parts)) && is_canonical(parts.uri.path());
        (self.spellings == Spellings::All || are_canonical()) && !self.below.claims(parts.uri.path())
    }
}

impl<S> Clone for Inner<S> {
    fn clone(&self) -> Self {
        match self {
            Self::Service(service) => Self::Service(service.clone()),
            Self::Router(router) => Self::Router(router.clone()),
        }
    }
}

impl<S, R> Clone for Mounted<S, R> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), below: self.below.clone(), spellings: self.spellings, rule: PhantomData }
    }
}

impl<S, R> fmt::Debug for Mounted<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mounted")
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for T {}
}
