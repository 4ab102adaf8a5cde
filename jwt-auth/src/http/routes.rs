//! The token URLs.

use super::routing::{Access, GuardedRouter, Published, delete, get, post};
use super::serve_view::serve;
use super::state::UserState;
use super::view::View;
#[cfg(feature = "openapi")]
use super::views::operations;
use super::views::{self, ObtainView, RefreshView, TokenRefreshView};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::MethodRouter;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// Which token views an application serves, and where. `#[token_routes("/api/token")]` writes this builder:
///
/// | attribute | builder |
/// |---|---|
/// | `"/api/token"` | `TokenRoutes::at("/api/token")` |
/// | `only(refresh, verify)` | [`.only([View::Refresh, View::Verify])`](Self::only) |
/// | `obtain = MyView` | [`.obtain::<MyView>()`](Self::obtain) |
/// | `refresh = MyView` | [`.refresh::<MyView>()`](Self::refresh) |
/// | `reauthenticate` | `.reauthenticate()`, feature `password` |
/// | `sessions` | [`.sessions()`](Self::sessions) |
/// | `jwks` | [`.jwks()`](Self::jwks) |
/// | `discovery` | [`.discovery()`](Self::discovery) |
/// | `ticket` | [`.ticket()`](Self::ticket) |
/// | the function's body | [`.attach_to(router)`](Self::attach_to) |
///
/// | view | path | answers |
/// |---|---|---|
/// | [`View::Obtain`] | the prefix itself | `POST` with user name and password: a token pair |
/// | [`View::Refresh`] | `/refresh` | `POST` with a refresh token: a new access token |
/// | [`View::Verify`] | `/verify` | `POST` with any token: whether it is good |
/// | [`View::Blacklist`] | `/blacklist`, `/logout` | `POST` with a refresh token: logged out |
/// | `View::Reauthenticate` | `/reauthenticate` | `POST` with a refresh token and its user's password: the next pair, with a new `auth_time`; feature `password`, and only with the option `reauthenticate` |
/// | `View::ObtainSliding` | `/sliding` | `POST` with user name and password: one sliding token; feature `django`, and only when named |
/// | `View::RefreshSliding` | `/sliding/refresh` | `POST` with a sliding token: the same, renewed; feature `django`, and only when named |
///
/// Each of these paths answers with and without a slash at its end. Other methods get 405 in DRF's words.
///
/// ```
/// # #[cfg(feature = "password")] {
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::{JwtAuth, TokenRoutes, User};
///
/// # #[derive(Clone)] struct Account;
/// # impl User for Account { fn identity(&self) -> jwt_auth::user::Identity<'_> { unreachable!() } }
/// let router: GuardedRouter<JwtAuth<Account>> =
///     TokenRoutes::at("/api/token").sessions().attach_to(GuardedRouter::new());
/// # }
/// ```
#[doc(alias = "urlpatterns")]
pub struct TokenRoutes<S> {
    prefix: String,
    views: Vec<View>,
    obtain: Option<OwnView<S>>,
    refresh: Option<OwnView<S>>,
    sessions: bool,
    jwks: bool,
    discovery: bool,
    ticket: bool,
}

/// A view for one kind of state.
pub(crate) type Answer<S> = fn(S, Request) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// A view of the application's own.
struct OwnView<S> {
    answer: Answer<S>,
    #[cfg(feature = "openapi")]
    bodies: fn() -> (operations::Body, operations::Body),
}

/// A router that [`TokenRoutes`] can be attached to: [`GuardedRouter`], `axum::Router`, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "token routes cannot be attached to `{Self}`",
    label = "neither a `GuardedRouter<S>` nor an `axum::Router<S>`, nor a `Result` of one",
    note = "return `GuardedRouter<App>`, `App` being a state with `#[derive(AuthState)]` whose user type implements `User`"
)]
pub trait TokenRouter: Sized {
    /// Its state.
    type State;

