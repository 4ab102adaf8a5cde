//! The attributes and derives of `jwt-auth`. Use them from there: `jwt_auth::protected` and so on.
//!
//! Each macro reads its input into one checked structure (`parse`), says what is wrong with it (`valid`, all mistakes at
//! once) and only then writes code (`expand`). An item with mistakes is emitted beside the messages, so that one mistake does
//! not make ten.

mod auth_state;
mod ctxt;
mod duration;
mod guard_options;
mod handler;
mod options;
mod paths;
mod permissions;
mod protected;
mod routes;
mod rule;
mod spelled;
mod suggest;
#[cfg(test)]
mod tests;
mod token_routes;

use proc_macro::TokenStream;

/// Guards a handler: only a request with a good token, whom the rule allows, gets in.
///
/// ```
/// use axum::Json;
/// use jwt_auth::{IsAdminUser, Permissions, protected};
///
/// #[derive(Permissions)]
/// enum Perm {
///     OrdersWrite,
///     Suspended,
/// }
///
/// /// Anybody with a good token.
/// #[protected]
/// async fn ping() -> &'static str {
///     "pong"
/// }
///
/// /// Who holds the permission and is not suspended; staff in any case.
/// #[protected((Perm::OrdersWrite && !Perm::Suspended) || IsAdminUser, user)]
/// async fn order(Json(order): Json<Vec<u32>>) -> String {
///     format!("{} items", order.len())
/// }
/// ```
///
/// The attribute puts one argument of no size, a `Guard`, before the others; nothing else about the function changes. axum runs
/// extractors from left to right, so the guard answers before any other extractor and before the body is read: 401 without a
/// good token, then 403 when the rule says no.
///
/// # Rule
/// Rust's `&&`, `||`, `!` and parentheses with Rust's precedence, over
/// - `Perm::X`, a variant of an enum with `#[derive(Permissions)]` (a path whose last segment but one begins with an upper-case
///   letter),
/// - `scope("orders:write")` and `role("support")`, at most 64 bytes, for the names of other issuers,
/// - `IsAuthenticated`, `IsAdminUser`, or any type that implements `jwt_auth::Rule`.
///
/// Without a rule everybody with a good token passes. A rule that somebody without any grant satisfies (`!Perm::Suspended`
/// alone) does not compile.
///
/// # Options
/// - `user`: load the user, refuse an inactive one (401), and judge the rule on the user. Without it the claims are judged and no
///   store is read.
/// - `ticket`: without an `Authorization` header, take a single-use ticket from the query (`?ticket=..`), for browsers' sockets.
/// - `live`: ask the store at each request whether the session is alive, where a logout on another node would be known a moment
///   later. A token that belongs to no session does not pass.
/// - `fresh = "5m"`: the user has proven who they are within this time (`s`, `m`, `h`, `d`), by the claim `auth_time`. A refresh does not
///   renew it, a re-authentication does. If it is longer ago, 401 with the challenge of RFC 9470.
/// - `acr = "mfa"`: the claim `acr` is this authentication context class, or one of several with spaces between them. Otherwise likewise.
/// - `crate = path`: where `jwt_auth` is, when it was renamed.
///
/// # Other attributes
/// Free functions, associated functions without `self` and generic functions can be guarded. Put `#[axum::debug_handler]` **below**
/// `#[protected]`: above it, it checks the arguments as they were before the guard was there, and reports E0061. A handler has at
/// most 15 arguments of its own. When axum only says that `Handler` is not satisfied, `#[axum::debug_handler]` names the argument.
#[doc(alias = "login_required")]
#[doc(alias = "permission_required")]
#[doc(alias = "IsAuthenticated")]
#[doc(alias = "RequireAuthorization")]
#[doc(alias = "PreAuthorize")]
#[doc(alias = "Secured")]
#[doc(alias = "Authorize")]
#[proc_macro_attribute]
pub fn protected(args: TokenStream, item: TokenStream) -> TokenStream {
    protected::protected(args.into(), item.into()).into()
}

