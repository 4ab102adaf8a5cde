//! HTTP: everything that touches axum.

pub(crate) mod credentials;
pub mod extract;
pub mod guard;
pub mod rejection;
pub mod routes;
pub mod routing;
pub mod rule;
mod serializer;
pub mod state;
mod views;
