//! An axum router inside a mount, which gets its state together with the router around it.

use axum::Router;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// A mounted `axum::Router<S>`, waiting for its state.
///
/// A mount's handler is asked with the state at each request, and axum gives a router its state by building all of its routes
/// anew. So the first state that is given here is kept with the router built for it; when there may be a second one, as
/// router and clone can get different states, nothing is kept, and each request builds.
pub(super) struct Docked<S>(Arc<Dock<S>>);

struct Dock<S> {
    router: Router<S>,
    ready: OnceLock<Router>,
    has_many_states: AtomicBool,
}

impl<S: Clone + Send + Sync + 'static> Docked<S> {
    pub(super) fn new(router: Router<S>) -> Self {
        Self(Arc::new(Dock { router, ready: OnceLock::new(), has_many_states: AtomicBool::new(false) }))
    }

    /// Takes the one state that its requests are going to have.
    pub(super) fn give(&self, state: &S) {
        if self.0.ready.set(self.0.router.clone().with_state(state.clone())).is_err() {
            self.give_any();
        }
    }

    /// From here on nobody knows what states its requests have.
    pub(super) fn give_any(&self) {
        self.0.has_many_states.store(true, Ordering::SeqCst);
    }

    /// The router with the state of a request.
    pub(super) fn with_state(&self, state: S) -> Router {
        match self.0.ready.get() {
            Some(router) if !self.0.has_many_states.load(Ordering::SeqCst) => router.clone(),
            _ => self.0.router.clone().with_state(state),
        }
    }
}

impl<S> Clone for Docked<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::State;
    use axum::routing::get;
    use tower_service::Service;

    async fn ask(docked: &Docked<&'static str>, state: &'static str) -> String {
        let request = axum::extract::Request::new(Body::empty());
        let answer = docked.with_state(state).call(request).await.expect("no error");
        let body = axum::body::to_bytes(answer.into_body(), 99).await.expect("a body");
        String::from_utf8_lossy(&body).into_owned()
    }

    fn docked() -> Docked<&'static str> {
        Docked::new(Router::new().route("/", get(async |State(state): State<&'static str>| state)))
    }

    #[tokio::test]
    async fn one_state_is_kept() {
        let docked = docked();
        docked.give(&"one");
        assert_eq!(ask(&docked, "whatever").await, "one");
    }

    #[tokio::test]
    async fn two_states_are_not_mixed_up() {
        let (docked, leaving, never) = (docked(), docked(), docked());
        docked.give(&"one");
        docked.clone().give(&"two");
        leaving.give(&"one");
        leaving.give_any();
        for docked in [docked, leaving, never] {
            for state in ["one", "two", "three"] {
                assert_eq!(ask(&docked, state).await, state);
            }
        }
    }
}
