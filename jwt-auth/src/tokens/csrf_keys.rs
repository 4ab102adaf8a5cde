//! CSRF tokens: what a page of the application knows and another page does not.

use crate::error::StoreError;
use crate::keys::{derived_key, is_secret_text};
use crate::secret::Secret;
use crate::settings::Settings;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use zeroize::Zeroizing;

/// Makes and checks CSRF tokens. One belongs to a session and is good for as long as that: it is not one token's but the session's,
/// and a refresh changes nothing. Nothing is compared with a cookie, so a planted cookie gains nothing.
pub(crate) struct CsrfKeys {
    /// The first one makes them, all check them: derived from the signing key and from older secrets, so that a changed key logs nobody out.
    keys: Vec<hmac::Key>,
}

/// In bytes.
const RANDOM: usize = 16;

impl CsrfKeys {
    /// Of these settings; none without a signing key.
    pub(crate) fn of(settings: &Settings) -> Option<Self> {
        Some(Self { keys: own_keys(settings, b"jwt-auth csrf 1")? })
    }

    /// A token for this session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the operating system has no random numbers to give.
    pub(crate) fn token(&self, sid: &str) -> Result<Secret, StoreError> {
        let mut random = [0; RANDOM];
        rand::fill(&mut random).map_err(StoreError::unavailable)?;
        let key = self.keys.first().ok_or(StoreError::unavailable(Unspecified))?;
        let mut token = random.to_vec();
        token.extend_from_slice(hmac::sign(key, &signed(sid, &random)).as_ref());
        Ok(URL_SAFE_NO_PAD.encode(token).into())
    }

    /// Whether this is a token at all, whosever.
    pub(crate) fn is_token(text: &[u8]) -> bool {
        URL_SAFE_NO_PAD.decode(text).is_ok_and(|token| token.len() == RANDOM + 32)
    }

    /// Whether it is one of this session's.
    pub(crate) fn fits(&self, text: &[u8], sid: &str) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(text) else { return false };
        let Some((random, mac)) = token.split_at_checked(RANDOM) else { return false };
        self.keys.iter().any(|key| hmac::verify(key, &signed(sid, random), mac).is_ok())
    }
}

/// Keys for this purpose, the first one to make something with: derived from the signing key, from those of the ring, of which one will be
/// the signing key one day, and from older secrets. None without a signing key.
pub(crate) fn own_keys(settings: &Settings, purpose: &[u8]) -> Option<Vec<hmac::Key>> {
    let as_written = |key: &Secret| Zeroizing::new(key.expose().to_owned());
    let signing = as_written(settings.signing_key.as_ref()?);
    let of_ring = settings.key_ring.iter().map(|key| secret_of(key.expose()).unwrap_or_else(|| as_written(key)));
    let older = settings.fallback_keys.iter().filter_map(|key| secret_of(key.expose()));
    let keys = [signing].into_iter().chain(of_ring).chain(older);
    Some(keys.map(|key| derived_key(&key, purpose)).collect())
}

/// An older key as it was written while it signed. None of a public key: whoever verifies has that, and nothing secret can be derived from it.
fn secret_of(key: &str) -> Option<Zeroizing<String>> {
    #[derive(serde::Deserialize)]
    struct Jwk {
        k: Secret,
    }
    if let Ok(jwk) = serde_json::from_str::<Jwk>(key) {
        let bytes = URL_SAFE_NO_PAD.decode(jwk.k.expose()).ok()?;
        return String::from_utf8(bytes).ok().map(Zeroizing::new);
    }
    let is_private = key.trim_start().starts_with("-----BEGIN") && key.contains("PRIVATE KEY-----");
    (is_private || is_secret_text(key)).then(|| Zeroizing::new(key.to_owned()))
}

/// What is signed, each part with its length before it: no two pairs are one text.
fn signed(sid: &str, random: &[u8]) -> Vec<u8> {
    let parts = [sid.as_bytes(), random];
    parts.iter().flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied())).collect()
}

impl fmt::Debug for CsrfKeys {
    /// Without the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfKeys").field("len", &self.keys.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{CsrfKeys, RANDOM, URL_SAFE_NO_PAD};
    use crate::settings::Settings;
    use base64::Engine;

    const OLD: &str = "an older secret, which is 32 bytes and more";
    const NEW: &str = "a newer secret, which is 32 bytes and more";

    fn keys(signing: &str, fallback: &[&str]) -> CsrfKeys {
        let fallback_keys = fallback.iter().map(|key| (*key).into()).collect();
        CsrfKeys::of(&Settings { fallback_keys, ..Settings::new(signing) }).expect("a signing key")
    }

    #[test]
    fn a_token_fits_its_session_and_no_other() {
        let keys = keys(OLD, &[]);
        let (one, two) = (keys.token("one").expect("random"), keys.token("one").expect("random"));
        assert_ne!(one.expose(), two.expose());
        assert_eq!(one.expose().len(), (RANDOM + 32) / 3 * 4);
        for token in [&one, &two] {
            assert!(CsrfKeys::is_token(token.expose().as_bytes()));
            assert!(keys.fits(token.expose().as_bytes(), "one") && !keys.fits(token.expose().as_bytes(), "two"));
        }
        for odd in ["", "AAAA", &one.expose()[1..], &format!("{}A", one.expose()), &"A".repeat(64), &"=".repeat(64)] {
            assert!(!keys.fits(odd.as_bytes(), "one"), "{odd}");
        }
    }

    #[test]
    fn it_outlives_a_changed_key_and_no_public_key_makes_one() {
        let token = keys(OLD, &[]).token("one").expect("random");
        assert!(keys(NEW, &[OLD]).fits(token.expose().as_bytes(), "one"));
        assert!(!keys(NEW, &[]).fits(token.expose().as_bytes(), "one"));
        let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----";
        assert_eq!(keys(NEW, &[public, r#"{"kty":"OKP"}"#]).keys.len(), 1);
        let jwk = format!(r#"{{"kty":"oct","alg":"HS256","k":"{}"}}"#, URL_SAFE_NO_PAD.encode(OLD));
        assert!(keys(NEW, &[&jwk]).fits(token.expose().as_bytes(), "one"));
        let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----";
        assert_eq!(keys(NEW, &[private]).keys.len(), 2);
        // As the next signing key, and as a secret of the ring.
        for of_ring in [OLD, private, &jwk] {
            let settings = Settings { key_ring: vec![of_ring.into()], ..Settings::new(NEW) };
            let token = keys(if of_ring == private { private } else { OLD }, &[]).token("one").expect("random");
            assert!(CsrfKeys::of(&settings).expect("a key").fits(token.expose().as_bytes(), "one"), "{of_ring}");
        }
    }
}
