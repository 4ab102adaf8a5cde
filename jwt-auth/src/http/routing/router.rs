//! The router that denies by default.

use super::access::{Access, AccessTable, Row};
use super::below::Paths;
use super::guarded::Guarded;
use super::method_router::{GuardedMethods, MethodRouter};
use super::mount::{Mountable, mounted};
use super::worded::Worded;
use crate::http::rule::Rule;
use crate::http::state::{AuthState, ClonedState};
use ::http::Request;
use axum::body::Body;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::Route;
use std::convert::Infallible;
use std::fmt;
use tower_layer::Layer;
use tower_service::Service;

// The name under which axum hides the tail of a nested path from `Path` extractors. Any other name would show up as one more
// path parameter inside the mounted service; a test holds this down.
const TAIL: &str = "{*__private__axum_nest_tail_param}";

/// What [`GuardedRouter::nest`] and [`GuardedRouter::merge`] take: a [`GuardedRouter`] with the same state, and nothing else.
#[diagnostic::on_unimplemented(
    message = "a guarded router takes in only another `GuardedRouter` with the same state",
    label = "not a `GuardedRouter` with the state `{S}`",
    note = "use `.mount(path, rule, service)` or `.merge_unguarded(router, reason)` for axum routers"
)]
pub trait GuardedRoutes<S>: sealed::Sealed {
    #[doc(hidden)]
    fn into_guarded(self) -> GuardedRouter<S>;
}

impl<S: AuthState> GuardedRoutes<S> for GuardedRouter<S> {
    fn into_guarded(self) -> Self {
        self
    }
}

/// An `axum::Router` that takes only guarded handlers.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use jwt_auth::routing::{GuardedRouter, get};
/// use jwt_auth::{JwtAuth, protected, public};
///
/// #[protected]
/// async fn me() -> &'static str { "it is you" }
///
/// #[public]
/// async fn health() -> &'static str { "ok" }
///
/// let router: GuardedRouter<JwtAuth> = GuardedRouter::new()
///     .route("/me", get(me))
///     .route("/healthz", get(health));
/// assert_eq!(
///     router.access_table().to_string(),
///     "GET /healthz public\nGET /me IsAuthenticated\n"
/// );
/// # }
/// ```
pub struct GuardedRouter<S> {
    inner: axum::Router<S>,
    rows: Vec<Row>,
    paths: Paths,
}

impl<S> GuardedRouter<S> {
    /// No routes: every request gets 404.
    // The bounds stand here and not on the `impl`, where the compiler would not show the trait's own message.
    pub fn new() -> Self
    where
        S: AuthState + ClonedState,
    {
        Self { inner: axum::Router::new(), rows: Vec::new(), paths: Paths::default() }
    }
}

impl<S: AuthState + Clone> GuardedRouter<S> {
    /// Adds the handlers of one path, in axum's path syntax.
    ///
    /// # Panics
    /// As axum's does: when the path does not begin with `/`, or clashes with another one.
    #[track_caller]
    pub fn route(mut self, path: &str, methods: impl GuardedMethods<S>) -> Self {
        let (methods, rows) = methods.into_methods().into_parts(path);
        self.rows.extend(rows);
        self.paths.add(path);
        Self { inner: self.inner.route(path, methods), ..self }
    }

    /// Adds a router's routes under a prefix.
    ///
    /// # Panics
    /// As axum's does: at `/`, or when routes clash.
    #[track_caller]
    pub fn nest(mut self, prefix: &str, router: impl GuardedRoutes<S>) -> Self {
        let router = router.into_guarded();
        let rows = router.rows.into_iter().map(|row| Row { path: join(prefix, &row.path), ..row });
        self.rows.extend(rows);
        self.paths.take_in(router.paths, |path| join(prefix, path));
        Self { inner: self.inner.nest(prefix, router.inner), ..self }
    }

    /// Adds a router's routes.
    ///
    /// # Panics
    /// As axum's does: when routes clash or both have a fallback.
    #[track_caller]
    pub fn merge(mut self, router: impl GuardedRoutes<S>) -> Self {
        let router = router.into_guarded();
        self.rows.extend(router.rows);
        self.paths.take_in(router.paths, str::to_owned);
        Self { inner: self.inner.merge(router.inner), ..self }
    }

    /// Answers requests that no route matches, in place of 404.
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Guarded<S> + 'static,
    {
        self.rows.push(T::access().row("*", "/{*fallback}"));
        Self { inner: self.inner.fallback(Worded(handler)), ..self }
    }

    /// Answers requests whose path is routed and whose method is not, on the routes added so far, in place of 405.
    pub fn method_not_allowed_fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Guarded<S> + 'static,
    {
        let access = T::access().because("other methods of routed paths");
        self.rows.push(access.row("*", "/{*routed}"));
        Self { inner: self.inner.method_not_allowed_fallback(Worded(handler)), ..self }
    }

