//! Who fetches.

use super::{JwksAnswer, JwksError};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Fetches the documents of issuers, where the ready client of the feature `jwks-client` will not do: through a proxy of one's own, from a
/// file, in a test.
///
/// It should follow no redirect to another host, decompress nothing, read [`JwksAnswer::MAX_BYTES`] at most, and give up after two
/// seconds without a byte; whatever it does, a fetch is over after five.
///
/// ```
/// use jwt_auth::jwks::{JwksAnswer, JwksClient, JwksError, JwksRequest};
/// use jwt_auth::{JwtAuth, Settings};
///
/// struct Pinned;
///
/// impl JwksClient for Pinned {
///     async fn fetch(&self, request: JwksRequest<'_>) -> Result<JwksAnswer, JwksError> {
///         let file = match request.url {
///             "https://issuer.example/keys" => "issuer.jwks",
///             _ => return Err(JwksError::Status(404)),
///         };
///         let body = std::fs::read(file).map_err(|error| JwksError::Unreachable(error.into()))?;
///         Ok(JwksAnswer { body, cache_control: None })
///     }
/// }
///
/// # fn build(settings: Settings) {
/// let builder = JwtAuth::builder(settings).jwks_client(Pinned);
/// # let _ = builder;
/// # }
/// ```
pub trait JwksClient: Send + Sync + 'static {
    /// The body of a 200 to a `GET`.
    ///
    /// # Errors
    /// Whatever else comes of it. An error never ends what is known: keys of before stay.
    fn fetch(&self, request: JwksRequest<'_>) -> impl Future<Output = Result<JwksAnswer, JwksError>> + Send;
}

/// What is to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JwksRequest<'a> {
    /// The URL, `https` unless the settings allow otherwise.
    pub url: &'a str,
    /// Somebody else than the settings named it, and it is on another host than the issuer: no address of a private network may be
    /// asked.
    pub public_only: bool,
}

/// A client whose type is forgotten.
#[derive(Clone)]
pub(crate) struct AnyJwksClient(Arc<dyn DynJwksClient>);

type Fetching<'a> = Pin<Box<dyn Future<Output = Result<JwksAnswer, JwksError>> + Send + 'a>>;

trait DynJwksClient: Send + Sync {
    fn fetch<'a>(&'a self, request: JwksRequest<'a>) -> Fetching<'a>;
}

impl<C: JwksClient> DynJwksClient for C {
    fn fetch<'a>(&'a self, request: JwksRequest<'a>) -> Fetching<'a> {
        Box::pin(JwksClient::fetch(self, request))
    }
}

impl AnyJwksClient {
    pub(crate) fn new(client: impl JwksClient) -> Self {
        Self(Arc::new(client))
    }

    pub(super) async fn fetch(&self, request: JwksRequest<'_>) -> Result<JwksAnswer, JwksError> {
        self.0.fetch(request).await
    }
}

impl fmt::Debug for AnyJwksClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyJwksClient")
    }
}
