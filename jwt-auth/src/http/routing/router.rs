//! The router that denies by default.

use super::access::{Access, AccessTable, Row};
use super::docked::Docked;
use super::guarded::Guarded;
use super::method_router::{GuardedMethods, MethodRouter};
use super::mount::{Inner, Mountable, Paths, Spellings};
use super::worded::Worded;
use crate::http::guards_seen::guards_in;
use crate::http::rule::{Rule, RuleText};
use crate::http::state::{AuthState, ClonesState, Routing};
use crate::http::unread::ReadAway;
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
#[doc(alias = "SecurityFilterChain")]
#[doc(alias = "urlpatterns")]
pub struct GuardedRouter<S> {
    inner: axum::Router<S>,
    rows: Vec<Row>,
    paths: Paths,
    /// Mounted routers that get the state of this one.
    docked: Vec<Docked<S>>,
}

impl<S> GuardedRouter<S> {
    /// No routes: every request gets 404.
    // The bounds stand here and not on the `impl`, where the compiler would not show the trait's own message.
    pub fn new() -> Self
    where
        S: AuthState,
        Routing: ClonesState<S>,
    {
        Self { inner: Routing::router(), rows: Vec::new(), paths: Paths::default(), docked: Vec::new() }
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
        self.docked.extend(router.docked);
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
        self.docked.extend(router.docked);
        Self { inner: self.inner.merge(router.inner), ..self }
    }

    /// Answers requests that no route matches, in place of 404.
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Guarded<S> + 'static,
    {
        self.rows.push(T::access().with_fallback().row("*", "/{*fallback}"));
        Self { inner: self.inner.fallback(Worded(ReadAway(handler))), ..self }
    }

    /// Answers requests whose path is routed and whose method is not, on the routes added so far, in place of 405.
    pub fn method_not_allowed_fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Guarded<S> + 'static,
    {
        let access = T::access().because("other methods of routed paths");
        self.rows.push(access.row("*", "/{*routed}"));
        Self { inner: self.inner.method_not_allowed_fallback(Worded(ReadAway(handler))), ..self }
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
    /// A route or mount below it keeps its own rule, and the service answers for nothing that is not below. So it gets only paths
    /// that everybody reads alike; the whole path is looked at, as it came. 404 is for empty segments, `.` and `..`, `;`, an encoded
    /// slash, backslash, dot or NUL, and for other spellings of a route below (`/files/%70rivate` beside `/files/private`).
    /// [`mount_verbatim`](Self::mount_verbatim) is for services that want such paths.
    ///
    /// # Panics
    /// As axum's `route` does: when the path does not begin with `/`, or clashes with another one. And when a route is at the path itself:
    /// axum would share it out between the two.
    #[track_caller]
    pub fn mount<R: Rule<S>>(self, path: &str, rule: R, service: impl Mountable) -> Self {
        self.put_behind(path, rule, Inner::Service(service.into_handlers()), Spellings::Canonical)
    }

    /// As [`mount`](Self::mount), for a service whose paths have empty segments, `;`, or encoded slashes and dots in them and mean them: an
    /// object store's, say. It must not decode, fold or resolve what it is given: only spellings that would lead to a route of this
    /// router, or out of the mount, are kept from it then.
    ///
    /// # Panics
    /// As [`mount`](Self::mount).
    #[track_caller]
    pub fn mount_verbatim<R: Rule<S>>(self, path: &str, rule: R, service: impl Mountable) -> Self {
        self.put_behind(path, rule, Inner::Service(service.into_handlers()), Spellings::All)
    }

    /// Puts a whole axum router behind a rule, as [`mount`](Self::mount) does, that has not got its state yet: it gets the one of
    /// this router. So the access table can be looked at before there is a state, and a database.
    ///
    /// ```
    /// # #[cfg(feature = "macros")] {
    /// # use jwt_auth::routing::GuardedRouter;
    /// # use jwt_auth::{AuthState, IsAdminUser, JwtAuth, rule};
    /// # #[derive(Clone, AuthState)] struct App { auth: JwtAuth, name: &'static str }
    /// use axum::{Router, extract::State, routing::get};
    ///
    /// let back_office: Router<App> = Router::new().route("/", get(async |State(app): State<App>| app.name));
    /// let router = GuardedRouter::<App>::new().mount_router("/admin", rule!(IsAdminUser), back_office);
    /// assert_eq!(router.access_table().to_string(), "* /admin/{*path} IsAdminUser\n");
    /// # }
    /// ```
    ///
    /// From [`into_axum`](Self::into_axum) on it is built anew for each request, as nobody knows any more how many states there
    /// are; call [`with_state`](Self::with_state) here.
    ///
    /// # Panics
    /// As [`mount`](Self::mount).
    // A method of its own: with one for both, the state of `mount(path, rule, Router::new())` could not be inferred.
    #[track_caller]
    pub fn mount_router<R: Rule<S>>(mut self, path: &str, rule: R, router: axum::Router<S>) -> Self {
        let router = Docked::new(router);
        self.docked.push(router.clone());
        self.put_behind(path, rule, Inner::Router(router), Spellings::Canonical)
    }

    #[track_caller]
    fn put_behind<R: Rule<S>>(mut self, path: &str, _: R, inner: Inner<S>, spellings: Spellings) -> Self {
        let prefix = path.strip_suffix('/').unwrap_or(path);
        let rule = RuleText::<R, S>::NEW.to_string();
        let methods: MethodRouter<S> = inner.behind::<R>(self.paths.mount(prefix, &rule), spellings);
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
    /// itself, and does not call what is inside, answers everybody. The table shows a [`GuardLayer`](crate::GuardLayer) that
    /// stands in the layer, and trusts the layer to send every request through it.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        let guards = guards_in(&layer);
        self.rows.iter_mut().for_each(|row| row.access.behind(&guards));
        Self { inner: self.inner.layer(layer), ..self }
    }

    /// Puts a tower layer around the routes added so far, and not around the 404. It runs before their guards.
    ///
    /// # Panics
    /// When there is no route yet, as axum's does.
    #[track_caller]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        let guards = guards_in(&layer);
        let routed = self.rows.iter_mut().filter(|row| !row.access.has_fallback);
        routed.for_each(|row| row.access.behind(&guards));
        Self { inner: self.inner.route_layer(layer), ..self }
    }

