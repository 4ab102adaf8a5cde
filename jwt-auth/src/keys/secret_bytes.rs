//! Which bytes may be an HMAC secret.

use super::{Algorithm, KeyError, KeyStrictness, der};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Checks a secret before it becomes a key.
///
/// # Errors
/// [`KeyError::Empty`], [`KeyError::SecretIsAKey`] always; the two weaknesses unless `strictness` is lenient.
pub(super) fn check_secret(algorithm: Algorithm, secret: &[u8], strictness: KeyStrictness) -> Result<(), KeyError> {
    if secret.trim_ascii().is_empty() {
        return Err(KeyError::Empty);
    }
    if let Some(found) = looks_like_a_key(trim(secret)) {
        return Err(KeyError::SecretIsAKey { algorithm, found });
    }
    let weakness = weakness(algorithm, secret);
    match (weakness, strictness) {
        (Some(error), KeyStrictness::Hardened) => Err(error),
        (Some(error), KeyStrictness::Lenient) => {
            tracing::warn!("weak signing secret: {error}");
            Ok(())
        }
        (None, _) => Ok(()),
    }
}

/// Whether a key of the settings is a secret, and no public or private key in any of its forms.
pub(crate) fn is_secret_text(text: &str) -> bool {
    looks_like_a_key(trim(text.as_bytes())).is_none()
}

fn weakness(algorithm: Algorithm, secret: &[u8]) -> Option<KeyError> {
    let needed = algorithm.shortest_secret();
    let first = secret.first();
    if secret.len() >= needed && secret.iter().all(|byte| Some(byte) == first) {
        return Some(KeyError::SecretRepeatsOneByte { needed });
    }
    let bytes = without_padding(secret).len();
    (bytes < needed).then_some(KeyError::SecretTooShort { algorithm, bytes, needed })
}

/// Without the NULs at its end, which make no other key (RFC 2104 2 pads with them). Up to three of them come by chance.
fn without_padding(secret: &[u8]) -> &[u8] {
    const BY_CHANCE: usize = 3;
    let end = secret.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if secret.len() - end > BY_CHANCE { &secret[..end] } else { secret }
}

/// White space, NUL and a byte order mark around a key have defeated such checks before (CVE-2026-34950).
fn trim(mut bytes: &[u8]) -> &[u8] {
    const BOM: &[u8] = b"\xEF\xBB\xBF";
    loop {
        let before = bytes.len();
        bytes = bytes.trim_ascii();
        bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
        bytes = bytes.strip_prefix(b"\0").unwrap_or(bytes);
        bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        bytes = bytes.strip_prefix(b"\x0B").unwrap_or(bytes);
        bytes = bytes.strip_suffix(b"\x0B").unwrap_or(bytes);
        if bytes.len() == before {
            return bytes;
        }
    }
}

fn looks_like_a_key(bytes: &[u8]) -> Option<&'static str> {
    const SSH: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"];
    if contains(bytes, b"-----BEGIN") || contains(bytes, b"---- BEGIN") {
        return Some("a PEM file");
    }
    if SSH.iter().any(|prefix| bytes.starts_with(prefix)) {
        return Some("an SSH key");
    }
    if bytes.starts_with(b"{") && contains(bytes, b"\"kty\"") {
        return Some("a JWK");
    }
    // `0` is the tag of a SEQUENCE, and what comes after it may be its length: one of so many random texts of 88 letters begins so. No key is
    // all letters, as the numbers in it have tags that are none.
    let is_text = bytes.iter().all(u8::is_ascii_graphic);
    if (!is_text && der::looks_like_key(bytes)) || is_der_in_base64(bytes) {
        return Some("a DER key");
    }
    None
}

/// The beginning of the body of a PEM file without its frame: what everybody has of a public key is no secret.
pub(super) fn begins_like_key(text: &str) -> bool {
    let letters: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).take(16).collect();
    [STANDARD_NO_PAD.decode(&letters), URL_SAFE_NO_PAD.decode(&letters)]
        .into_iter()
        .flatten()
        .any(|bytes| der::begins_like_key(&bytes))
}

/// The body of a PEM file without its frame.
fn is_der_in_base64(bytes: &[u8]) -> bool {
    let body: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').collect();
    // A SEQUENCE starts with the bits 001100, and so its text with an M.
    if body.first() != Some(&b'M') {
        return false;
    }
    [STANDARD_NO_PAD.decode(&body), URL_SAFE_NO_PAD.decode(&body)]
        .into_iter()
        .flatten()
        .any(|bytes| der::looks_like_key(&bytes))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hardened(secret: &[u8]) -> Result<(), KeyError> {
        check_secret(Algorithm::HS256, secret, KeyStrictness::Hardened)
    }

    #[test]
    fn lengths_are_those_of_the_hash() {
        let secret: Vec<u8> = (0..64).collect();
        for (algorithm, needed) in [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)] {
            assert_eq!(check_secret(algorithm, &secret[..needed], KeyStrictness::Hardened), Ok(()));
            let short = &secret[..needed - 1];
            assert!(matches!(
                check_secret(algorithm, short, KeyStrictness::Hardened),
                Err(KeyError::SecretTooShort { .. })
            ));
            assert_eq!(check_secret(algorithm, short, KeyStrictness::Lenient), Ok(()));
        }
    }

    #[test]
    fn key_files_are_refused_however_they_are_wrapped() {
        let der = [&b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"[..], &[7; 32]].concat();
        let body = STANDARD_NO_PAD.encode(&der);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
        for wrapped in [
            pem.clone(),
            format!(" {pem}"),
            format!("\u{feff}\n\t{pem}"),
            body.clone(),
            format!("\n {body}= \n"),
            r#" {"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#.to_owned(),
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJJJJJJJJJJJJJJJJJJJJ me@here".to_owned(),
        ] {
            for strictness in [KeyStrictness::Hardened, KeyStrictness::Lenient] {
                assert!(
                    matches!(
                        check_secret(Algorithm::HS256, wrapped.as_bytes(), strictness),
                        Err(KeyError::SecretIsAKey { .. })
                    ),
                    "{wrapped:?}"
                );
            }
        }
        assert!(matches!(hardened(&der), Err(KeyError::SecretIsAKey { .. })));
    }

    #[test]
    fn a_random_text_is_no_key_whatever_it_begins_with() {
        for (begin, length) in [("0b0", 100), ("0V0", 88), ("0000", 50), ("0>0", 64)] {
            let text: String = begin.chars().chain("1a2b3c4d5e6f7".chars().cycle()).take(length).collect();
            assert_eq!(hardened(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn emptiness_and_repetition() {
        assert_eq!(hardened(b""), Err(KeyError::Empty));
        assert_eq!(hardened(b" \n\t "), Err(KeyError::Empty));
        let repeated = hardened(&[b'a'; 64]);
        assert_eq!(repeated, Err(KeyError::SecretRepeatsOneByte { needed: 32 }));
    }
}
