//! A key for each algorithm: jsonwebtoken's two halves, and the text that our setting holds.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use std::sync::OnceLock;

const SECRET: &str = "a key for this check only, long enough for each hash: HS256, HS384 and HS512";

type Keys = (EncodingKey, DecodingKey, String);

pub(crate) fn of(algorithm: Algorithm) -> Result<Keys, Box<dyn std::error::Error>> {
    Ok(match algorithm.family() {
        AlgorithmFamily::Hmac => {
            let secret = SECRET.as_bytes();
            (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret), SECRET.to_owned())
        }
        AlgorithmFamily::Rsa => {
            static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
            let pair = PAIR.get_or_init(|| RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key"));
            let private = pem("PRIVATE KEY", AsDer::<Pkcs8V1Der<'_>>::as_der(pair)?.as_ref());
            let public = pem("PUBLIC KEY", AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?.as_ref());
            (EncodingKey::from_rsa_pem(private.as_bytes())?, DecodingKey::from_rsa_pem(public.as_bytes())?, private)
        }
        AlgorithmFamily::Ec if algorithm == Algorithm::ES256 => ec(&ECDSA_P256_SHA256_FIXED_SIGNING)?,
        AlgorithmFamily::Ec => ec(&ECDSA_P384_SHA384_FIXED_SIGNING)?,
        AlgorithmFamily::Ed => {
            let pair = Ed25519KeyPair::generate()?;
            let private = pem("PRIVATE KEY", pair.to_pkcs8v1()?.as_ref());
            let public = pem("PUBLIC KEY", AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?.as_ref());
            (EncodingKey::from_ed_pem(private.as_bytes())?, DecodingKey::from_ed_pem(public.as_bytes())?, private)
        }
    })
}

fn ec(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Keys, Box<dyn std::error::Error>> {
    let pair = EcdsaKeyPair::generate(algorithm)?;
    let private = pem("PRIVATE KEY", pair.to_pkcs8v1()?.as_ref());
    let public = pem("PUBLIC KEY", AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?.as_ref());
    Ok((EncodingKey::from_ec_pem(private.as_bytes())?, DecodingKey::from_ec_pem(public.as_bytes())?, private))
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
