//! Whose tokens are accepted: this service's own, or the one issuer it verifies for, and further issuers beside them.

use super::StartError;
use super::load_settings::{fault, key_fault};
use super::seen::Seen;
use crate::base64url;
use crate::clock::Clock;
use crate::compact::Parts;
use crate::error::{AuthError, ClassError, TokenError};
use crate::json::{self, Object};
use crate::jwks::{AnyJwksClient, Asked, FirstFetch, JwksError, JwksStatus, KeyKeeper};
use crate::keys::{KeyRing, VerifyingKey};
use crate::settings::{Profile, Settings, SettingsError, SettingsFault, SettingsWarning};
use crate::tokens::TokenClass;
use crate::verify::header::Header;
use crate::verify::{KeySet, Occasion, VerifiedToken, Verifier};
use std::sync::Arc;

/// Every issuer whose tokens are accepted.
#[derive(Debug)]
pub(crate) struct Issuers {
    /// What the service's own settings say.
    pub(crate) first: TrustedIssuer,
    further: Vec<TrustedIssuer>,
    /// The longest token that any of them may write.
    longest: usize,
}

/// One of them: its rules and its keys.
#[derive(Debug)]
pub(crate) struct TrustedIssuer {
    pub(crate) settings: Arc<Settings>,
    verifier: Arc<Verifier>,
    keeper: Option<KeyKeeper>,
}

/// Why there is no verified token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unverified {
    Refused(TokenError),
    /// The issuer's keys are not to be had, and nobody can tell whether the token is good.
    NoKeys,
}

impl Issuers {
    /// The issuer that a token says it is of, which its signature has to prove: by the exact `iss` of its payload. What names none of the
    /// further ones is judged as one of our own.
    pub(crate) fn of(&self, token: &str) -> &TrustedIssuer {
        if self.further.is_empty() || token.len() > self.longest {
            return &self.first;
        }
        let payload = unverified_payload(token);
        let named = payload.as_deref().and_then(|payload| self.named(issuer_in(payload)?.as_str()));
        named.unwrap_or(&self.first)
    }

    /// Whose a verified token is: by whose settings it is read.
    pub(crate) fn issuer_of(&self, token: &VerifiedToken) -> &TrustedIssuer {
        if !token.is_further() {
            return &self.first;
        }
        let issuer = token.raw_claim("iss").and_then(json::as_string).map(|raw| json::decode(raw).collect::<String>());
        let named = issuer.and_then(|issuer| self.named(&issuer));
        named.unwrap_or(&self.first)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &TrustedIssuer> {
        std::iter::once(&self.first).chain(&self.further)
    }

    fn named(&self, issuer: &str) -> Option<&TrustedIssuer> {
        self.further.iter().find(|further| further.settings.issuer.as_deref() == Some(issuer))
    }
}

impl TrustedIssuer {
    /// Checks a token with the keys that there are; one that names another key waits for them to be fetched, if they may be. What it is and
    /// what it was checked with.
    pub(crate) async fn verify(&self, token: &str, on: Occasion) -> Result<(VerifiedToken, Arc<KeySet>), Unverified> {
        let Some(keeper) = &self.keeper else {
            return self.verify_now(token, on).map_err(Unverified::Refused);
        };
        let mut tried = None;
        if keeper.has_keys() {
            let keys = self.verifier.key_set(on.now);
            match self.verifier.verify_with(&keys, token, on) {
                Ok(verified) => return Ok((verified, keys)),
                Err(error) if self.may_be_of_a_newer_key(error, &keys, token) => tried = Some((error, keys)),
                Err(error) => return Err(Unverified::Refused(error)),
            }
        }
        // In a box, so that whose key is known does not carry the room for it.
        Box::pin(self.verify_with_newer_keys(keeper, token, on, tried)).await
    }

