//! HTTP: everything that touches axum.

pub(crate) mod credentials;
pub(crate) mod extract;
pub(crate) mod guard;
#[cfg(feature = "django")]
mod metadata;
#[cfg(feature = "django")]
mod negotiation;
pub(crate) mod rejection;
pub(crate) mod routes;
pub mod routing;
pub mod rule;
mod serializer;
pub(crate) mod state;
mod views;
