//! A rule around services that know nothing of axum.

use super::guard::{GuardText, check};
use super::guard_options::ClaimsOnly;
use super::guards_seen;
use super::routing::Access;
use super::rule::Rule;
use super::state::AuthState;
use super::unread::Unread;
use ::http::{Request, Response};
use axum::body::Body;
use axum::response::IntoResponse;
use http_body::Body as HttpBody;
use http_body_util::Either;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// A tower layer that puts a rule around any service of HTTP requests: hyper's, tonic's, a proxy.
///
/// A refused request never reaches the service; its answer is the one that guarded routes give. In an application of axum,
/// [`GuardedRouter::mount`](crate::routing::GuardedRouter::mount) is shorter, and the access table shows it.
///
/// Guards and extractors behind the layer take the token it has verified, and the user it has loaded, when they belong to the
/// same `JwtAuth`. A service without axum calls the extractors by hand:
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use axum::body::Body;
/// use axum::extract::FromRequestParts;
/// use http::{Request, Response};
/// use jwt_auth::{GuardLayer, IsAdminUser, JwtAuth, Rejection, TokenUser, rule};
/// use tower_layer::Layer;
/// use tower_service::Service;
///
/// #[derive(Clone)]
/// struct Greeter {
///     auth: JwtAuth,
/// }
///
/// impl Greeter {
///     async fn greet(self, request: Request<Body>) -> Result<Response<String>, Rejection> {
///         let (mut parts, _) = request.into_parts();
///         let user = TokenUser::from_request_parts(&mut parts, &self.auth).await?;
///         Ok(Response::new(format!("hello {}", user.id())))
///     }
/// }
/// # impl Service<Request<Body>> for Greeter {
/// #     type Response = Response<String>;
/// #     type Error = Rejection;
/// #     type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<String>, Rejection>> + Send>>;
/// #     fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Rejection>> {
/// #         std::task::Poll::Ready(Ok(()))
/// #     }
/// #     fn call(&mut self, request: Request<Body>) -> Self::Future { Box::pin(self.clone().greet(request)) }
/// # }
///
/// fn service(auth: JwtAuth) -> impl Service<Request<Body>> {
///     GuardLayer::new(auth.clone(), rule!(IsAdminUser || scope("greetings"))).layer(Greeter { auth })
/// }
/// # }
/// ```
///
/// `axum::Router::layer` takes it too, for the routes added before and the 404, and it decides before anything further in. Put
/// it further in than a CORS layer, which answers a browser's `OPTIONS` requests that carry no token. On a
/// [`GuardedRouter`](crate::routing::GuardedRouter) the access table shows it beside the rule of each route: `public behind IsAdminUser`.
#[doc(alias = "RequireAuthorization")]
#[doc(alias = "RequireAuthorizationLayer")]
#[doc(alias = "AsyncRequireAuthorizationLayer")]
#[doc(alias = "AuthManagerLayer")]
#[doc(alias = "AuthorizationLayer")]
pub struct GuardLayer<S, R> {
    state: S,
    rule: PhantomData<fn() -> R>,
}

/// A service behind a rule: what [`GuardLayer`] makes.
pub struct GuardService<T, S, R> {
    inner: T,
    layer: GuardLayer<S, R>,
}

impl<S: AuthState, R: Rule<S>> GuardLayer<S, R> {
    /// A layer that lets a request pass when it carries a good token of this `JwtAuth`, or of the state that holds it, and the
    /// rule allows it.
    ///
    /// The rule is a value, as in [`GuardedRouter::mount`](crate::routing::GuardedRouter::mount): `IsAdminUser`, or
    /// [`rule!`](macro@crate::rule) with any expression.
    pub fn new(auth: S, rule: R) -> Self {
        let _ = rule;
        Self { state: auth, rule: PhantomData }
    }
}

impl<T, S: AuthState + Clone, R: Rule<S>> Layer<T> for GuardLayer<S, R> {
    type Service = GuardService<T, S, R>;

    fn layer(&self, inner: T) -> Self::Service {
        guards_seen::note(Access::guard::<S, R, ClaimsOnly>);
        GuardService { inner, layer: self.clone() }
    }
}

impl<T, S, R, B, C> Service<Request<B>> for GuardService<T, S, R>
where
    T: Service<Request<B>, Response = Response<C>> + Clone + Send + 'static,
    T::Future: Send,
    S: AuthState + Clone,
    R: Rule<S>,
    B: HttpBody + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Either<C, Body>>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, T::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that has said it is ready is called, and a clone takes its place.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        let state = self.layer.state.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match check::<S, R, ClaimsOnly>(&mut parts, &state).await {
                Ok(()) => Ok(inner.call(Request::from_parts(parts, body)).await?.map(Either::Left)),
                Err(rejection) => {
                    let refusal = rejection.into_response();
                    let refusal = match Unread::of(parts.version, &parts.headers) {
                        Some(unread) => unread.put_away(body, refusal).await,
                        None => refusal,
                    };
                    Ok(refusal.map(Either::Right))
                }
            }
        })
    }
}

impl<S: Clone, R> Clone for GuardLayer<S, R> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), rule: PhantomData }
    }
}

impl<T: Clone, S: Clone, R> Clone for GuardService<T, S, R> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S: AuthState, R: Rule<S>> fmt::Debug for GuardLayer<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardLayer({})", GuardText::<S, R, ClaimsOnly>::NEW)
    }
}

impl<T, S: AuthState, R: Rule<S>> fmt::Debug for GuardService<T, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GuardService").field(&self.layer).finish()
    }
}