    async fn verify_with_newer_keys(
        &self,
        keeper: &KeyKeeper,
        token: &str,
        on: Occasion,
        tried: Option<(TokenError, Arc<KeySet>)>,
    ) -> Result<(VerifiedToken, Arc<KeySet>), Unverified> {
        let header = self.ask_for(token).map_err(Unverified::Refused)?;
        let key_id = header.key_id.as_deref();
        let asked = keeper.ask(key_id).await;
        if asked == Asked::Unavailable || !keeper.has_keys() {
            return Err(Unverified::NoKeys);
        }
        let outcome = match tried {
            // The same keys would say the same.
            Some((error, keys)) if Arc::ptr_eq(&keys, &self.verifier.key_set(on.now)) => Err(error),
            _ => self.verify_now(token, on),
        };
        let is_unknown = matches!(outcome, Err(TokenError::UnknownKey | TokenError::AlgorithmNotAllowed));
        // A name that is there under another algorithm is not one that the issuer does not have.
        let is_there = || self.verifier.key_set(on.now).keys().iter().any(|key| key.key_id() == key_id);
        if is_unknown && asked == Asked::Fetched && !is_there() {
            keeper.note_unknown(key_id);
        }
        outcome.map_err(|error| Unverified::Refused(if is_unknown { TokenError::UnknownKey } else { error }))
    }

    /// Whether a token that these keys did not sign can be of one that is not known. Keys without a name are tried for every name, and must not hide that
    /// another is missing; and some issuers give a new key the name of the old one.
    fn may_be_of_a_newer_key(&self, error: TokenError, keys: &KeySet, token: &str) -> bool {
        if error != TokenError::BadSignature {
            return matches!(error, TokenError::UnknownKey | TokenError::AlgorithmNotAllowed);
        }
        let header = Parts::split(token).map(|parts| Header::read(parts.header, self.settings.profile.policy()));
        let Some(Ok(Header { key_id: Some(key_id), .. })) = header else { return false };
        let has_its_name = keys.keys().iter().any(|key| key.key_id() == Some(&key_id));
        self.settings.jwk_refetch_on_bad_signature || !has_its_name
    }

    fn verify_now(&self, token: &str, on: Occasion) -> Result<(VerifiedToken, Arc<KeySet>), TokenError> {
        let keys = self.verifier.key_set(on.now);
        Ok((self.verifier.verify_with(&keys, token, on)?, keys))
    }

    /// Which key is to be fetched for a token, where it may be one of this issuer's at all: nobody knocks at its door for others.
    fn ask_for(&self, token: &str) -> Result<Header, TokenError> {
        if token.len() > self.settings.max_token_bytes {
            return Err(TokenError::TooLong);
        }
        let parts = Parts::split(token).ok_or(TokenError::Malformed)?;
        let header = Header::read(parts.header, self.settings.profile.policy())?;
        if !self.settings.fetched_algorithms().contains(&header.algorithm) {
            return Err(TokenError::AlgorithmNotAllowed);
        }
        if let Some(wanted) = &self.settings.issuer {
            let payload = unverified_payload(token).ok_or(TokenError::BadPayload)?;
            if issuer_in(&payload).as_ref() != Some(wanted) {
                return Err(TokenError::WrongIssuer);
            }
        }
        Ok(header)
    }

    /// A token that was verified with these keys.
    pub(super) fn seen(&self, token: &VerifiedToken, keys: Arc<KeySet>) -> Seen {
        Seen { token: token.clone(), verifier: Arc::clone(&self.verifier), keys }
    }

    /// How its keys are, where they are fetched.
    pub(crate) fn status(&self) -> Option<JwksStatus> {
        self.keeper.as_ref().map(KeyKeeper::status)
    }

    pub(crate) fn is_without_keys(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| !keeper.has_keys())
    }

    pub(crate) fn stop(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.stop();
        }
    }
}

impl Unverified {
    /// As a guarded route says it.
    pub(crate) fn for_classes(self, classes: &[TokenClass]) -> AuthError {
        match self {
            Self::Refused(error) => AuthError::TokenNotValid(ClassError::for_each(classes, error)),
            Self::NoKeys => AuthError::KeysUnavailable,
        }
    }
}

impl From<Unverified> for AuthError {
    /// As a token view says it.
    fn from(unverified: Unverified) -> Self {
        match unverified {
            Unverified::Refused(error) => Self::InvalidToken(error),
            Unverified::NoKeys => Self::KeysUnavailable,
        }
    }
}

