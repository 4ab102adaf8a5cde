//! Settings written in code are checked when a `JwtAuth` starts.

use jwt_auth::keys::Algorithm;
use jwt_auth::settings::{SettingsFault, hours, minutes};
use jwt_auth::store::MemoryStore;
use jwt_auth::{JwtAuth, Settings, StartError};
use jwt_auth_tests::logged;
use std::time::Duration;

const KEY: &str = "a signing key of the settings suite, longer than 64 bytes, which nobody may see";

/// The public key of RFC 8037, appendix A.2.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
";

#[tokio::test]
async fn sound_settings_start() {
    let settings = Settings { access_token_lifetime: minutes(15), ..Settings::new(KEY) };
    JwtAuth::builder(settings).store(MemoryStore::new()).start().await.expect("a start");
}

#[tokio::test]
async fn settings_for_another_issuer_start_without_key_and_store() {
    let settings = Settings::verify_only(Algorithm::EdDSA, PUBLIC_KEY);
    JwtAuth::builder(settings).start().await.expect("a start");
}

#[tokio::test]
async fn every_fault_is_told_at_start() {
    let settings = Settings {
        leeway: minutes(6),
        refresh_reuse_grace: minutes(6),
        auth_header_name: "HTTP_X_ACCESS_TOKEN".to_owned(),
        user_id_claim: "jti".to_owned(),
        revocation_sync_interval: Duration::ZERO,
        ..Settings::new("short")
    };
    let faults = faults_of(settings).await;
    for name in
        ["leeway", "refresh_reuse_grace", "auth_header_name", "jti_claim", "revocation_sync_interval", "signing_key"]
    {
        assert!(faults.iter().any(|fault| fault.name == name), "{name} in {faults:?}");
    }
    let header = faults.iter().find(|fault| fault.name == "auth_header_name").expect("a fault");
    assert!(header.origin == "code" && header.remedy.contains("`X-Access-Token`"), "{header}");
}

/// With the default settings no less than with weaker ones: a line for each, at `warn`, with its remedy.
#[test]
fn what_is_insecure_is_logged_at_the_start() {
    let weaker = Settings {
        access_token_lifetime: hours(2),
        session_lifetime: None,
        refresh_reuse_grace: Duration::ZERO,
        ..Settings::new(KEY)
    };
    for (settings, at_least) in [(Settings::new(KEY), 2), (weaker, 5)] {
        let insecure = settings.insecure();
        assert!(insecure.len() >= at_least, "{insecure:?}");
        let log = logged(async {
            JwtAuth::builder(settings).store(MemoryStore::new()).start().await.expect("a start");
        });
        let told: Vec<&str> = log.lines().filter(|line| line.contains("insecure settings")).collect();
        assert_eq!(told.len(), insecure.len(), "{log}");
        for (line, warning) in told.into_iter().zip(insecure) {
            assert!(line.starts_with("WARN ") && line.contains(&format!("setting={:?}", warning.name)), "{line}");
            assert!(line.contains(warning.reason) && line.contains(warning.remedy), "{line}");
        }
    }
}

async fn faults_of(settings: Settings) -> Vec<SettingsFault> {
    match JwtAuth::builder(settings).store(MemoryStore::new()).start().await {
        Err(StartError::Settings(error)) => error.faults().to_vec(),
        other => panic!("{other:?}"),
    }
}
