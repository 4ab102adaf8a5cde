//! The ready client: reqwest.

use super::address::is_public;
use super::{JwksAnswer, JwksClient, JwksError, JwksRequest};
use crate::settings::Settings;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CACHE_CONTROL, HeaderMap};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, ClientBuilder, StatusCode};
use std::time::Duration;

/// Fetches over the network.
pub(crate) struct HttpJwksClient {
    anywhere: Client,
    /// Reaches public addresses only, whatever a name is resolved to.
    public: Client,
}

/// To connect, and between two pieces of an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than an issuer that moved its paths about would need.
const MOST_REDIRECTS: usize = 3;

impl HttpJwksClient {
    /// What is wrong with `jwk_ca_file` is the error.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let authorities = settings.jwk_ca_file.as_ref().map(|path| {
            let pem = std::fs::read(path).map_err(|error| error.to_string())?;
            let found = Certificate::from_pem_bundle(&pem).map_err(|_| "it holds no certificates as PEM".to_owned())?;
            if found.is_empty() { Err("it holds no certificates as PEM".to_owned()) } else { Ok(found) }
        });
        let authorities = authorities.transpose()?;
        let build = |builder: ClientBuilder| {
            let builder = match &authorities {
                Some(authorities) => builder.tls_certs_only(authorities.clone()),
                None => builder,
            };
            builder.build().map_err(|error| format!("TLS cannot be set up: {error:?}"))
        };
        Ok(Self {
            anywhere: build(base())?,
            // A proxy would resolve the name itself.
            public: build(base().no_proxy().dns_resolver(PublicOnly))?,
        })
    }
}

fn base() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("jwt-auth/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE)
        .redirect(Policy::custom(|attempt| if stays(&attempt) { attempt.follow() } else { attempt.stop() }))
        .referer(false)
        // The application may have switched these on for itself: what is unpacked has no bound.
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        // One request in minutes: a connection that is kept is one that is broken by then.
        .pool_max_idle_per_host(0)
}

/// Whether a redirect leads to the same server.
fn stays(attempt: &Attempt<'_>) -> bool {
    let previous = attempt.previous();
    let is_same = previous.first().is_some_and(|first| first.origin() == attempt.url().origin());
    is_same && previous.len() <= MOST_REDIRECTS
}

impl JwksClient for HttpJwksClient {
    async fn fetch(&self, request: JwksRequest<'_>) -> Result<JwksAnswer, JwksError> {
        let client = if request.public_only { &self.public } else { &self.anywhere };
        let accept = "application/jwk-set+json, application/json";
        let mut answer = client.get(request.url).header("accept", accept).send().await.map_err(unreachable)?;
        match answer.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => return Err(JwksError::Redirected),
            status => return Err(JwksError::Status(status.as_u16())),
        }
        let cache_control = cache_control(answer.headers());
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + piece.len() > JwksAnswer::MAX_BYTES {
                return Err(JwksError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(JwksAnswer { body, cache_control })
    }
}

/// What the resolver has refused stays so; all else may pass.
fn unreachable(error: reqwest::Error) -> JwksError {
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        if matches!(inner.downcast_ref(), Some(JwksError::ForbiddenAddress)) {
            return JwksError::ForbiddenAddress;
        }
        cause = inner.source();
    }
    // The address may have a secret in its query.
    JwksError::Unreachable(error.without_url().into())
}

/// All lines of it as one (RFC 9110 5.3).
fn cache_control(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The addresses of a name that are everybody's. What is connected to is what was looked at, so a name that changes its address meanwhile
/// gains nothing.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(JwksError::ForbiddenAddress.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}