/// What a token says, whoever wrote it.
fn unverified_payload(token: &str) -> Option<String> {
    let payload = base64url::decode(Parts::split(token)?.payload).ok()?;
    String::from_utf8(payload).ok()
}

/// `iss`, where the payload is an object that is read strictly and it is one text.
fn issuer_in(payload: &str) -> Option<String> {
    let object = Object::read(payload).ok()?;
    Some(json::decode(json::as_string(object.get(payload, "iss")?)?).collect())
}

/// The builder's part: whom else to trust, and who fetches.
#[derive(Debug, Default)]
pub(super) struct Trust {
    pub(super) client: Option<AnyJwksClient>,
    pub(super) further: Vec<Settings>,
}

/// What is ready to be started.
pub(super) struct Prepared {
    first: Option<AnyJwksClient>,
    further: Vec<(Settings, Vec<VerifyingKey>, Option<AnyJwksClient>)>,
}

impl Trust {
    /// Checks the settings of further issuers, and who fetches for all of them.
    pub(super) fn prepare(self, ours: &Settings) -> (Prepared, Vec<SettingsFault>) {
        let mut faults = Vec::new();
        let client_of = |settings: &Settings, at: Option<usize>, faults: &mut Vec<SettingsFault>| {
            let outcome = client_for(settings, self.client.as_ref());
            outcome.unwrap_or_else(|fault| {
                faults.push(named(fault, at));
                None
            })
        };
        let first = client_of(ours, None, &mut faults);
        let mut issuers = vec![ours.issuer.clone()];
        let mut further = Vec::new();
        for (at, settings) in self.further.into_iter().enumerate() {
            for SettingsWarning { name, reason, remedy } in settings.insecure() {
                let issuer = settings.issuer.as_deref();
                tracing::warn!(target: "jwt_auth", issuer, setting = name, reason, remedy, "insecure settings of an issuer");
            }
            let mut found = settings.check();
            found.extend(faults_of_further(&settings, &issuers));
            issuers.push(settings.issuer.clone());
            let keys = KeyRing::from_settings(&settings).map(|ring| ring.into_parts().1).unwrap_or_else(|of_keys| {
                found.extend(of_keys.iter().map(key_fault));
                Vec::new()
            });
            faults.extend(found.into_iter().map(|fault| named(fault, Some(at))));
            let client = client_of(&settings, Some(at), &mut faults);
            further.push((settings, keys, client));
        }
        (Prepared { first, further }, faults)
    }
}

