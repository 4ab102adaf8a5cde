//! HTTP: everything that touches axum.

#[cfg(any(feature = "password", feature = "sqlite", feature = "postgres"))]
mod accounts;
pub(crate) mod auth_header;
pub(crate) mod body;
mod challenge;
pub(crate) mod client;
#[cfg_attr(not(feature = "cookies"), path = "cookies/absent.rs")]
mod cookies;
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
pub(crate) mod object_permissions;
pub(crate) mod rejection;
pub(crate) mod routes;
pub mod routing;
pub mod rule;
mod serve_view;
pub(crate) mod state;
mod status;
pub(crate) mod unread;
pub(crate) mod view;
pub(crate) mod view_protocol;
pub mod views;
