//! The handlers of one path.

use super::access::{Access, Row};
use super::guarded::Guarded;
use super::worded::Worded;
#[cfg(feature = "openapi")]
use crate::http::described::Described;
use crate::http::guards_seen::guards_in;
use crate::http::state::AuthState;
use crate::http::unread::ReadAway;
use ::http::Request;
use axum::body::Body;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter as AxumMethodRouter, Route};
use std::convert::Infallible;
use std::fmt;
use tower_layer::Layer;
use tower_service::Service;

/// Guarded handlers for the methods of one path: what [`get`](super::get) and its like return, to be chained
/// (`get(list).post(create)`).
pub struct MethodRouter<S> {
    inner: AxumMethodRouter<S>,
    rows: Vec<(&'static str, Access)>,
}

/// What [`GuardedRouter::route`](super::GuardedRouter::route) and [`MethodRouter::merge`] take: a [`MethodRouter`] of this module, and nothing else.
#[diagnostic::on_unimplemented(
    message = "a guarded router takes only routes made with `jwt_auth::routing`",
    label = "not made with `jwt_auth::routing::{{get, post, ..}}`",
    note = "import `get`, `post` and the others from `jwt_auth::routing` instead of `axum::routing`, and wrap a bare handler in one of them"
)]
pub trait GuardedMethods<S>: sealed::Sealed {
    #[doc(hidden)]
    fn into_methods(self) -> MethodRouter<S>;
}

impl<S: AuthState + TakesHandlersFor<T>, T> GuardedMethods<S> for MethodRouter<T> {
    fn into_methods(self) -> MethodRouter<S> {
        S::take(self)
    }
}

/// The state of handlers is the state of their router. It is here for its message: rustc takes the state from a rule or an
/// extractor that fits one state only, before it looks at the router.
#[diagnostic::on_unimplemented(
    message = "these handlers are for the state `{T}`, and the router has the state `{Self}`",
    label = "handlers for the state `{T}`",
    note = "a rule of yours in `#[protected(..)]`: write `impl Rule<{Self}>`, or `impl<S: AuthState> Rule<S>` for every state, in place of `impl Rule<{T}>`",
    note = "an extractor `State<{T}>`: write `State<{Self}>`, or `impl FromRef<{Self}> for {T}` (`#[derive(FromRef)]` on `{Self}`)"
)]
pub trait TakesHandlersFor<T>: Sized {
    #[doc(hidden)]
    fn take(methods: MethodRouter<T>) -> MethodRouter<Self>;
}

#[diagnostic::do_not_recommend]
impl<S> TakesHandlersFor<S> for S {
    fn take(methods: MethodRouter<S>) -> MethodRouter<S> {
        methods
    }
}

impl<S: AuthState + Clone> MethodRouter<S> {
    /// No handler yet: every request gets 405.
    pub fn new() -> Self {
        Self { inner: AxumMethodRouter::new(), rows: Vec::new() }
    }

    /// Also answers the methods of the filter.
    #[track_caller]
    pub fn on<H, T>(mut self, filter: MethodFilter, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        let names = METHODS
            .iter()
            // A filter says nothing about itself, except that adding what it holds does not change it.
            .filter(|(method, _)| filter.or(*method) == filter)
            .map(|(_, name)| (*name, T::access()));
        self.rows.extend(names);
        Self { inner: self.inner.on(filter, Worded(ReadAway(handler))), rows: self.rows }
    }

    /// Also answers `GET`, and `HEAD` unless [`head`](Self::head) does.
    #[track_caller]
    pub fn get<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::GET, handler)
    }

    /// Also answers `POST`.
    #[track_caller]
    pub fn post<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::POST, handler)
    }

    /// Also answers `PUT`.
    #[track_caller]
    pub fn put<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::PUT, handler)
    }

    /// Also answers `PATCH`.
    #[track_caller]
    pub fn patch<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::PATCH, handler)
    }

    /// Also answers `DELETE`.
    #[track_caller]
    pub fn delete<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::DELETE, handler)
    }

    /// Also answers `HEAD`, apart from `GET`.
    #[track_caller]
    pub fn head<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::HEAD, handler)
    }

    /// Also answers `OPTIONS`.
    #[track_caller]
    pub fn options<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::OPTIONS, handler)
    }

    /// Also answers `TRACE`.
    #[track_caller]
    pub fn trace<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::TRACE, handler)
    }

    /// Also answers `CONNECT`, which HTTP/2 uses to open WebSockets (RFC 8441).
    #[track_caller]
    pub fn connect<H, T>(self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.on(MethodFilter::CONNECT, handler)
    }

    /// Answers the methods that nothing else here answers, in place of 405.
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        T: Guarded<S> + 'static,
        H: Handler<T, S>,
    {
        self.rows.push(("*", T::access()));
        Self { inner: self.inner.fallback(Worded(ReadAway(handler))), rows: self.rows }
    }

    /// Every method, those of its own handlers excepted.
    pub(super) fn any<H, T>(handler: H, access: Access) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self { inner: axum::routing::any(Worded(ReadAway(handler))), rows: vec![("*", access)] }
    }

    /// The handlers of both.
    ///
    /// # Panics
    /// When both answer the same method, as axum's does.
    #[track_caller]
    #[must_use]
    pub fn merge(mut self, other: impl GuardedMethods<S>) -> Self {
        let other = other.into_methods();
        self.rows.extend(other.rows);
        Self { inner: self.inner.merge(other.inner), rows: self.rows }
    }

    /// Puts a tower layer around all handlers added so far, and the 405. It runs before their guards.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        let guards = guards_in(&layer);
        self.rows.iter_mut().for_each(|(_, access)| access.behind(&guards));
        Self { inner: self.inner.layer(layer), rows: self.rows }
    }

    /// Puts a tower layer around all handlers added so far, and not around the 405. It runs before their guards.
    ///
    /// # Panics
    /// When there is no handler yet, as axum's does.
    #[track_caller]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        let guards = guards_in(&layer);
        // What answers every other method is no route to axum.
        self.rows.iter_mut().filter(|(method, _)| *method != "*").for_each(|(_, access)| access.behind(&guards));
        Self { inner: self.inner.route_layer(layer), rows: self.rows }
    }

    /// Says more of the handlers added so far.
    #[cfg(feature = "openapi")]
    pub(crate) fn described(mut self, described: Described) -> Self {
        for (_, access) in &mut self.rows {
            access.described = Some(described.clone());
        }
        self
    }

    pub(super) fn into_parts(self, path: &str) -> (AxumMethodRouter<S>, Vec<Row>) {
        let rows = self.rows.into_iter();
        let rows = rows.map(|(method, access)| access.row(method, path));
        (self.inner, rows.collect())
    }
}

impl<S: AuthState + Clone> Default for MethodRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for MethodRouter<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), rows: self.rows.clone() }
    }
}

impl<S> fmt::Debug for MethodRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MethodRouter").field(&self.rows).finish()
    }
}

const METHODS: [(MethodFilter, &str); 9] = [
    (MethodFilter::GET, "GET"),
    (MethodFilter::POST, "POST"),
    (MethodFilter::PUT, "PUT"),
    (MethodFilter::PATCH, "PATCH"),
    (MethodFilter::DELETE, "DELETE"),
    (MethodFilter::HEAD, "HEAD"),
    (MethodFilter::OPTIONS, "OPTIONS"),
    (MethodFilter::TRACE, "TRACE"),
    (MethodFilter::CONNECT, "CONNECT"),
];

mod sealed {
    pub trait Sealed {}
    impl<S> Sealed for super::MethodRouter<S> {}
}
