//! A JWK set (RFC 7517 5): the usable keys of an issuer.

use super::jwk::Jwk;
use super::{Algorithm, JwkOrigin, KeyError, KeyStrictness, VerifyingKey};
use crate::claims::Claims;
use serde_json::value::RawValue;

/// The keys of a JWK set that verify signatures, and what was wrong with the others.
///
/// Members are taken one by one: one that is damaged, of an unknown kind or for another purpose never spoils the rest.
#[doc(alias = "JWKS")]
#[derive(Debug)]
pub struct JwkSet {
    keys: Vec<VerifyingKey>,
    skipped: Vec<(usize, KeyError)>,
}

impl JwkSet {
    /// Reads a set and keeps what can verify with one of `algorithms`.
    ///
    /// A member without `alg` is a key of the first of them that it fits, as a key has one (RFC 8725 3.1). Two different keys of one kind
    /// and algorithm with the same `kid` are both skipped, since a token could not say which of them it means.
    ///
    /// # Errors
    /// [`KeyError::JwkSyntax`] when it is not an object with a list `keys`, [`KeyError::TooManyKeys`] over 100,
    /// [`KeyError::MixedSet`] when secrets stand beside public keys.
    pub fn read(json: &str, algorithms: &[Algorithm], origin: JwkOrigin) -> Result<Self, KeyError> {
        const MOST: usize = 100;
        let members: Vec<Box<RawValue>> =
            Claims::from_json(json).and_then(|set| set.get("keys")).ok().flatten().ok_or(KeyError::JwkSyntax)?;
        if members.len() > MOST {
            return Err(KeyError::TooManyKeys);
        }
        let members: Vec<Member> =
            members.iter().map(|member| Member::read(member.get(), algorithms, origin)).collect();
        let ambiguous: Vec<bool> = members
            .iter()
            .enumerate()
            .map(|(index, member)| {
                let mut others = members.iter().enumerate();
                others.any(|(other, twin)| other != index && member.is_confused_with(twin))
            })
            .collect();
        let mut set = Self { keys: Vec::new(), skipped: Vec::new() };
        for (index, (member, ambiguous)) in members.into_iter().zip(ambiguous).enumerate() {
            match member.key {
                Ok(_) if ambiguous => set.skipped.push((index, KeyError::DuplicateKeyId)),
                Ok(key) => set.keys.push(key),
                Err(error) => set.skipped.push((index, error)),
            }
        }
        let mut kinds = set.keys.iter().map(|key| key.algorithm().is_symmetric());
        let first = kinds.next();
        if kinds.any(|kind| Some(kind) != first) {
            return Err(KeyError::MixedSet);
        }
        Ok(set)
    }

    /// The set for others to check our tokens with, as JSON: the public keys among these, each once, with `alg`, `use` and a
    /// `kid`, which for a key without one is its thumbprint (RFC 7638). Secrets are left out, so a set of them is empty.
    pub fn publish(keys: &[VerifyingKey]) -> String {
        let mut members: Vec<String> = Vec::new();
        for key in keys {
            let Ok(thumbprint) = key.thumbprint() else { continue };
            let key_id = key.key_id().unwrap_or(&thumbprint);
            match key.clone().with_key_id(Some(key_id)).and_then(|key| key.to_public_jwk()) {
                Ok(member) if !members.contains(&member) => members.push(member),
                _ => {}
            }
        }
        format!(r#"{{"keys":[{}]}}"#, members.join(","))
    }

    /// The keys, in the set's order.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// The keys, to build a [`Verifier`](crate::verify::Verifier) from.
    pub fn into_keys(self) -> Vec<VerifyingKey> {
        self.keys
    }

    /// Positions in `keys` of the members that are not used, and why.
    pub fn skipped(&self) -> &[(usize, KeyError)] {
        &self.skipped
    }
}

/// One member: what it says it is, and the key that it made.
struct Member {
    key_type: String,
    key_id: Option<String>,
    algorithm: Option<Algorithm>,
    key: Result<VerifyingKey, KeyError>,
}

impl Member {
    fn read(text: &str, algorithms: &[Algorithm], origin: JwkOrigin) -> Self {
        let jwk = match Jwk::read(text) {
            Ok(jwk) => jwk,
            Err(error) => {
                return Self { key_type: String::new(), key_id: None, algorithm: None, key: Err(error) };
            }
        };
        Self {
            key_type: jwk.key_type().to_owned(),
            key_id: jwk.key_id().unwrap_or_default(),
            algorithm: jwk.algorithm().unwrap_or_default(),
            key: usable_key(&jwk, algorithms, origin),
        }
    }

    /// Whether a token's `kid` and `alg` could mean either of the two. One that is for another purpose is never meant; one
    /// that is damaged might have been.
    fn is_confused_with(&self, twin: &Self) -> bool {
        let for_something_else = matches!(twin.key, Err(KeyError::JwkPurpose(_)));
        let algorithms =
            [self, twin].map(|member| member.key.as_ref().map_or(member.algorithm, |key| Some(key.algorithm())));
        let algorithms_meet = match algorithms {
            [Some(mine), Some(theirs)] => mine == theirs,
            _ => true,
        };
        let same_numbers = match (&self.key, &twin.key) {
            (Ok(mine), Ok(theirs)) => mine.is_same_key(theirs),
            _ => false,
        };
        self.key_id.is_some()
            && self.key_id == twin.key_id
            && self.key_type == twin.key_type
            && algorithms_meet
            && !for_something_else
            && !same_numbers
    }
}

fn usable_key(jwk: &Jwk, algorithms: &[Algorithm], origin: JwkOrigin) -> Result<VerifyingKey, KeyError> {
    let own = jwk.algorithm()?;
    let mut reason = KeyError::JwkPurpose("alg");
    for algorithm in algorithms.iter().copied() {
        if own.is_some_and(|own| own != algorithm) {
            continue;
        }
        match VerifyingKey::from_read_jwk(algorithm, jwk, origin, KeyStrictness::Hardened) {
            Ok(key) => return Ok(key),
            // That it fits none of the other algorithms says less than what is wrong with it for its own.
            Err(KeyError::WrongKind { .. }) => {}
            Err(error) => reason = error,
        }
    }
    Err(reason)
}
