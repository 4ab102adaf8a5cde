//! Handlers that say what they are with `#[utoipa::path]`.

use crate::http::described::Described;
use crate::http::routing::{Guarded, MethodFilter, MethodRouter};
use crate::http::state::AuthState;
use axum::handler::Handler;
use std::fmt;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::HttpMethod;

/// Guarded handlers with their paths and their operations: what [`routes!`](macro@crate::routes) makes for
/// [`GuardedRouter::routes`](crate::routing::GuardedRouter::routes).
pub struct DescribedRoutes<S> {
    routes: Vec<(String, MethodRouter<S>)>,
}

impl<S: AuthState + Clone> DescribedRoutes<S> {
    /// No routes yet.
    #[doc(hidden)]
    pub fn new() -> Self {
        Self { routes: Vec::new() }
    }

    /// Adds a handler; `P` is what `#[utoipa::path]` has made beside it.
    #[doc(hidden)]
    pub fn and<P, H, T>(mut self, handler: H) -> Self
    where
        P: Path + SchemaReferences + for<'t> Tags<'t>,
        H: Handler<T, S>,
        T: Guarded<S> + 'static,
    {
        let mut operation = P::operation();
        let tags = P::tags();
        if !tags.is_empty() {
            operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
        }
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let described = Described { operation: Box::new(operation), schemas };
        let methods = P::methods().iter().map(filter).reduce(MethodFilter::or);
        let router = methods.map(|methods| MethodRouter::new().on(methods, handler).described(described));
        self.routes.extend(router.map(|router| (path::<P>(), router)));
        self
    }
}

impl<S> IntoIterator for DescribedRoutes<S> {
    type Item = (String, MethodRouter<S>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.routes.into_iter()
    }
}

/// In utoipa an empty path is that of the router itself, which axum writes `/`.
fn path<P: Path>() -> String {
    Some(P::path()).filter(|path| !path.is_empty()).unwrap_or_else(|| "/".to_owned())
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}

impl<S> fmt::Debug for DescribedRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|(path, _)| path)).finish()
    }
}
