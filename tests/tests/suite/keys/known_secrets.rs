//! Secrets that stand on public pages sign nothing.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwt_auth::keys::KeyError;
use jwt_auth::settings::SettingsFault;
use jwt_auth::store::MemoryStore;
use jwt_auth::{JwtAuth, Secret, Settings, StartError};
use jwt_auth_tests::logged;
use proptest::prelude::*;

/// In the form in which they are printed.
const KNOWN: [&str; 12] = [
    // RFC 7515, A.1.
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    // jwt.io, before and after 2025.
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "changemechangemechangemechangeme",
    "change-me-change-me-change-me-change-me-1",
    "SECRET SECRET SECRET SECRET SECRET",
    "passwordpasswordpasswordpassword",
    "0123456789abcdef0123456789abcdef",
    "django-insecure-2b8x!j0p$3n#v@q9w&k1z*e7r5t(y)u_i+o=a-s^d%f",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
];

#[tokio::test]
async fn none_of_them_starts_a_hardened_service() {
    for known in KNOWN {
        let hex: String = known.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [known.to_owned(), STANDARD.encode(known), URL_SAFE_NO_PAD.encode(known), hex] {
            let fault = fault_of(Settings::new(form.clone()), "signing_key").await;
            assert!(fault.reason.contains("everybody knows") && fault.remedy.contains("openssl rand"), "{fault}");
            assert!(!fault.to_string().contains(&form), "{fault}");
            let fallback = Settings { fallback_keys: vec![form.into()], ..Settings::new(random()) };
            fault_of(fallback, "fallback_keys[0]").await;
        }
    }
    // The bytes that RFC 7515 means, where a key can be given as bytes.
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, KNOWN[0]);
    let fallback = Settings { fallback_keys: vec![jwk.into()], ..Settings::new(random()) };
    fault_of(fallback, "fallback_keys[0]").await;
    // Whatever the algorithm asks for.
    let long = Settings { algorithm: jwt_auth::keys::Algorithm::HS512, ..Settings::new("changeme".repeat(8)) };
    fault_of(long, "signing_key").await;
}

#[test]
fn they_are_refused_where_settings_are_loaded() {
    let vars = [("JWT_AUTH_SIGNING_KEY".to_owned(), format!("{}\n", KNOWN[1]))];
    let fault = Settings::from_vars(vars).expect_err("known");
    assert!(fault.to_string().contains("jwt.io") && !fault.to_string().contains(KNOWN[1]), "{fault}");
    let ring = jwt_auth::keys::KeyRing::from_settings(&Settings::new(KNOWN[0])).expect_err("known");
    assert!(matches!(ring[0].error, KeyError::SecretIsKnown { .. }));
}

/// SimpleJWT signs with Django's `SECRET_KEY`, and a service that moves must start.
#[test]
fn under_simple_jwt_they_are_warned_of() {
    for known in KNOWN.into_iter().chain(["secret", "your-256-bit-secret", "changeme"]) {
        let settings = Settings::simple_jwt(known);
        let warned = settings.insecure();
        assert!(warned.iter().any(|weak| weak.name == "signing_key"), "{known}");
        let log = logged(async {
            JwtAuth::builder(settings).start().await.expect("it starts");
        });
        assert!(log.contains("WARN") && log.contains("signing_key"), "{log}");
        assert!(known.len() < 16 || !log.contains(known), "{log}");
    }
}

proptest! {
    #[test]
    fn random_secrets_are_not_known(bytes in proptest::collection::vec(any::<u8>(), 32..64)) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for secret in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes), hex] {
            prop_assert!(jwt_auth::keys::KeyRing::from_settings(&Settings::new(secret)).is_ok());
        }
    }

    #[test]
    fn a_word_over_and_over_is_known(word in "[a-zA-Z0-9]{1,16}", joint in "[-_. ]?", tail in "[0-9]{0,3}") {
        let times = 33_usize.div_ceil(word.len()).max(2);
        let secret = vec![word; times].join(&joint) + &tail;
        prop_assert!(jwt_auth::keys::KeyRing::from_settings(&Settings::new(secret)).is_err());
    }
}

fn random() -> Secret {
    Secret::generate().expect("random numbers")
}

async fn fault_of(settings: Settings, name: &str) -> SettingsFault {
    match JwtAuth::builder(settings).store(MemoryStore::new()).start().await {
        Err(StartError::Settings(error)) => {
            let fault = error.faults().iter().find(|fault| fault.name == name);
            fault.unwrap_or_else(|| panic!("no fault of {name}: {error}")).clone()
        }
        other => panic!("{other:?}"),
    }
}
