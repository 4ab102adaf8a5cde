//! HTTP: what touches axum.
pub mod credentials;
pub mod guard;
pub mod rejection;
pub mod routes;
pub mod routing;
pub mod rule;
pub mod state;
pub mod views;
