//! Why a key was refused, and what to do about it.

use super::Algorithm;

/// Why a key was refused. The text says what to do; no variant holds a byte of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no key at all, or only white space.
    #[error("the key is empty: set one, `openssl rand -base64 48` makes a good secret for HS256")]
    Empty,
    /// An HMAC secret shorter than the hash (RFC 7518 3.2).
    #[error(
        "the HMAC secret has {bytes} bytes; {algorithm} needs at least {needed}: \
         generate one with `openssl rand -base64 {}`", .needed + .needed / 2
    )]
    SecretTooShort {
        /// The algorithm it was meant for.
        algorithm: Algorithm,
        /// How long the secret is.
        bytes: usize,
        /// How long it must be.
        needed: usize,
    },
    /// An HMAC secret made of one byte over and over.
    #[error(
        "the HMAC secret is one byte repeated: generate one with `openssl rand -base64 {}`",
        .needed + .needed / 2
    )]
    SecretRepeatsOneByte {
        /// How many bytes the algorithm needs.
        needed: usize,
    },
    /// An HMAC secret that everybody can read somewhere.
    #[error("everybody knows the HMAC secret ({origin}): generate one with `openssl rand -base64 {}`", .needed + .needed / 2)]
    SecretIsKnown {
        /// Where it stands.
        origin: &'static str,
        /// How many bytes the algorithm needs.
        needed: usize,
    },
    /// A key file used as an HMAC secret: anybody who holds the public half could sign (RFC 8725 3.1).
    #[error(
        "{algorithm} needs a random secret and this is {found}: set `algorithm` to the one of the key \
         (RS256, ES256, EdDSA), or generate a secret with `openssl rand -base64 48`"
    )]
    SecretIsAKey {
        /// The algorithm it was meant for.
        algorithm: Algorithm,
        /// What it looks like.
        found: &'static str,
    },
    /// Not a format this crate reads.
    #[error(
        "{algorithm} needs a key as PEM or JWK, and this is neither: paste the whole text, from the line `-----BEGIN` on, \
         or {}", how_to_make(.algorithm)
    )]
    NotAKey {
        /// The algorithm it was meant for.
        algorithm: Algorithm,
    },
    /// A format that is recognised and not read.
    #[error("{found} cannot be used here: {remedy}")]
    UnsupportedFormat {
        /// What it is, as `key_type.rs` names it.
        found: &'static str,
        /// How to turn it into something that can.
        remedy: &'static str,
    },
    /// A key of another kind than the algorithm's.
    #[error(
        "{algorithm} needs {}, and this is {found}: set `algorithm` to the one of the key, or {}",
        needed_kind(.algorithm), how_to_make(.algorithm)
    )]
    WrongKind {
        /// The algorithm it was meant for.
        algorithm: Algorithm,
        /// What it is, as `key_type.rs` names it.
        found: &'static str,
    },
    /// A private key where the public half is expected.
    #[error(
        "this is a private key and a public one is expected: \
         extract it with `openssl pkey -in private.pem -pubout`, or set it as `signing_key`"
    )]
    PrivateKeyGiven,
    /// A public key where the private half is expected.
    #[error(
        "this is a public key and signing needs the private one: \
         set the private key, or set this one as `verifying_key` and leave `signing_key` out"
    )]
    PublicKeyGiven,
    /// Damaged: cut off, not base64, or not the structure it claims to be.
    #[error("the key is damaged ({0}): copy it again, whole")]
    Malformed(&'static str),
    /// An RSA modulus outside 2048 to 8192 bits.
    #[error(
        "the RSA key has {bits} bits and must have 2048 to 8192: \
         generate one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`"
    )]
    RsaSize {
        /// The length of the modulus.
        bits: usize,
    },
    /// An RSA exponent that is even, below 65537 or over 33 bits.
    #[error(
        "the public exponent of the RSA key must be odd, at least 65537 and at most 33 bits long: \
         generate a key with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`"
    )]
    RsaExponent,
    /// A modulus made by the flawed generator of CVE-2017-15361 (ROCA), which can be factored.
    #[error(
        "the RSA key was made by a flawed generator (CVE-2017-15361) and can be broken: \
         generate one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`"
    )]
    RsaRoca,
    /// A point that is not on the curve, or the private half does not belong to it.
    #[error(
        "the key is not a valid point of its curve: copy it again, whole, or generate one with \
         `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` (P-384 for ES384)"
    )]
    InvalidPoint,
    /// An Ed25519 point of small order, or not in its shortest form: signatures could be forged for it.
    #[error(
        "the Ed25519 key is a point of small order or not in canonical form: \
         generate one with `openssl genpkey -algorithm ed25519`"
    )]
    WeakPoint,
    /// A JWK without a member it needs, or with one of the wrong type or length.
    #[error("the JWK's member `{0}` is missing or not what RFC 7518 asks for: export the key again")]
    JwkMember(&'static str),
    /// A JWK that is not one JSON object with distinct names.
    #[error(
        "the JWK is not one JSON object with distinct member names: export the key again, as one object `{{\"kty\":..}}`"
    )]
    JwkSyntax,
    /// A JWK whose `use`, `key_ops` or `alg` is for something else.
    #[error("the JWK's `{0}` says that it is for something else: use the key that is published for signatures")]
    JwkPurpose(&'static str),
    /// A symmetric key from a place that others can read (RFC 8725 2.1).
    #[error(
        "a symmetric key cannot come from a JWKS address, as whoever reads it could sign tokens: \
         have the issuer sign with RS256, ES256 or EdDSA, or set the secret as `signing_key` here"
    )]
    RemoteSecret,
    /// Two different keys of one kind and algorithm with one `kid`.
    #[error(
        "two keys of the set share one `kid` and neither is used: give each a `kid` of its own, as its thumbprint (RFC 7638)"
    )]
    DuplicateKeyId,
    /// A set with secrets beside public keys.
    #[error("the set mixes symmetric and asymmetric keys: split it, and publish the asymmetric keys alone")]
    MixedSet,
    /// A set with more keys than anybody rotates through.
    #[error("the set has more than 100 keys: leave out those that sign no more")]
    TooManyKeys,
    /// A `kid` that cannot stand in a header.
    #[error(
        "a key id has 1 to 256 printable ASCII characters: name the key by its date, or by its thumbprint (RFC 7638)"
    )]
    KeyId,
    /// A secret that no schedule could name.
    #[error(
        "a secret of a key ring needs a name: write it as a JWK, \
         `{{\"kty\":\"oct\",\"kid\":\"2027\",\"alg\":\"HS256\",\"k\":\"..\"}}` with the secret as base64url, or a private key as PEM"
    )]
    Unnamed,
    /// The verifying key does not belong to the signing key.
    #[error(
        "the verifying key does not fit the signing key: leave `verifying_key` out, it is derived from the signing key"
    )]
    Mismatch,
    /// Asked to publish a symmetric key.
    #[error("a symmetric key has no public half to publish: choose RS256, ES256 or EdDSA for that")]
    NotPublishable,
    /// It signs nothing, or nothing that its own public half accepts.
    #[error(
        "the public half of the key does not accept what the private half signs: copy the key again, whole, or generate a new one"
    )]
    Rejected,
}

const fn how_to_make(algorithm: &Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HS256 => "generate one with `openssl rand -base64 48`",
        Algorithm::HS384 => "generate one with `openssl rand -base64 72`",
        Algorithm::HS512 => "generate one with `openssl rand -base64 96`",
        Algorithm::ES256 => "generate one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`",
        Algorithm::ES384 => "generate one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384`",
        Algorithm::EdDSA => "generate one with `openssl genpkey -algorithm ed25519`",
        _ => "generate one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`",
    }
}

const fn needed_kind(algorithm: &Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => "a secret",
        Algorithm::ES256 => "an EC key on P-256",
        Algorithm::ES384 => "an EC key on P-384",
        Algorithm::EdDSA => "an Ed25519 key",
        _ => "an RSA key",
    }
}
