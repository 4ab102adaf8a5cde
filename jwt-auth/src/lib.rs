//! JWT authentication for axum.
#[doc(hidden)]
pub mod __private;
mod auth;
pub mod claims;
pub mod clock;
pub mod error;
mod grants;
mod http;
pub mod keys;
mod permissions;
mod secret;
pub mod settings;
pub mod store;
pub mod tokens;
pub mod user;
pub mod verify;
pub use self::http::guard::{ClaimsOnly, Guard, GuardOptions, Public, WithUser};
pub use self::http::rejection::Rejection;
pub use self::http::routes::{TokenRouter, TokenRoutes, View};
pub use self::http::routing;
pub use self::http::rule;
pub use self::http::rule::{IsAdminUser, IsAuthenticated, Rule};
pub use self::http::state::{AuthState, StateUser};
pub use auth::{JwtAuth, NoUser};
pub use claims::{ClaimError, Claims};
#[cfg(feature = "macros")]
pub use jwt_auth_macros::{AuthState, Permissions, protected, public, rule, token_routes};
pub use permissions::PermissionSet;
pub use secret::Secret;
pub use settings::Settings;
pub use user::{User, UserStore};