/// Says that a handler is open to everybody, where a guarded router would not take it otherwise.
///
/// With an optional extractor it knows the caller all the same: no token is `None`, and a bad token is still 401.
///
/// ```
/// use jwt_auth::public;
///
/// #[public]
/// async fn health() -> &'static str {
///     "ok"
/// }
/// ```
///
/// It puts one argument of no size, `Public`, before the others. The one option is `crate = path`.
#[doc(alias = "AllowAny")]
#[doc(alias = "AllowAnonymous")]
#[doc(alias = "permitAll")]
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    protected::public(args.into(), item.into()).into()
}

/// A rule as a value, for `GuardedRouter::mount`: the same expressions that [`macro@protected`] takes.
///
/// ```
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::{IsAdminUser, JwtAuth, rule};
///
/// let metrics: axum::Router = axum::Router::new();
/// let router: GuardedRouter<JwtAuth> =
///     GuardedRouter::new().mount("/metrics", rule!(IsAdminUser || scope("metrics")), metrics);
/// ```
///
/// The options are those of `#[protected]`: `rule!(IsAdminUser, user)` loads the user, refuses an
/// inactive one (401), and judges the rule on the user.
#[proc_macro]
pub fn rule(args: TokenStream) -> TokenStream {
    rule::value(args.into()).into()
}

/// Guarded handlers with their methods, paths and descriptions, for `GuardedRouter::routes`: what utoipa-axum's `routes!` is for
/// its router.
///
/// ```
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::{JwtAuth, protected, routes};
///
/// /// The caller's name.
/// #[utoipa::path(get, path = "/me", responses((status = 200, description = "It", body = String)))]
/// #[protected]
/// async fn me() -> &'static str {
///     "it is you"
/// }
///
/// let router: GuardedRouter<JwtAuth> = GuardedRouter::new().routes(routes!(me));
/// assert_eq!(router.access_table().to_string(), "GET /me IsAuthenticated\n");
/// ```
///
/// Each handler has `#[utoipa::path]` and, above or below it, `#[protected]` or `#[public]`. It is called by the path of its module:
/// after `use orders::create`, `routes!(create)` does not find the type `__path_create` that `#[utoipa::path]` has made beside it. A
/// handler without that attribute says the same.
///
/// `crate = path` says where `jwt_auth` is, when it was renamed.
#[proc_macro]
pub fn routes(args: TokenStream) -> TokenStream {
    routes::routes(args.into()).into()
}

/// Makes an enum a set of permissions (`jwt_auth::PermissionSet`), whose variants stand in rules.
///
/// A variant is called in tokens by its words in lower case with colons between them, or by what `#[permission("..")]` says.
/// Variants have no fields and no numbers; there are at most 128, because a request holds them as bits.
///
/// ```
/// use jwt_auth::{PermissionSet, Permissions};
///
/// #[derive(Permissions, Clone, Copy)]
/// enum Perm {
///     OrdersRead,
///     OrdersWrite,
///     #[permission("admin")]
///     Admin,
/// }
///
/// assert_eq!(Perm::NAMES, ["orders:read", "orders:write", "admin"]);
/// assert_eq!(Perm::OrdersWrite.name(), "orders:write");
/// ```
///
/// `#[permission(crate = path)]` on the enum says where `jwt_auth` is, when it was renamed.
#[doc(alias = "AuthzBackend")]
#[doc(alias = "GrantedAuthority")]
#[proc_macro_derive(Permissions, attributes(permission))]
pub fn derive_permissions(item: TokenStream) -> TokenStream {
    permissions::derive(item.into()).into()
}

