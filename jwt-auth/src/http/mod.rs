//! HTTP: everything that touches axum.

#[cfg(any(feature = "password", feature = "sqlite", feature = "postgres"))]
mod accounts;
mod client;
pub(crate) mod credentials;
mod denial;
#[cfg(feature = "openapi")]
pub(crate) mod described;
pub(crate) mod extract;
pub(crate) mod features;
mod forwarded;
pub(crate) mod guard;
pub(crate) mod guard_options;
mod guards_seen;
pub(crate) mod layer;
#[cfg(feature = "django")]
mod metadata;
#[cfg(feature = "django")]
mod negotiation;
pub(crate) mod object_permissions;
pub(crate) mod rejection;
pub(crate) mod routes;
pub mod routing;
pub mod rule;
mod serializer;
pub(crate) mod state;
mod unread;
pub(crate) mod view;
pub mod views;
pub(crate) mod wording;
