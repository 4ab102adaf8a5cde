//! The OpenAPI document of a guarded router.
//!
//! utoipa describes what handlers take and answer; what their guards ask and answer stands in the router, and is added from
//! there. See the guide *OpenAPI*.

mod completion;
mod paths;
mod routes;
mod security;

pub use routes::DescribedRoutes;

use crate::http::routing::{Access, GuardedRouter};
use crate::http::state::AuthState;
use ::http::header::CONTENT_TYPE;
use axum::body::Bytes;
use completion::Completion;
use utoipa::openapi::OpenApi;

/// The name of the security scheme, `Authorization: Bearer` with a JWT: drf-spectacular's for SimpleJWT.
///
/// A document that has a scheme of this name keeps it: name your header there when `auth_header_name` or
/// `auth_header_types` is set.
pub const SECURITY_SCHEME: &str = "jwtAuth";

/// With the feature `openapi`.
impl<S: AuthState + Clone> GuardedRouter<S> {
    /// Routes handlers with `#[utoipa::path]`, each at the path and for the methods that it names there:
    /// `.routes(routes!(list, create))`. The document then has them.
    ///
    /// # Panics
    /// As [`route`](Self::route) does.
    #[track_caller]
    pub fn routes(self, routes: DescribedRoutes<S>) -> Self {
        routes.into_iter().fold(self, |router, (path, methods)| router.route(&path, methods))
    }

    /// Completes a document with what the router knows, the application's of `#[derive(OpenApi)]` or an empty one:
    ///
    /// - the operations of [`routes`](Self::routes), of the token views, the sessions API and the public keys, as these
    ///   answer under the hardened settings, with their schemas;
    /// - for each other route, an operation that says no more than its path parameters and its guard;
    /// - for each operation, whoever described it: `security`, empty for a public one; the guard's answers 401, 403 (where
    ///   the rule can refuse a good token) and 503; and as `x-access` the rule, with its options;
    /// - the security scheme [`SECURITY_SCHEME`].
    ///
    /// What the document says already is kept. An operation belongs to the route with its path, whatever the path parameters
    /// are called and whether a slash is at its end; or to the mount it is below. Mounts, merged axum routers, fallbacks
    /// and handlers for [`any`](crate::routing::any) method have no operation of their own.
    ///
    /// ```
    /// # #[cfg(feature = "macros")] {
    /// use jwt_auth::routing::{GuardedRouter, get};
    /// use jwt_auth::{JwtAuth, protected};
    /// use utoipa::openapi::OpenApi;
    ///
    /// #[protected]
    /// async fn me() -> &'static str { "it is you" }
    ///
    /// let router: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/me", get(me));
    /// let document = router.openapi(OpenApi::default());
    /// let operation = document.paths.paths["/me"].get.as_ref().unwrap();
    /// assert_eq!(operation.responses.responses.keys().collect::<Vec<_>>(), ["401", "503", "default"]);
    /// # }
    /// ```
    pub fn openapi(&self, document: OpenApi) -> OpenApi {
        Completion::new(document, self.rows()).complete()
    }

    /// Serves the completed document as JSON, to everybody. The last step: it describes the routes added so far.
    ///
    /// # Panics
    /// As [`route`](Self::route) does.
    #[track_caller]
    pub fn serve_openapi(self, path: &str, document: OpenApi) -> Self {
        // What is serialized here are maps with string keys, which cannot fail.
        let document = Bytes::from(serde_json::to_string(&self.openapi(document)).unwrap_or_default());
        let answer = move || async move { ([(CONTENT_TYPE, "application/json")], document) };
        self.view("GET", path, Access::public().because("the OpenAPI document"), axum::routing::get(answer))
    }
}