/// Makes a struct a router state that guards, extractors and views find their `JwtAuth` in (`jwt_auth::AuthState`).
///
/// It is the field whose type is called `JwtAuth`, or the one with `#[auth]`, whose type may then be anything that is an
/// `AuthState` itself. The user type comes from there.
///
/// ```
/// use jwt_auth::user::Identity;
/// use jwt_auth::{AuthState, JwtAuth, User};
///
/// #[derive(Clone)]
/// struct Account(u64);
///
/// impl User for Account {
///     fn identity(&self) -> Identity<'_> {
///         Identity { id: self.0.to_string(), password_hash: "", is_active: true }
///     }
/// }
///
/// #[derive(Clone, AuthState)]
/// struct App {
///     auth: JwtAuth<Account>,
///     name: &'static str,
/// }
/// ```
///
/// `#[auth(crate = path)]` on the struct says where `jwt_auth` is, when it was renamed.
#[proc_macro_derive(AuthState, attributes(auth))]
pub fn derive_auth_state(item: TokenStream) -> TokenStream {
    auth_state::derive(item.into()).into()
}

/// Adds the token views to the router that a function returns.
///
/// ```
/// use jwt_auth::routing::{GuardedRouter, get};
/// use jwt_auth::{JwtAuth, User, protected, token_routes};
/// # #[derive(Clone)] struct Account;
/// # impl User for Account { fn identity(&self) -> jwt_auth::user::Identity<'_> { unreachable!() } }
///
/// #[protected]
/// async fn me() -> &'static str {
///     "it is you"
/// }
///
/// /// POST /api/token/refresh, POST /api/token/verify, GET /me
/// #[token_routes("/api/token", only(refresh, verify))]
/// fn urls() -> GuardedRouter<JwtAuth<Account>> {
///     GuardedRouter::new().route("/me", get(me))
/// }
///
/// assert_eq!(urls().access_table().rows().len(), 3);
/// ```
///
/// The function returns a `GuardedRouter<S>`, an `axum::Router<S>` or a `Result` of one, may take arguments and may be async.
/// It becomes a call of the builder `TokenRoutes`, whose methods have the options' names, around `router`, which is what the body
/// made; an early `return` in the body leaves only the body. This attribute and this expression say the same:
///
/// ```text
/// #[token_routes("/api/token", only(obtain, refresh), obtain = MyView, sessions, jwks)]
/// TokenRoutes::at("/api/token").only([View::Obtain, View::Refresh]).obtain::<MyView>().sessions().jwks().attach_to(router)
/// ```
///
/// # Options
/// - `only(obtain, refresh, verify, blacklist)`: these views and no others. Defaults to these four (`obtain` needs the feature
///   `password`, or a view of your own).
/// - `obtain = MyView`: a login of your own (`jwt_auth::views::ObtainView`).
/// - `refresh = MyView`: a refresh with an answer of your own (`jwt_auth::views::RefreshView`).
/// - `reauthenticate`: a refresh token and its user's password for the next pair, which opens routes with `fresh` again (feature `password`).
/// - `sessions`: the sessions API beside the prefix's last segment: `GET /api/sessions`, `DELETE /api/sessions/{sid}`,
///   `POST /api/logout/all`, `POST /api/logout/others`.
/// - `jwks`: `GET /.well-known/jwks.json`, the public keys.
/// - `discovery`: `jwks`, and the documents that say whose they are and where (`/.well-known/openid-configuration`).
/// - `ticket`: `POST /api/token/ticket`, single-use tickets for browsers' sockets, which cannot send headers.
/// - `crate = path`: where `jwt_auth` is, when it was renamed.
#[doc(alias = "urlpatterns")]
#[doc(alias = "TokenObtainPairView")]
#[doc(alias = "TokenRefreshView")]
#[doc(alias = "TokenVerifyView")]
#[doc(alias = "TokenBlacklistView")]
#[proc_macro_attribute]
pub fn token_routes(args: TokenStream, item: TokenStream) -> TokenStream {
    token_routes::attach(args.into(), item.into()).into()
}
