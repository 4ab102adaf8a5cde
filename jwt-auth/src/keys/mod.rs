//! Keys: loading them strictly, and keeping them prepared.

mod algorithm;

pub use algorithm::Algorithm;

/// Why a key was refused. Never holds a byte of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    #[error("the key is empty")]
    Empty,
}

/// A key that signs, prepared once.
#[derive(Debug)]
pub struct SigningKey {
    algorithm: Algorithm,
}

/// A key that checks signatures, prepared once.
#[derive(Debug)]
pub struct VerifyingKey {
    algorithm: Algorithm,
}

impl SigningKey {
    /// Loads: an HMAC secret, or a private key as PEM or JWK, by the algorithm. `kid` goes to the header.
    pub fn load(algorithm: Algorithm, key: &str, kid: Option<&str>) -> Result<Self, KeyError> {
        let _ = (key, kid, algorithm);
        todo!()
    }
    /// The key that checks what this one signs.
    pub fn verifying_key(&self) -> VerifyingKey {
        todo!()
    }
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
    /// `header.payload.signature`, the header being `{"alg":..,"typ":"JWT"}` with keys sorted (plus "kid").
    pub fn sign(&self, payload: &str) -> String {
        let _ = payload;
        todo!()
    }
}

impl VerifyingKey {
    /// Loads: an HMAC secret, or a public key as PEM or JWK.
    pub fn load(algorithm: Algorithm, key: &str, kid: Option<&str>) -> Result<Self, KeyError> {
        let _ = (key, kid, algorithm);
        todo!()
    }
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
