//! HTTP: what touches axum.
pub mod credentials;
pub mod rejection;
pub mod state;
