//! The token URLs.

#[cfg(feature = "django")]
use super::metadata;
use super::routing::GuardedRouter;
use super::state::UserState;
use super::views;
use ::http::{Method, StatusCode, header};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};

/// Which token views an application serves, and where. `#[token_routes("/api/token")]` writes this builder.
///
/// | view | path | answers |
/// |---|---|---|
/// | [`View::Obtain`] | the prefix itself | `POST` with user name and password: a token pair |
/// | [`View::Refresh`] | `/refresh` | `POST` with a refresh token: a new access token |
/// | [`View::Verify`] | `/verify` | `POST` with any token: whether it is good |
/// | [`View::Blacklist`] | `/blacklist` | `POST` with a refresh token: logged out |
/// | [`View::Ticket`] | `/ticket` | `POST` with an access token in the header: a ticket, only when named |
/// | `View::ObtainSliding` | `/sliding` | `POST` with user name and password: one sliding token; feature `django`, and only when named |
/// | `View::RefreshSliding` | `/sliding/refresh` | `POST` with a sliding token: the same, renewed; likewise |
///
/// Every path answers with and without a slash at its end. Other methods get 405 in DRF's words.
///
/// ```
/// # #[cfg(feature = "password")] {
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::{JwtAuth, TokenRoutes, User};
///
/// # #[derive(Clone)] struct Account;
/// # impl User for Account { fn identity(&self) -> jwt_auth::user::Identity<'_> { unreachable!() } }
/// let router: GuardedRouter<JwtAuth<Account>> =
///     TokenRoutes::at("/api/token").attach_to(GuardedRouter::new());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TokenRoutes {
    prefix: String,
    views: Vec<View>,
}

/// A token view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum View {
    /// SimpleJWT's `TokenObtainPairView`; needs the feature `password`.
    #[cfg(feature = "password")]
    Obtain,
    /// SimpleJWT's `TokenRefreshView`.
    Refresh,
    /// SimpleJWT's `TokenVerifyView`.
    Verify,
    /// SimpleJWT's `TokenBlacklistView`.
    Blacklist,
    /// A single-use ticket for a browser's socket ([`JwtAuth::ticket_for`](crate::JwtAuth::ticket_for)); not among
    /// [`ALL`](Self::ALL), because it is of use only beside a handler with the option `ticket`.
    Ticket,
    /// SimpleJWT's `TokenObtainSlidingView`; not among [`ALL`](Self::ALL), because who has sessions needs no sliding tokens.
    #[cfg(feature = "django")]
    ObtainSliding,
    /// SimpleJWT's `TokenRefreshSlidingView`; not among [`ALL`](Self::ALL).
    #[cfg(feature = "django")]
    RefreshSliding,
}

/// A router that [`TokenRoutes`] can be attached to: [`GuardedRouter`], `axum::Router`, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "token routes cannot be attached to `{Self}`",
    label = "neither a `GuardedRouter<S>` nor an `axum::Router<S>`, nor a `Result` of one",
    note = "return `GuardedRouter<App>`, `App` being a state with `#[derive(AuthState)]` whose user type implements `User`"
)]
pub trait TokenRouter: Sized {
    #[doc(hidden)]
    fn with_token_routes(self, routes: &TokenRoutes) -> Self;
}

impl TokenRoutes {
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
        Self { prefix: prefix.to_owned(), views: View::ALL.to_vec() }
    }

    /// These views and no others. Defaults to all.
    #[must_use]
    pub fn only(self, views: impl IntoIterator<Item = View>) -> Self {
        let mut only: Vec<View> = Vec::new();
        for view in views {
            if !only.contains(&view) {
                only.push(view);
            }
        }
        Self { views: only, ..self }
    }

    /// Adds the routes to a router.
    ///
    /// # Panics
    /// As axum does when the router has one of the paths already.
    #[track_caller]
    pub fn attach_to<R: TokenRouter>(&self, router: R) -> R {
        router.with_token_routes(self)
    }

    fn routes<S: UserState>(&self) -> impl Iterator<Item = (String, MethodRouter<S>)> {
        self.views.iter().flat_map(|view| {
            let path = format!("{}{}", self.prefix, view.path());
            let handlers = view.handlers::<S>();
            [(format!("{path}/"), handlers.clone()), (path, handlers)]
        })
    }
}

