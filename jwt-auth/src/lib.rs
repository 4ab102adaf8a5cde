// The front page is the README, whatever is switched on; its code needs these features.
#![cfg_attr(
    any(not(doctest), all(feature = "macros", feature = "password", feature = "sqlite")),
    doc = concat!(include_str!("guides/links.md"), include_str!("../README.md"))
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Floor 0: words.
pub mod claims;
pub mod clock;
pub mod error;
mod secret;
pub mod settings;

// Floor 1: tools.
mod base64url;
mod char_field;
mod compact;
mod json;
pub mod keys;
pub mod password;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
pub mod verify;

// Floor 2: meaning.
pub mod jwks;
pub mod revocation;
pub mod store;
pub mod tokens;
pub mod user;

// Floor 3: assembly.
pub mod audit;
mod auth;
mod flows;
mod permissions;

// Floor 4: HTTP.
mod http;

// The wing: what exists only because Django has it.
// Without the feature it is the stand-in that refuses its words.
#[cfg_attr(not(feature = "django"), path = "django/absent.rs")]
mod django;

// Side rooms: nothing leans on them.
// The macros name it with their own version: those of another one do not find it, where they would be misunderstood.
#[doc(hidden)]
#[path = "__private.rs"]
pub mod __private_0_1_0;
#[cfg(doc)]
pub mod guides;
#[cfg(feature = "jsonwebtoken")]
pub mod jsonwebtoken;
#[cfg(feature = "openapi")]
pub mod openapi;
#[cfg(feature = "testing")]
pub mod testing;

// The public interface is:
pub use auth::{Builder, Closed, CurrentSession, Health, JwtAuth, NoUser, StartError};
pub use claims::{ClaimError, Claims};
pub use error::{AuthError, StoreError, TokenError};
pub use flows::{Client, Login, Refreshed};
pub use http::extract::{CurrentUser, JwtAuthentication, TokenClaims};
pub use http::guard::{Guard, Public};
pub use http::guard_options::{Acr, ClaimsOnly, Fresh, GuardOptions, Live, Ticket, WithUser};
pub use http::layer::{GuardLayer, GuardService};
pub use http::object_permissions::ObjectPermissions;
pub use http::rejection::Rejection;
pub use http::routes::{TokenRouter, TokenRoutes};
pub use http::rule::{IsAdminUser, IsAuthenticated, Rule};
pub use http::state::{AuthState, StateUser};
pub use http::view::View;
pub use http::{routing, rule, views};
#[cfg(all(feature = "macros", feature = "openapi"))]
pub use jwt_auth_macros::routes;
#[cfg(feature = "macros")]
pub use jwt_auth_macros::{AuthState, Permissions, protected, public, rule, token_routes};
pub use permissions::PermissionSet;
pub use secret::Secret;
pub use settings::Settings;
pub use tokens::TokenPair;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use user::{AuthUser, NewUser, SqlUserStore};
pub use user::{TokenUser, User, UserStore};
