//! What cannot be right does not start, and says what to change.

use jwt_auth::settings::{SameSite, SettingsFault, StoreKind};
use jwt_auth::store::MemoryStore;
use jwt_auth::tokens::TokenClass;
use jwt_auth::{JwtAuth, Settings, StartError};
use jwt_auth_tests::{KEY, logged, settings};

fn with_cookies() -> Settings {
    Settings { cookies: true, ..settings() }
}

async fn faults(settings: Settings) -> Vec<SettingsFault> {
    match JwtAuth::builder(settings).store(MemoryStore::new()).start().await {
        Err(StartError::Settings(error)) => error.faults().to_vec(),
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

fn origins(list: &[&str]) -> Settings {
    Settings { allowed_origins: list.iter().map(|origin| (*origin).to_owned()).collect(), ..with_cookies() }
}

#[tokio::test]
async fn impossible_combinations() {
    for (settings, name, words) in [
        (Settings { cookie_secure: false, ..settings() }, "cookie_secure", "`cookies` is off"),
        (Settings { cookie_same_site: SameSite::Strict, ..settings() }, "cookie_same_site", "`cookies` is off"),
        (Settings { cookies: false, ..origins(&["https://a.test"]) }, "allowed_origins", "`cookies` is off"),
        (
            Settings { cookie_same_site: SameSite::None, cookie_secure: false, ..origins(&["https://a.test"]) },
            "cookie_same_site",
            "without `Secure`",
        ),
        (Settings { cookie_same_site: SameSite::None, ..with_cookies() }, "cookie_same_site", "lists none"),
        (Settings { cookies: true, ..Settings::simple_jwt(KEY) }, "cookies", "need sessions"),
        (Settings { store: StoreKind::Django, session_lifetime: None, ..with_cookies() }, "cookies", "need sessions"),
        (origins(&["*"]), "allowed_origins", "every page"),
        (origins(&["https://*.example.test"]), "allowed_origins", "every page"),
        (origins(&["app.example.test"]), "allowed_origins", "is no origin"),
        (origins(&["https://app.example.test/"]), "allowed_origins", "is no origin"),
        (origins(&["https://App.example.test"]), "allowed_origins", "is no origin"),
        (origins(&["https://app.example.test:0"]), "allowed_origins", "is no origin"),
        (origins(&["https://user@app.example.test"]), "allowed_origins", "is no origin"),
        (origins(&["HTTP://app.example.test"]), "allowed_origins", "is no origin"),
        (
            Settings { auth_token_classes: vec![TokenClass::Access, TokenClass::Sliding], ..with_cookies() },
            "auth_token_classes",
            "no cookie",
        ),
        (origins(&["https://"]), "allowed_origins", "is no origin"),
        (origins(&["https://app.example.test:443"]), "allowed_origins", "leave it out"),
        (origins(&["http://app.example.test"]), "allowed_origins", "TLS"),
    ] {
        let faults = faults(settings).await;
        let fault = faults.iter().find(|fault| fault.name == name).unwrap_or_else(|| panic!("{name}: {faults:?}"));
        assert!(fault.reason.contains(words), "{fault}");
        assert!(!fault.remedy.is_empty());
    }
}

#[tokio::test]
async fn what_can_be_right_starts() {
    for settings in [
        with_cookies(),
        origins(&[
            "https://app.example.test",
            "https://app.example.test:8443",
            "http://localhost:5173",
            "http://[::1]:3000",
        ]),
        origins(&["capacitor://localhost"]),
        Settings { cookie_secure: false, ..origins(&["http://app.local:3000"]) },
        Settings { cookie_same_site: SameSite::None, ..origins(&["https://shop.test"]) },
        Settings { rotate_refresh_tokens: false, ..with_cookies() },
    ] {
        assert_eq!(faults(settings).await, []);
    }
}

#[tokio::test]
async fn cookies_without_sessions_do_not_start() {
    let settings = Settings { rotate_refresh_tokens: false, ..with_cookies() };
    match JwtAuth::<jwt_auth::NoUser>::builder(settings).start().await {
        Err(StartError::Settings(error)) => {
            let fault = error.faults().iter().find(|fault| fault.name == "cookies").expect("a fault");
            assert!(fault.remedy.contains(".store(..)"), "{fault}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn development_over_plain_http_is_warned_of() {
    for (settings, name) in [
        (Settings { cookie_secure: false, ..with_cookies() }, "cookie_secure"),
        (Settings { cookie_same_site: SameSite::None, ..origins(&["https://shop.test"]) }, "cookie_same_site"),
    ] {
        let log = logged(async {
            JwtAuth::builder(settings).store(MemoryStore::new()).start().await.expect("a start");
        });
        assert!(log.lines().any(|line| line.starts_with("WARN ") && line.contains(name)), "{log}");
    }
}
