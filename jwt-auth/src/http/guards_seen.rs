//! Which guard layers stand in a layer, a stack of many perhaps.
//!
//! Rust cannot ask a type whether it is a [`GuardLayer`](super::layer::GuardLayer), or holds one. So a layer is put around nothing,
//! and each guard layer that is called meanwhile says so.

use super::routing::Access;
use axum::body::Body;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use std::cell::RefCell;
use std::convert::Infallible;
use tower_layer::Layer;
use tower_service::Service;

/// The guards in a layer, the innermost first.
pub(crate) fn guards_in<L>(layer: &L) -> Vec<Access>
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request<Body>>>::Future: Send + 'static,
{
    SEEN.set(Some(Vec::new()));
    // Its 405 is the one thing there.
    drop(MethodRouter::<()>::new().layer::<_, Infallible>(layer.clone()));
    SEEN.take().unwrap_or_default()
}

/// Called by each guard layer that is put around something.
pub(crate) fn note(guard: impl FnOnce() -> Access) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.push(guard());
        }
    });
}

thread_local! {
    static SEEN: RefCell<Option<Vec<Access>>> = const { RefCell::new(None) };
}
