//! A JWK set (RFC 7517 5): the usable keys of an issuer.

use super::jwk::Jwk;
use super::{Algorithm, JwkOrigin, KeyError, KeyStrictness, VerifyingKey};
use crate::claims::Claims;
use serde_json::value::RawValue;

/// The keys of a JWK set that verify signatures, and what was wrong with the others.
///
/// Members are taken one by one: one that is damaged, of an unknown kind or for another purpose never spoils the rest.
#[derive(Debug)]
pub struct JwkSet {
    keys: Vec<VerifyingKey>,
    skipped: Vec<(usize, KeyError)>,
}

impl JwkSet {
    /// Reads a set and keeps what can verify with one of `algorithms`.
    ///
    /// A member without `alg` becomes one key for each of the algorithms that it fits. Two different keys of one kind and
    /// algorithm with the same `kid` are both skipped, since a token could not say which of them it means.
    ///
    /// # Errors
    /// [`KeyError::JwkSyntax`] when it is not an object with a list `keys`, [`KeyError::TooManyKeys`] over 100,
    /// [`KeyError::MixedSet`] when secrets stand beside public keys.
    pub fn read(json: &str, algorithms: &[Algorithm], origin: JwkOrigin) -> Result<Self, KeyError> {
        const MOST: usize = 100;
        let members: Vec<Box<RawValue>> = Claims::from_json(json)
            .and_then(|set| set.get("keys"))
            .ok()
            .flatten()
            .ok_or(KeyError::JwkSyntax)?;
        if members.len() > MOST {
            return Err(KeyError::TooManyKeys);
        }
        let mut keys: Vec<(usize, VerifyingKey)> = Vec::new();
        let mut skipped = Vec::new();
        for (index, member) in members.iter().enumerate() {
            match read_member(member.get(), algorithms, origin) {
                Ok(fitting) => keys.extend(fitting.into_iter().map(|key| (index, key))),
                Err(error) => skipped.push((index, error)),
            }
        }
        let symmetric = keys
            .iter()
            .filter(|(_, key)| key.algorithm().is_symmetric())
            .count();
        if symmetric > 0 && symmetric < keys.len() {
            return Err(KeyError::MixedSet);
        }
        let (keys, ambiguous) = without_ambiguous(keys);
        skipped.extend(ambiguous);
        Ok(Self { keys, skipped })
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

fn read_member(
    text: &str,
    algorithms: &[Algorithm],
    origin: JwkOrigin,
) -> Result<Vec<VerifyingKey>, KeyError> {
    let jwk = Jwk::read(text)?;
    let mut keys = Vec::new();
    let mut reason = KeyError::JwkPurpose("alg");
    let own = jwk.algorithm()?;
    for algorithm in algorithms.iter().copied() {
        if own.is_some_and(|own| own != algorithm) {
            continue;
        }
        match VerifyingKey::from_read_jwk(algorithm, &jwk, origin, KeyStrictness::Hardened) {
            Ok(key) => keys.push(key),
            Err(error) => reason = error,
        }
    }
    if keys.is_empty() {
        return Err(reason);
    }
    Ok(keys)
}

type Indexed<T> = Vec<(usize, T)>;

fn without_ambiguous(keys: Indexed<VerifyingKey>) -> (Vec<VerifyingKey>, Indexed<KeyError>) {
    let clashes = |index: usize, key: &VerifyingKey| {
        keys.iter().any(|(other_index, other)| {
            *other_index != index
                && key.key_id().is_some()
                && key.key_id() == other.key_id()
                && key.algorithm() == other.algorithm()
                && !key.is_same_key(other)
        })
    };
    let clashing: Vec<bool> = keys
        .iter()
        .map(|(index, key)| clashes(*index, key))
        .collect();
    let mut good = Vec::new();
    let mut ambiguous = Vec::new();
    for ((index, key), clashes) in keys.into_iter().zip(clashing) {
        if clashes {
            ambiguous.push((index, KeyError::DuplicateKeyId));
        } else {
            good.push(key);
        }
    }
    (good, ambiguous)
}