    /// Puts a whole service behind a rule: the path itself, with and without a slash, and everything below it, for every
    /// method. The service sees paths without the prefix, as with axum's `nest_service`, and never sees a refused request.
    ///
    /// The rule is a value, `IsAdminUser` say, or [`rule!`](macro@crate::rule) with any expression that `#[protected]` takes.
    /// A plain value judges the token's claims; `rule!(IsAdminUser, user)` loads the user, who must be active, and judges that.
    ///
    /// ```
    /// # #[cfg(feature = "macros")] {
    /// # use jwt_auth::routing::GuardedRouter;
    /// # use jwt_auth::{AuthUser, JwtAuth, rule};
    /// use jwt_auth::rule::IsAdminUser;
    ///
    /// let reports: axum::Router = axum::Router::new();
    /// let router: GuardedRouter<JwtAuth<AuthUser>> = GuardedRouter::new()
    ///     .mount("/admin", rule!(IsAdminUser, user), reports.clone())
    ///     .mount("/reports", rule!(IsAdminUser || role("auditor")), reports);
    /// # }
    /// ```
    ///
    /// A route or mount below the path keeps its own rule. A path that a service may take for one of these, as it is spelled
    /// otherwise (`/files//private`, `/files/%70rivate` beside a route `/files/private`), does not reach the service: 404.
    ///
    /// # Panics
    /// As axum's `route` does: when the path does not begin with `/`, or clashes with another one.
    #[track_caller]
    pub fn mount<R: Rule<S>>(mut self, path: &str, rule: R, service: impl Mountable) -> Self {
        let _ = rule;
        let prefix = path.strip_suffix('/').unwrap_or(path);
        let methods: MethodRouter<S> = mounted::<S, R>(service, self.paths.mount(prefix));
        let (handlers, rows) = methods.into_parts(&format!("{prefix}/{{*path}}"));
        self.rows.extend(rows);
        if prefix.is_empty() {
            let inner = self.inner.route(path, handlers.clone()).route(&format!("/{TAIL}"), handlers);
            return Self { inner, ..self };
        }
        let at = axum::Router::new().route("/", handlers.clone()).route(&format!("/{TAIL}"), handlers.clone());
        let with_slash = axum::Router::new().route("/", handlers);
        Self { inner: self.inner.nest(prefix, at).nest(&format!("{prefix}/"), with_slash), ..self }
    }

    /// Adds routes of a plain axum router, which may be open to everybody. **This is the one hole in a guarded router**: the
    /// reason stands in the [`AccessTable`], so write down why it is safe. [`mount`](Self::mount) is shorter where a rule
    /// will do.
    ///
    /// axum does not tell what routes a router has, so the table has one row, `* * unguarded (reason)`, for all of them. A
    /// route that is added to the merged router later changes no row.
    ///
    /// # Panics
    /// As axum's `merge` does: when routes clash or both have a fallback.
    #[track_caller]
    pub fn merge_unguarded(mut self, router: axum::Router<S>, reason: &str) -> Self {
        self.rows.push(Access::unguarded(reason).row("*", "*"));
        Self { inner: self.inner.merge(router), ..self }
    }

    /// Puts a tower layer around the routes added so far, and the 404. It runs before their guards: a layer that answers by
    /// itself, and does not call what is inside, answers everybody.
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        Self { inner: self.inner.layer(layer), ..self }
    }

    /// Puts a tower layer around the routes added so far, and not around the 404. It runs before their guards.
    ///
    /// # Panics
    /// When there is no route yet, as axum's does.
    #[track_caller]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        Self { inner: self.inner.route_layer(layer), ..self }
    }

    /// Who may call what, with exact paths.
    pub fn access_table(&self) -> AccessTable {
        AccessTable::new(&self.rows)
    }

    /// Gives the state, which makes it a service that `axum::serve` takes.
    ///
    /// # Panics
    /// When a guard has the option `live` and the state's `JwtAuth` has no store to ask, so that this is found at the start
    /// and not at the first request.
    #[track_caller]
    pub fn with_state(self, state: S) -> axum::Router {
        if state.jwt_auth().parts().store.is_none()
            && let Some(row) = self.rows.iter().find(|row| row.access.is_live)
        {
            panic!(
                "`{} {}` has the option `live`, which asks a session store: call `.store(..)` on the builder, or leave it out",
                row.method, row.path
            );
        }
        self.inner.with_state(state)
    }

    /// The axum router, for what this type does not offer. From here on nothing demands a guard.
    pub fn into_axum(self) -> axum::Router<S> {
        self.inner
    }

    /// What [`access_table`](Self::access_table) is made of.
    #[cfg(feature = "openapi")]
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Adds a route whose handlers need no guard, for this reason.
    #[track_caller]
    pub(crate) fn view(
        mut self,
        method: &'static str,
        path: &str,
        access: Access,
        view: axum::routing::MethodRouter<S>,
    ) -> Self {
        self.rows.push(access.row(method, path));
        self.paths.add(path);
        Self { inner: self.inner.route(path, view), ..self }
    }
}

impl<S: AuthState + Clone> Default for GuardedRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for GuardedRouter<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), rows: self.rows.clone(), paths: self.paths.clone() }
    }
}

impl<S> fmt::Debug for GuardedRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GuardedRouter").field(&self.rows).finish()
    }
}

/// How axum joins a nested path to its prefix.
fn join(prefix: &str, path: &str) -> String {
    match (prefix.strip_suffix('/'), path) {
        (Some(prefix), "*") => format!("{prefix}/*"),
        (None, "*") => format!("{prefix}/*"),
        (Some(prefix), path) => format!("{prefix}/{}", path.trim_start_matches('/')),
        (None, "/") => prefix.to_owned(),
        (None, path) => format!("{prefix}{path}"),
    }
}

mod sealed {
    pub trait Sealed {}
    impl<S> Sealed for super::GuardedRouter<S> {}
}
