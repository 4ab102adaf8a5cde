//! An application in memory.

use super::{ManualClock, TestAnswer, TestToken};
use crate::auth::Builder;
use crate::auth::JwtAuth;
use ::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use ::http::{Method, Request};
use axum::body::Body;
use serde::Serialize;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use tower_service::Service;

/// An application without a socket: its router, the [`JwtAuth`] in it, and a clock to turn.
///
/// ```
/// use jwt_auth::routing::{GuardedRouter, get};
/// use jwt_auth::testing::{TestApp, TestToken};
/// use jwt_auth::{JwtAuth, Permissions, Secret, Settings, protected};
/// use std::time::Duration;
///
/// #[derive(Permissions)]
/// enum Perm { OrdersRead }
///
/// #[protected(Perm::OrdersRead)]
/// async fn orders() -> &'static str { "[]" }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let settings = Settings { rotate_refresh_tokens: false, ..Settings::new(Secret::generate().unwrap()) };
/// let app = TestApp::start(JwtAuth::builder(settings), |auth: JwtAuth| {
///     GuardedRouter::new().route("/orders", get(orders)).with_state(auth)
/// })
/// .await;
///
/// let ada = TestToken::access("1").permission(&Perm::OrdersRead);
/// assert_eq!(app.get("/orders").caller(&ada).send().await.status, 200);
/// assert_eq!(app.get("/orders").caller(&TestToken::access("2")).send().await.status, 403);
/// assert_eq!(app.get("/orders").send().await.status, 401);
///
/// let token = ada.sign(&app.auth);
/// app.clock.advance(Duration::from_secs(600));
/// assert_eq!(app.get("/orders").bearer(&token).send().await.status, 401);
/// # });
/// ```
#[doc(alias = "APIClient")]
#[doc(alias = "force_authenticate")]
#[doc(alias = "WithMockUser")]
#[derive(Clone, Debug)]
pub struct TestApp<U = crate::auth::NoUser> {
    /// The router, its state given.
    pub router: axum::Router,
    /// What stands behind it.
    pub auth: JwtAuth<U>,
    /// The clock of `auth`.
    pub clock: ManualClock,
}

/// A request to a [`TestApp`].
pub struct TestRequest {
    router: axum::Router,
    request: Request<Body>,
    caller: Option<TestToken>,
    sign: Sign,
}

/// Makes the token of a caller.
type Sign = Box<dyn FnOnce(TestToken) -> Pin<Box<dyn Future<Output = String> + Send>> + Send>;

impl<U: Send + Sync + 'static> TestApp<U> {
    /// Starts what the builder says, on a clock that stands still, with password hashes that are quick to compute.
    ///
    /// # Panics
    /// When the settings cannot stand, with every fault.
    pub async fn start(builder: Builder<U>, router: impl FnOnce(JwtAuth<U>) -> axum::Router) -> Self {
        let clock = ManualClock::default();
        let builder = builder.clock(clock.clone());
        #[cfg(feature = "password")]
        let builder = builder.password_hasher(super::quick_hasher());
        match builder.start().await {
            Ok(auth) => Self { router: router(auth.clone()), auth, clock },
            Err(error) => panic!("{error}"),
        }
    }

    /// A `GET`.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// A `POST` of a JSON value.
    ///
    /// # Panics
    /// When the value is no JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &impl Serialize) -> TestRequest {
        self.request(Method::POST, path).json(body)
    }

    /// Any method.
    ///
    /// # Panics
    /// When the path is no URI.
    #[track_caller]
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a path is a URI");
        let auth = self.auth.clone();
        let sign: Sign = Box::new(move |token| Box::pin(async move { token.of_user(&auth).await.sign(&auth) }));
        TestRequest { router: self.router.clone(), request, caller: None, sign }
    }
}

impl TestRequest {
    /// Comes with this token, minted for the application when it is sent: with the claims, permissions and roles that the user store has for
    /// the user, where it has one of that id ([`TestToken::of_user`]).
    #[must_use]
    pub fn caller(mut self, token: &TestToken) -> Self {
        self.caller = Some(token.clone());
        self
    }

    /// Comes with this token in the header `Authorization`.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        self.caller = None;
        self.header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Any header.
    ///
    /// # Panics
    /// When the value is none for a header.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header's value is visible ASCII");
        self.request.headers_mut().insert(name, value);
        self
    }

    /// A JSON body.
    ///
    /// # Panics
    /// When the value is no JSON.
    #[must_use]
    #[track_caller]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        let text = serde_json::to_string(body).expect("a body of a test is JSON");
        *self.request.body_mut() = Body::from(text);
        self.header(CONTENT_TYPE, "application/json")
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// When the body of the answer breaks off, or the user store does not say who the caller is.
    pub async fn send(mut self) -> TestAnswer {
        if let Some(token) = self.caller.take() {
            let token = (self.sign)(token).await;
            let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a token is visible ASCII");
            self.request.headers_mut().insert(AUTHORIZATION, value);
        }
        let mut router = self.router;
        let answer = match router.call(self.request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        TestAnswer::read(answer).await
    }
}

impl fmt::Debug for TestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers hold a token.
        let (method, path) = (self.request.method(), self.request.uri().path());
        f.debug_struct("TestRequest").field("method", method).field("path", &path).finish_non_exhaustive()
    }
}