    #[doc(hidden)]
    fn with_token_routes(self, routes: &TokenRoutes<Self::State>) -> Self;
}

impl<S> TokenRoutes<S> {
    /// All views under this prefix.
    ///
    /// # Panics
    /// When the prefix does not begin with `/`, or holds a path parameter (`{`) or an empty segment.
    /// `#[token_routes]` finds that out when it compiles.
    #[track_caller]
    pub fn at(prefix: &str) -> Self {
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        assert!(
            prefix.starts_with('/') && !prefix.contains(['{', '}']) && !prefix.contains("//"),
            "the prefix of token routes begins with `/` and is a plain path like \"/api/token\", not {prefix:?}"
        );
        let (prefix, views) = (prefix.to_owned(), View::ALL.to_vec());
        Self {
            prefix,
            views,
            obtain: None,
            refresh: None,
            sessions: false,
            jwks: false,
            discovery: false,
            ticket: false,
        }
    }

    /// These views and no others. Defaults to all.
    #[must_use]
    pub fn only(self, views: impl IntoIterator<Item = View>) -> Self {
        let none = Self { views: Vec::new(), ..self };
        views.into_iter().fold(none, Self::and)
    }

    /// Logs in with a view of the application's own, at the prefix. It needs no feature.
    #[must_use]
    pub fn obtain<V>(self) -> Self
    where
        V: ObtainView<S>,
        S: UserState,
    {
        let obtain = OwnView {
            answer: |state, request| Box::pin(views::token_obtain::<S, V>(state, request)),
            #[cfg(feature = "openapi")]
            bodies: operations::obtain_bodies::<S, V>,
        };
        Self { obtain: Some(obtain), ..self }.and(View::Obtain)
    }

    /// Refreshes with a view of the application's own, at `/refresh`.
    #[must_use]
    pub fn refresh<V>(self) -> Self
    where
        V: RefreshView<S>,
        S: UserState,
    {
        let refresh = OwnView {
            answer: |state, request| Box::pin(views::token_refresh::<S, V>(state, request)),
            #[cfg(feature = "openapi")]
            bodies: operations::refresh_bodies::<S, V>,
        };
        Self { refresh: Some(refresh), ..self }.and(View::Refresh)
    }

    /// Adds `POST` at `/reauthenticate`: a refresh token and its user's password in, the next pair out, which says that the user
    /// has just proven who they are (RFC 9470). For applications with routes that ask for it, `#[protected(fresh = "5m")]`. Without
    /// a store it answers 404.
    #[cfg(feature = "password")]
    #[must_use]
    pub fn reauthenticate(self) -> Self {
        self.and(View::Reauthenticate)
    }

    #[cfg(not(feature = "password"))]
    #[doc(hidden)]
    #[allow(missing_docs)]
    #[must_use]
    pub fn reauthenticate(self) -> Self
    where
        S: super::features::WithPassword,
    {
        self
    }

    /// Adds the sessions API beside the prefix's last segment, each behind an access token:
    ///
    /// | path, with the prefix `/api/token` | answers |
    /// |---|---|
    /// | `GET /api/sessions` | the caller's logins: a list of [`SessionResponse`](views::SessionResponse) |
    /// | `DELETE /api/sessions/{sid}` | 204, that login is over; 404 for what is no living login of the caller's |
    /// | `POST /api/logout/all` | 200, all of the caller's logins are over, this one too |
    /// | `POST /api/logout/others` | a refresh token in, the next pair out; all of the caller's logins but that token's are over |
    ///
    /// 404 throughout when the store does not know sessions by user ([`Capabilities`](crate::store::Capabilities)).
    #[must_use]
    pub fn sessions(self) -> Self {
        Self { sessions: true, ..self }
    }

