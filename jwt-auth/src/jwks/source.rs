//! Where an issuer's keys are, and what counts as them.

use super::address::is_public;
use super::cache_control::max_age;
use super::{AnyJwksClient, JwksAnswer, JwksError, JwksRequest};
use crate::claims::Claims;
use crate::keys::{JwkOrigin, JwkSet, VerifyingKey};
use crate::settings::{HttpUrl, Settings};
use std::sync::Arc;
use std::time::Duration;

/// One issuer's keys at their place.
#[derive(Debug)]
pub(super) struct Source {
    settings: Arc<Settings>,
    client: AnyJwksClient,
}

/// What a fetch brought.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) keys: Vec<VerifyingKey>,
    /// How old they may become before they are fetched again.
    pub(super) soft_ttl: Duration,
}

/// What comes of a fetch at last.
const PATIENCE: Duration = Duration::from_secs(5);

/// However short or long an issuer says.
const SOFT: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));

impl Source {
    pub(super) fn new(settings: Arc<Settings>, client: AnyJwksClient) -> Self {
        Self { settings, client }
    }

    /// Whom the keys are of, for the log: the issuer, or else where they are.
    pub(super) fn name(&self) -> &str {
        // Without the query, which may have a secret in it.
        let address = || self.settings.jwk_url.as_deref()?.split(['?', '#']).next();
        self.settings.issuer.as_deref().or_else(address).unwrap_or_default()
    }

    pub(super) fn cooldown(&self) -> Duration {
        self.settings.jwk_cooldown
    }

    /// The keys, and nothing less: an answer without a usable one is an error.
    pub(super) async fn fetch(&self) -> Result<Fetched, JwksError> {
        let answer = match (&self.settings.jwk_url, &self.settings.issuer) {
            (Some(url), _) => self.get(JwksRequest { url, public_only: false }).await?,
            (None, Some(issuer)) => {
                let (url, public_only) = self.discover(issuer).await?;
                self.get(JwksRequest { url: &url, public_only }).await?
            }
            (None, None) => return Err(JwksError::WrongDocument),
        };
        let text = std::str::from_utf8(&answer.body).map_err(|_| JwksError::NoUsableKeys)?;
        let set = JwkSet::read(text, &self.settings.fetched_algorithms(), JwkOrigin::Remote)
            .map_err(|_| JwksError::NoUsableKeys)?;
        for (position, error) in set.skipped() {
            tracing::debug!(target: "jwt_auth::jwks", issuer = self.name(), position, %error, "a key that is not used");
        }
        let keys = set.into_keys();
        if keys.is_empty() {
            return Err(JwksError::NoUsableKeys);
        }
        let said = answer.cache_control.as_deref().and_then(max_age).unwrap_or(self.settings.jwk_cache_ttl);
        Ok(Fetched { keys, soft_ttl: said.clamp(SOFT.0, SOFT.1) })
    }

    /// `jwks_uri` out of what the issuer says of itself, and whether it may only be a public address.
    async fn discover(&self, issuer: &str) -> Result<(String, bool), JwksError> {
        let url = HttpUrl::of_issuer(issuer).ok_or(JwksError::WrongDocument)?;
        let (origin, path) = (HttpUrl::origin(issuer, &url), url.path.trim_end_matches('/'));
        // OpenID Connect Discovery 1.0, 4: behind the path. RFC 8414, 3.1: before it.
        let places = [
            format!("{origin}{path}/.well-known/openid-configuration"),
            format!("{origin}/.well-known/oauth-authorization-server{path}"),
        ];
        let mut outcome = Err(JwksError::Status(404));
        for place in &places {
            outcome = self.get(JwksRequest { url: place, public_only: false }).await;
            if !matches!(outcome, Err(JwksError::Status(404))) {
                break;
            }
        }
        let answer = outcome?;
        let document = std::str::from_utf8(&answer.body).ok().and_then(|text| Claims::from_json(text).ok());
        let document = document.ok_or(JwksError::WrongDocument)?;
        let text = |name| document.get::<String>(name).ok().flatten().ok_or(JwksError::WrongDocument);
        // Letter by letter: else one issuer's document could give another one's keys (OpenID Connect Discovery 1.0, 4.3).
        if text("issuer")? != issuer {
            return Err(JwksError::WrongDocument);
        }
        let found = text("jwks_uri")?;
        let target = HttpUrl::parse(&found).ok_or(JwksError::WrongDocument)?;
        if !self.settings.may_fetch(&target) {
            return Err(JwksError::ForbiddenAddress);
        }
        let public_only = !target.is_of(&url);
        if public_only && target.address().is_some_and(|address| !is_public(address)) {
            return Err(JwksError::ForbiddenAddress);
        }
        Ok((found, public_only))
    }

    async fn get(&self, request: JwksRequest<'_>) -> Result<JwksAnswer, JwksError> {
        let answer = tokio::time::timeout(PATIENCE, self.client.fetch(request)).await;
        let answer = answer.map_err(|error| JwksError::Unreachable(error.into()))??;
        if answer.body.len() > JwksAnswer::MAX_BYTES {
            return Err(JwksError::TooLarge);
        }
        Ok(answer)
    }
}