impl View {
    /// All of them that are compiled in, but for tickets and sliding tokens.
    pub const ALL: &[Self] = &[
        #[cfg(feature = "password")]
        Self::Obtain,
        Self::Refresh,
        Self::Verify,
        Self::Blacklist,
    ];

    const fn path(self) -> &'static str {
        match self {
            #[cfg(feature = "password")]
            Self::Obtain => "",
            Self::Refresh => "/refresh",
            Self::Verify => "/verify",
            Self::Blacklist => "/blacklist",
            Self::Ticket => "/ticket",
            #[cfg(feature = "django")]
            Self::ObtainSliding => "/sliding",
            #[cfg(feature = "django")]
            Self::RefreshSliding => "/sliding/refresh",
        }
    }

    fn handlers<S: UserState>(self) -> MethodRouter<S> {
        let serve = move |State(state): State<S>, request: Request| serve(self, state, request);
        post(serve).options(serve).fallback(serve)
    }

    async fn answer<S: UserState>(self, state: S, request: Request) -> Response {
        match self {
            #[cfg(feature = "password")]
            Self::Obtain => views::token_obtain_pair(state, request).await,
            Self::Refresh => views::token_refresh(state, request).await,
            Self::Verify => views::token_verify(state, request).await,
            Self::Blacklist => views::token_blacklist(state, request).await,
            Self::Ticket => views::token_ticket(state, request).await,
            #[cfg(feature = "django")]
            Self::ObtainSliding => views::token_obtain_sliding(state, request).await,
            #[cfg(feature = "django")]
            Self::RefreshSliding => views::token_refresh_sliding(state, request).await,
        }
    }
}

async fn serve<S: UserState>(view: View, state: S, request: Request) -> Response {
    #[cfg(feature = "django")]
    if state.jwt_auth().settings().profile.is_simple_jwt() {
        let answer = match metadata::not_acceptable(request.headers()) {
            Some(refusal) => refusal,
            None if *request.method() == Method::OPTIONS => metadata::describe(view, state.jwt_auth().settings()),
            None => by_method(view, state, request).await,
        };
        return metadata::with_headers(answer);
    }
    by_method(view, state, request).await
}

async fn by_method<S: UserState>(view: View, state: S, request: Request) -> Response {
    match *request.method() {
        Method::POST => view.answer(state, request).await,
        Method::OPTIONS => (StatusCode::NO_CONTENT, [ALLOW]).into_response(),
        ref method => method_not_allowed(method),
    }
}

impl<S: UserState> TokenRouter for GuardedRouter<S> {
    fn with_token_routes(self, routes: &TokenRoutes) -> Self {
        routes.routes::<S>().fold(self, |router, (path, view)| router.view(&path, view))
    }
}

impl<S: UserState> TokenRouter for axum::Router<S> {
    fn with_token_routes(self, routes: &TokenRoutes) -> Self {
        routes.routes::<S>().fold(self, |router, (path, view)| router.route(&path, view))
    }
}

impl<R: TokenRouter, E> TokenRouter for Result<R, E> {
    fn with_token_routes(self, routes: &TokenRoutes) -> Self {
        self.map(|router| router.with_token_routes(routes))
    }
}

const ALLOW: (header::HeaderName, &str) = (header::ALLOW, "POST, OPTIONS");

/// DRF's answer, word for word.
fn method_not_allowed(method: &Method) -> Response {
    let detail = format!("Method \"{method}\" not allowed.");
    let body = serde_json::json!({ "detail": detail }).to_string();
    let json = (header::CONTENT_TYPE, "application/json");
    (StatusCode::METHOD_NOT_ALLOWED, [ALLOW, json], body).into_response()
}