    /// Adds `GET /.well-known/jwks.json`: the public keys of the moment, for services that check our tokens by themselves. Its answer may be
    /// kept for five minutes. Where every key is a secret there is nothing to publish, and [`GuardedRouter::with_state`] refuses to start. The
    /// path is one of the outermost router: where a [`GuardedRouter`] with it is nested, the start warns of where it went.
    #[must_use]
    pub fn jwks(self) -> Self {
        Self { jwks: true, ..self }
    }

    /// Adds [`jwks`](Self::jwks) and the documents by which others find it, as an API server of Kubernetes has them:
    /// `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`, and both with the path of an `issuer` that
    /// has one behind them (RFC 8414 3.1). They say `issuer`, `jwks_uri`, which is `.well-known/jwks.json` below it, the algorithms, and nothing
    /// of a login: this is no OpenID provider. Needs an `issuer` that is an https URL, else [`GuardedRouter::with_state`] refuses to start.
    #[must_use]
    pub fn discovery(self) -> Self {
        Self { jwks: true, discovery: true, ..self }
    }

    /// Adds `POST /ticket` below the prefix, behind an access token: `{"ticket": ".."}`, which opens a handler with the option
    /// `ticket` once, for a browser's `WebSocket` or `EventSource` ([`JwtAuth::ticket_for`](crate::JwtAuth::ticket_for)).
    #[must_use]
    pub fn ticket(self) -> Self {
        Self { ticket: true, ..self }
    }

    /// Adds the routes to a router.
    ///
    /// # Panics
    /// As axum does when the router has one of the paths already. When the obtain view is wanted without the feature
    /// `password` and without a view of the application's own, or one of sliding tokens without the feature `django`.
    #[track_caller]
    pub fn attach_to<R: TokenRouter<State = S>>(&self, router: R) -> R {
        router.with_token_routes(self)
    }

    fn and(mut self, view: View) -> Self {
        if !self.views.contains(&view) {
            self.views.push(view);
        }
        self
    }
}

impl<S: UserState + Clone> TokenRoutes<S> {
    #[track_caller]
    fn router(&self) -> GuardedRouter<S> {
        let mut router = GuardedRouter::new();
        let paths = self.views.iter().flat_map(|view| view.paths().iter().map(move |path| (view, path)));
        for (view, path) in paths {
            let (path, handlers) = (format!("{}{path}", self.prefix), self.handlers(*view));
            let access = Access::public().because("token view");
            #[cfg(feature = "openapi")]
            let access =
                access.described(operations::token_view(*view, &path, self.own(*view).map(|own| (own.bodies)())));
            router = router
                .view("POST", &format!("{path}/"), access.clone(), handlers.clone())
                .view("POST", &path, access, handlers);
        }
        let parent = self.prefix.rsplit_once('/').map_or("", |(parent, _)| parent);
        let (list, end) = (get(views::list_sessions::<S>), delete(views::end_session::<S>));
        let (end_all, end_others) = (post(views::end_all_sessions::<S>), post(views::end_other_sessions::<S>));
        let ticket = post(views::token_ticket::<S>);
        #[cfg(feature = "openapi")]
        let (list, end, end_all, end_others, ticket) = (
            list.described(operations::list_sessions()),
            end.described(operations::end_session()),
            end_all.described(operations::end_all_sessions()),
            end_others.described(operations::end_other_sessions()),
            ticket.described(operations::token_ticket()),
        );
        for slash in ["", "/"].into_iter().filter(|_| self.sessions) {
            router = router
                .route(&format!("{parent}/sessions{slash}"), list.clone())
                .route(&format!("{parent}/sessions/{{sid}}{slash}"), end.clone())
                .route(&format!("{parent}/logout/all{slash}"), end_all.clone())
                .route(&format!("{parent}/logout/others{slash}"), end_others.clone());
        }
        for slash in ["", "/"].into_iter().filter(|_| self.ticket) {
            router = router.route(&format!("{}/ticket{slash}", self.prefix), ticket.clone());
        }
        self.with_keys(router)
    }

