//! What a verified token says.

use crate::claims::{ClaimError, Claims};
use crate::clock::{Timestamp, Validity};
use crate::json::{self, Object};
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;

/// The claims of a token whose signature and times were checked. Cheap to clone.
///
/// Only [`Verifier::verify`](super::Verifier::verify) makes one, so having it in hand means that all of its checks passed.
/// Whether the token is of the right type, is blacklisted or names a known user is for others to ask.
#[derive(Clone)]
pub struct VerifiedToken {
    inner: Arc<Candidate>,
}

/// What becomes a [`VerifiedToken`] when every check has passed.
pub(super) struct Candidate {
    /// The payload, and behind it what had to be decoded because it was written with escapes.
    pub(super) text: String,
    payload: usize,
    pub(super) object: Object,
    pub(super) facts: Facts,
}

/// What every request asks for, looked up once.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) validity: Validity,
    pub(super) generation: Option<i64>,
    pub(super) epoch: Option<i64>,
    pub(super) auth_time: Option<i64>,
    /// It is of an issuer beside the service itself.
    pub(super) is_further: bool,
    /// Where these stand: id, type, user, session.
    pub(super) texts: [Option<(u32, u32)>; 4],
}

const ID: usize = 0;
const TYPE: usize = 1;
const USER: usize = 2;
const SESSION: usize = 3;

impl VerifiedToken {
    /// For the verifier alone.
    pub(super) fn new(mut candidate: Candidate, further: Option<&str>) -> Self {
        if candidate.object.has_escapes() {
            candidate.decode_texts();
        }
        if let Some(issuer) = further {
            candidate.name_user_of(issuer);
        }
        let inner = Arc::new(candidate);
        Self { inner }
    }

    /// The payload as it was signed: one JSON object.
    pub fn payload(&self) -> &str {
        self.inner.text.get(..self.inner.payload).unwrap_or_default()
    }

    /// All claims, in order, as a copy of their own.
    pub fn claims(&self) -> Claims {
        // The payload was read as one object with distinct names, which is all that this asks for.
        Claims::from_json(self.payload()).unwrap_or_default()
    }

    /// One claim as a Rust value; `None` when there is no such claim.
    ///
    /// # Errors
    /// [`ClaimError`] when the claim is there and is of another type.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ClaimError> {
        self.raw_claim(name).map(serde_json::from_str).transpose().map_err(|source| ClaimError::new(name, source))
    }

    /// One claim's JSON text, straight from the payload; allocates nothing.
    pub fn raw_claim(&self, name: &str) -> Option<&str> {
        self.inner.object.get(self.payload(), name)
    }

    /// `exp`: from this moment on the token is expired.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_signed(self.inner.facts.validity.expires)
    }

    /// `iat`: when it was issued. The hardened profile demands it.
    pub fn issued_at(&self) -> Option<Timestamp> {
        natural(self.inner.facts.validity.issued).map(Timestamp::from_seconds)
    }

    /// The claim that the setting `jti_claim` names.
    pub fn jti(&self) -> Option<&str> {
        self.text(ID)
    }

    /// The claim that the setting `token_type_claim` names.
    pub fn token_type(&self) -> Option<&str> {
        self.text(TYPE)
    }

    /// The claim that the setting `user_id_claim` names: a string as it is, a number in its JSON text; `None` when it is
    /// absent, empty or of another type.
    ///
    /// Of a token of a [further issuer](crate::Builder::trust) it is that issuer, a space and the id, so that nobody's 42 is taken for ours.
    pub fn user_id(&self) -> Option<&str> {
        self.text(USER)
    }

    /// `sid`, the refresh session it belongs to, when it is a string.
    pub fn session_id(&self) -> Option<&str> {
        self.text(SESSION)
    }

    /// `gen`, the generation of its refresh session, when it is an integer from 0.
    pub fn generation(&self) -> Option<u64> {
        natural(self.inner.facts.generation)
    }

    /// `ep`, its user's epoch when it was issued, when it is an integer from 0.
    pub fn epoch(&self) -> Option<u64> {
        natural(self.inner.facts.epoch)
    }

    /// `auth_time`, when the user last proved who they are, in seconds since 1970 (OpenID Connect Core 2).
    pub fn auth_time(&self) -> Option<u64> {
        natural(self.inner.facts.auth_time)
    }

    /// When it passes.
    pub(super) fn validity(&self) -> Validity {
        self.inner.facts.validity
    }

    /// How many bytes it takes in memory.
    pub(crate) fn footprint(&self) -> usize {
        size_of::<Candidate>() + self.inner.text.capacity() + self.inner.object.spilled_bytes()
    }

    /// Whether it is of an issuer beside the service itself.
    pub(crate) fn is_further(&self) -> bool {
        self.inner.facts.is_further
    }

    /// Whether it is this very one, and not another that says the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    fn text(&self, which: usize) -> Option<&str> {
        let place = *self.inner.facts.texts.get(which)?;
        place.map(|place| part(&self.inner.text, place))
    }
}

impl Candidate {
    pub(super) fn new(text: String) -> Self {
        Self { payload: text.len(), text, object: Object::empty(), facts: Facts::default() }
    }

    fn name_user_of(&mut self, issuer: &str) {
        if let Some(place) = &mut self.facts.texts[USER] {
            let name = format!("{issuer} {}", part(&self.text, *place));
            *place = (self.text.len() as u32, (self.text.len() + name.len()) as u32);
            self.text.push_str(&name);
        }
    }

    fn decode_texts(&mut self) {
        for place in self.facts.texts.iter_mut().flatten() {
            let decoded: String = json::decode(part(&self.text, *place)).collect();
            let start = self.text.len();
            self.text.push_str(&decoded);
            *place = (start as u32, self.text.len() as u32);
        }
    }
}

impl fmt::Debug for VerifiedToken {
    /// Names of claims only: values may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.inner.object.members(self.payload());
        f.write_str("VerifiedToken ")?;
        f.debug_set().entries(names.map(|(name, _)| name)).finish()
    }
}

fn natural(value: Option<i64>) -> Option<u64> {
    value.and_then(|value| u64::try_from(value).ok())
}

fn part(text: &str, (start, end): (u32, u32)) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}
