//! Keys and tokens for the suites about verification.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwt_auth::Settings;
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::verify::Verifier;
use std::sync::OnceLock;

/// 64 bytes, enough for every HMAC.
pub const SECRET: &str = "kUOaNqBGHk0xNUqkhjaVcq-DDdHBo7Vv_pGTqCnDkvB2IrzrMU8nC9GIGBp4yQ8y";

/// The moment at which every suite verifies.
pub const NOW: u64 = crate::BEGIN;

pub fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A key pair as DER in the forms that are common for it.
pub struct Pair {
    pub pkcs8: Vec<u8>,
    /// PKCS#1 or SEC 1; for Ed25519 PKCS#8 version 2.
    pub own_form: Vec<u8>,
    pub public_info: Vec<u8>,
}

/// One pair for each asymmetric family, made once for a suite.
pub fn pair(algorithm: Algorithm) -> &'static Pair {
    static RSA: OnceLock<Pair> = OnceLock::new();
    static P256: OnceLock<Pair> = OnceLock::new();
    static P384: OnceLock<Pair> = OnceLock::new();
    static ED25519: OnceLock<Pair> = OnceLock::new();
    match algorithm {
        Algorithm::ES256 => P256.get_or_init(|| ec(&ECDSA_P256_SHA256_FIXED_SIGNING)),
        Algorithm::ES384 => P384.get_or_init(|| ec(&ECDSA_P384_SHA384_FIXED_SIGNING)),
        Algorithm::EdDSA => ED25519.get_or_init(ed25519),
        _ => RSA.get_or_init(|| rsa(aws_lc_rs::rsa::KeySize::Rsa2048)),
    }
}

/// What `signing_key` would hold for the algorithm.
pub fn signing_text(algorithm: Algorithm) -> String {
    if algorithm.is_symmetric() { SECRET.to_owned() } else { pem("PRIVATE KEY", &pair(algorithm).pkcs8) }
}

pub fn signing_key(algorithm: Algorithm) -> SigningKey {
    SigningKey::load(algorithm, &signing_text(algorithm), None).expect("a good key")
}

/// Issuer and audience set, as a careful service has them.
pub fn settings(algorithm: Algorithm) -> Settings {
    Settings {
        algorithm,
        issuer: Some("https://issuer.example".to_owned()),
        audience: vec!["api".to_owned(), "admin".to_owned()].into(),
        ..Settings::new(signing_text(algorithm))
    }
}

pub fn verifier(settings: &Settings) -> Verifier {
    Verifier::from_settings(settings).expect("good keys")
}

/// A payload that [`settings`] accepts.
pub fn good_payload() -> String {
    payload(&[])
}

/// The good payload with members replaced, added (`Some`) or left out (`None`); values are JSON.
pub fn payload(changes: &[(&str, Option<&str>)]) -> String {
    let mut members: Vec<(String, String)> = [
        ("token_type", "\"access\"".to_owned()),
        ("exp", (NOW + 200).to_string()),
        ("iat", (NOW - 100).to_string()),
        ("jti", "\"5f3a0dc1c8a94b3f9a8f2ad2f5b1e0c7\"".to_owned()),
        ("user_id", "\"42\"".to_owned()),
        ("aud", "\"api\"".to_owned()),
        ("iss", "\"https://issuer.example\"".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    for (name, value) in changes {
        members.retain(|(known, _)| known != name);
        if let Some(value) = value {
            members.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Signs any header and payload, sound or not: what an issuer gone mad, or holding the same key, could write.
pub struct Forge {
    algorithm: Algorithm,
    key: ForgeKey,
}

enum ForgeKey {
    Secret(Vec<u8>),
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Forge {
    /// With the key of [`signing_text`].
    pub fn new(algorithm: Algorithm) -> Self {
        let key = match algorithm {
            Algorithm::EdDSA => ForgeKey::Ed25519(Ed25519KeyPair::from_pkcs8(&pair(algorithm).pkcs8).expect("good")),
            Algorithm::ES256 => ForgeKey::Ec(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pair(algorithm).pkcs8).expect("good"),
            ),
            Algorithm::RS256 => ForgeKey::Rsa(RsaKeyPair::from_pkcs8(&pair(algorithm).pkcs8).expect("good")),
            _ => ForgeKey::Secret(SECRET.as_bytes().to_vec()),
        };
        Self { algorithm, key }
    }

    /// HMAC with another secret.
    pub fn with_secret(secret: &[u8]) -> Self {
        let key = ForgeKey::Secret(secret.to_vec());
        Self { algorithm: Algorithm::HS256, key }
    }

    pub fn token(&self, payload: &str) -> String {
        self.with_header(&format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm), payload)
    }

    pub fn with_header(&self, header: &str, payload: &str) -> String {
        self.bytes(header.as_bytes(), payload.as_bytes())
    }

    pub fn bytes(&self, header: &[u8], payload: &[u8]) -> String {
        self.segments(&base64url(header), &base64url(payload))
    }

    /// Signs the segments as they are.
    pub fn segments(&self, header: &str, payload: &str) -> String {
        let signed = format!("{header}.{payload}");
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", base64url(signature))
    }

    pub fn signature(&self, message: &[u8]) -> Vec<u8> {
        use aws_lc_rs::{hmac, rand::SystemRandom, signature};
        match &self.key {
            ForgeKey::Secret(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message).as_ref().to_vec()
            }
            ForgeKey::Rsa(pair) => {
                let mut bytes = vec![0; pair.public_modulus_len()];
                let padding = &signature::RSA_PKCS1_SHA256;
                pair.sign(padding, &SystemRandom::new(), message, &mut bytes).expect("signs");
                bytes
            }
            ForgeKey::Ec(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).expect("signs");
                signature.as_ref().to_vec()
            }
            ForgeKey::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

pub fn rsa(size: aws_lc_rs::rsa::KeySize) -> Pair {
    let pair = RsaKeyPair::generate(size).expect("generates");
    let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'static> = pair.as_der().expect("encodes");
    let pkcs8 = pkcs8.as_ref().to_vec();
    // PKCS#8 of RSA is a header of fixed length around PKCS#1, for keys of these sizes.
    let own_form = pkcs8[26..].to_vec();
    let public_info: aws_lc_rs::encoding::PublicKeyX509Der<'static> = pair.public_key().as_der().expect("encodes");
    let public_info = public_info.as_ref().to_vec();
    Pair { pkcs8, own_form, public_info }
}

fn ec(algorithm: &'static aws_lc_rs::signature::EcdsaSigningAlgorithm) -> Pair {
    let pair = EcdsaKeyPair::generate(algorithm).expect("generates");
    let public_info: aws_lc_rs::encoding::PublicKeyX509Der<'static> = pair.public_key().as_der().expect("encodes");
    Pair {
        pkcs8: pair.to_pkcs8v1().expect("encodes").as_ref().to_vec(),
        own_form: pair.private_key().as_der().expect("encodes").as_ref().to_vec(),
        public_info: public_info.as_ref().to_vec(),
    }
}

fn ed25519() -> Pair {
    let pair = Ed25519KeyPair::generate().expect("generates");
    let public_info: aws_lc_rs::encoding::PublicKeyX509Der<'static> = pair.public_key().as_der().expect("encodes");
    Pair {
        pkcs8: pair.to_pkcs8v1().expect("encodes").as_ref().to_vec(),
        own_form: pair.to_pkcs8().expect("encodes").as_ref().to_vec(),
        public_info: public_info.as_ref().to_vec(),
    }
}