    /// Who may call what, with exact paths.
    pub fn access_table(&self) -> AccessTable {
        AccessTable::new(&self.rows)
    }

    /// Gives the state, which makes it a service that `axum::serve` takes.
    ///
    /// # Panics
    /// When a guard has the option `live` and the state's `JwtAuth` has no store to ask, or a route publishes keys and there is no public one,
    /// so that this is found at the start and not at the first request.
    #[track_caller]
    pub fn with_state(self, state: S) -> axum::Router {
        self.rows.iter().for_each(|row| row.check(state.jwt_auth()));
        for router in &self.docked {
            router.give(&state);
        }
        self.tell_of_well_known();
        self.inner.with_state(state)
    }

    /// The axum router, for what this type does not offer. From here on nothing demands a guard.
    pub fn into_axum(self) -> axum::Router<S> {
        for router in &self.docked {
            router.give_any();
        }
        self.tell_of_well_known();
        self.inner
    }

    /// Clients look for `/.well-known/..` at the root of a host (RFC 8615 3), and nesting has moved it.
    fn tell_of_well_known(&self) {
        const WELL_KNOWN: &str = "/.well-known/";
        let moved = self.rows.iter().filter_map(|row| Some((row, row.path.find(WELL_KNOWN).filter(|at| *at > 0)?)));
        for (row, at) in moved {
            tracing::warn!(
                target: "jwt_auth",
                path = row.path,
                "this router was nested, and clients look for `{}` at the root of the host (RFC 8615): attach such routes to the outermost router, or tell clients where they went",
                &row.path[at..],
            );
        }
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
        Self {
            inner: self.inner.clone(),
            rows: self.rows.clone(),
            paths: self.paths.clone(),
            docked: self.docked.clone(),
        }
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