    /// What everybody may know of the keys.
    fn with_keys(&self, mut router: GuardedRouter<S>) -> GuardedRouter<S> {
        if self.jwks {
            let access = Access::public().publishing(Published::Keys);
            #[cfg(feature = "openapi")]
            let access = access.described(operations::jwks());
            router = router.view("GET", "/.well-known/jwks.json", access, axum::routing::get(views::jwks::<S>));
        }
        for path in views::DISCOVERY_PATHS.into_iter().filter(|_| self.discovery) {
            let access = Access::public().publishing(Published::Discovery);
            let view = axum::routing::get(views::discovery::<S>);
            router = router.view("GET", &format!("{path}/{{*path}}"), access.clone(), view.clone());
            #[cfg(feature = "openapi")]
            let access = access.described(operations::discovery());
            router = router.view("GET", path, access, view);
        }
        router
    }

    #[track_caller]
    fn handlers(&self, view: View) -> MethodRouter<S> {
        let (answer, is_shipped) = self.answer(view);
        let serve = move |State(state): State<S>, request: Request| serve(view, answer, is_shipped, state, request);
        axum::routing::post(serve).options(serve).fallback(serve)
    }

    /// What answers, and whether it is this crate's own.
    #[track_caller]
    fn answer(&self, view: View) -> (Answer<S>, bool) {
        match self.own(view) {
            Some(own) => (own.answer, false),
            None => (view.shipped(), true),
        }
    }

    fn own(&self, view: View) -> Option<OwnView<S>> {
        match view {
            View::Obtain => self.obtain,
            View::Refresh => self.refresh,
            _ => None,
        }
    }
}

impl View {
    /// This crate's own view.
    #[track_caller]
    fn shipped<S: UserState>(self) -> Answer<S> {
        match self {
            #[cfg(feature = "password")]
            Self::Obtain => {
                |state, request| Box::pin(views::token_obtain::<S, views::TokenObtainPairView>(state, request))
            }
            #[cfg(not(feature = "password"))]
            Self::Obtain => {
                panic!("the obtain view needs the feature `password`, or a view of your own: `obtain = MyView`")
            }
            Self::Refresh => |state, request| Box::pin(views::token_refresh::<S, TokenRefreshView>(state, request)),
            Self::Verify => |state, request| Box::pin(views::token_verify(state, request)),
            Self::Blacklist => |state, request| Box::pin(views::token_blacklist(state, request)),
            #[cfg(feature = "password")]
            Self::Reauthenticate => |state, request| Box::pin(views::token_reauthenticate(state, request)),
            Self::ObtainSliding | Self::RefreshSliding => crate::django::sliding_view(self),
        }
    }
}

impl<S: UserState + Clone> TokenRouter for GuardedRouter<S> {
    type State = S;

    #[track_caller]
    fn with_token_routes(self, routes: &TokenRoutes<S>) -> Self {
        self.merge(routes.router())
    }
}

impl<S: UserState + Clone> TokenRouter for axum::Router<S> {
    type State = S;

    #[track_caller]
    fn with_token_routes(self, routes: &TokenRoutes<S>) -> Self {
        self.merge(routes.router().into_axum())
    }
}

impl<R: TokenRouter, E> TokenRouter for Result<R, E> {
    type State = R::State;

    #[track_caller]
    fn with_token_routes(self, routes: &TokenRoutes<R::State>) -> Self {
        self.map(|router| router.with_token_routes(routes))
    }
}

impl<S> Clone for TokenRoutes<S> {
    fn clone(&self) -> Self {
        Self { prefix: self.prefix.clone(), views: self.views.clone(), ..*self }
    }
}

impl<S> Clone for OwnView<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for OwnView<S> {}

impl<S> fmt::Debug for TokenRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRoutes").field("prefix", &self.prefix).field("views", &self.views).finish_non_exhaustive()
    }
}
