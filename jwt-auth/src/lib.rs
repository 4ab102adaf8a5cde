//! JWT authentication for axum.
mod auth;
pub mod claims;
pub mod clock;
pub mod error;
mod http;
pub mod keys;
pub mod revocation;
mod secret;
pub mod settings;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tokens;
pub mod user;
pub mod verify;
pub use self::http::rejection::Rejection;
pub use self::http::state::AuthState;
pub use auth::{JwtAuth, NoUser};
pub use claims::{ClaimError, Claims};
pub use secret::Secret;
pub use settings::Settings;