impl Prepared {
    /// Fetches the keys of all issuers at once. What is wrong with an answer is told now, while somebody looks; an issuer that is not to be
    /// reached is asked again later, and its tokens are answered 503 until then.
    pub(super) async fn start(
        self,
        ours: &Arc<Settings>,
        verifier: &Arc<Verifier>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Issuers, StartError> {
        let mut fetches = Vec::new();
        let mut issuer = |settings: Arc<Settings>, verifier: Arc<Verifier>, client: Option<AnyJwksClient>, at| {
            let keeper = client.map(|client| {
                let (of, clock) = (Arc::clone(&settings), Arc::clone(clock));
                let (keeper, fetch) = KeyKeeper::start(of, client, Arc::clone(&verifier), clock);
                fetches.push((at, Arc::clone(&settings), fetch));
                keeper
            });
            TrustedIssuer { settings, verifier, keeper }
        };
        let first = issuer(Arc::clone(ours), Arc::clone(verifier), self.first, None);
        let further: Vec<_> = self
            .further
            .into_iter()
            .enumerate()
            .map(|(at, (settings, keys, client))| {
                let verifier = Arc::new(Verifier::for_further_issuer(&settings, keys));
                issuer(Arc::new(settings), verifier, client, Some(at))
            })
            .collect();
        let mut faults = Vec::new();
        for (at, settings, fetch) in fetches {
            faults.extend(first_fault(&settings, fetch).await.map(|fault| named(fault, at)));
        }
        if !faults.is_empty() {
            return Err(StartError::Settings(SettingsError::new(faults)));
        }
        let longest = further.iter().map(|issuer| issuer.settings.max_token_bytes).max().unwrap_or(0);
        Ok(Issuers { longest: longest.max(ours.max_token_bytes), first, further })
    }
}

/// What is wrong for good.
async fn first_fault(settings: &Settings, fetch: FirstFetch) -> Option<SettingsFault> {
    let error = fetch.outcome().await.err().filter(|error| !error.may_pass())?;
    let name = if settings.jwk_url.is_some() { "jwk_url" } else { "issuer" };
    let remedy = match (&error, &settings.jwk_url) {
        (JwksError::NoUsableKeys, _) => {
            "set `algorithm` to what its keys are for, and `jwk_algorithms` where there are several"
        }
        (_, Some(_)) => "write the URL of its JWK set",
        (_, None) => "write its name letter by letter as its tokens and its document have it, or set `jwk_url`",
    };
    Some(fault(name, format!("its keys were fetched, and {error}"), remedy))
}

/// A client where keys are to be fetched.
fn client_for(settings: &Settings, given: Option<&AnyJwksClient>) -> Result<Option<AnyJwksClient>, SettingsFault> {
    if !settings.fetches_keys() {
        return Ok(None);
    }
    if let Some(given) = given {
        return match settings.jwk_ca_file {
            Some(_) => Err(fault("jwk_ca_file", "the client of the builder does not read it", "remove it")),
            None => Ok(Some(given.clone())),
        };
    }
    #[cfg(feature = "jwks-client")]
    {
        let client = crate::jwks::HttpJwksClient::new(settings);
        let of_file =
            |reason| fault("jwk_ca_file", reason, "name a file with certificates, `-----BEGIN CERTIFICATE-----`");
        client.map(|client| Some(AnyJwksClient::new(client))).map_err(of_file)
    }
    #[cfg(not(feature = "jwks-client"))]
    Err(fault(
        if settings.jwk_url.is_some() { "jwk_url" } else { "issuer" },
        "the keys are to be fetched, which needs the feature `jwks-client`",
        "switch that feature of `jwt-auth` on, give the builder a `.jwks_client(..)`, or set `verifying_key`",
    ))
}

/// What must not be so of an issuer beside others. `before`: the issuers of those that are there already.
fn faults_of_further(settings: &Settings, before: &[Option<String>]) -> Vec<SettingsFault> {
    let mut faults = Vec::new();
    let mut add = |name, reason: &str, remedy| faults.push(fault(name, reason, remedy));
    match &settings.issuer {
        None => add("issuer", "it is missing, and tokens are told apart by it", "write the `iss` of its tokens"),
        Some(issuer) if issuer.contains(char::is_whitespace) => {
            add(
                "issuer",
                "it has white space, which stands between issuer and id in a user's name",
                "name it otherwise",
            );
        }
        Some(_) if before.contains(&settings.issuer) => {
            add("issuer", "another one is of the same name", "trust each issuer once");
        }
        Some(_) => {}
    }
    if settings.signing_key.is_some() || !settings.key_ring.is_empty() {
        add("signing_key", "only the service's own settings sign", "remove it: set `verifying_key` or `jwk_url`");
    }
    if settings.algorithm.is_symmetric() {
        add("algorithm", "whoever verifies with a secret could sign with it", "let the issuer sign with a private key");
    }
    if !settings.auth_token_classes.iter().all(|class| matches!(class, TokenClass::Access | TokenClass::Untyped)) {
        add("auth_token_classes", "only access tokens of other issuers open anything", "write `[\"AccessToken\"]`");
    }
    if settings.profile != Profile::Hardened {
        add("profile", "tokens of further issuers are judged by the hardened profile", "leave it out");
    }
    faults
}

/// Of which of the further issuers it is.
fn named(fault: SettingsFault, at: Option<usize>) -> SettingsFault {
    match at {
        Some(at) => SettingsFault { name: format!("trust[{at}].{}", fault.name), ..fault },
        None => fault,
    }
}
