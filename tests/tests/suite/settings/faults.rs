//! What is said about settings that are wrong: all of it at once, each with its remedy, and never a key.

use super::variables::{KEY, fault_of, from_env, vars};
use jwt_auth::Settings;

#[test]
fn all_faults_come_at_once() {
    let toml = "leeway = -1\nissuer = 5\nfrobnicate = true\naudience = ['']\nSTORE_URL = 'redis://x.test'";
    let vars = [("JWT_AUTH_LEWAY".to_owned(), "1".to_owned()), ("JWT_AUTH_MAX_TOKEN_BYTES".to_owned(), "1".to_owned())];
    let error = Settings::loader().toml(toml, "app.toml").vars(vars).load().expect_err("faults");
    let mut found: Vec<_> = error.faults().iter().map(|fault| (fault.name.as_str(), fault.origin.as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("audience", "app.toml"),
            ("frobnicate", "app.toml"),
            ("issuer", "app.toml"),
            ("leeway", "app.toml"),
            ("leway", "environment variable `JWT_AUTH_LEWAY`"),
            ("max_token_bytes", "environment variable `JWT_AUTH_MAX_TOKEN_BYTES`"),
            ("signing_key", "default"),
            ("store_url", "app.toml"),
        ]
    );
    let shown = error.to_string();
    assert!(shown.starts_with("8 settings need attention:\n  - `"), "{shown}");
    assert_eq!(format!("{error:?}"), shown);
}

#[test]
fn unknown_names_are_refused_with_a_suggestion() {
    for (written, meant) in [
        ("ACESS_TOKEN_LIFETIME", "`access_token_lifetime`"),
        ("LEEWAY ", "`leeway`"),
        ("Leeway", "`leeway`"),
        ("ROTATE_REFRESH_TOKEN", "`rotate_refresh_tokens`"),
        ("SIGNING_KEYFILE", "`signing_key_file`"),
        ("BIND", "remove it"),
    ] {
        let fault = fault_of(from_env(&[(written, "1")]), &written.to_lowercase());
        assert!(fault.reason.contains("no such setting") && fault.remedy.contains(meant), "{fault}");
    }
}

#[test]
fn known_names_that_cannot_be_set_say_what_to_do() {
    for (name, part) in [
        ("AUTH_HEADER_TYPE", "`auth_header_types`"),
        ("AUTH_TOKEN_CLASS", "`auth_token_classes`"),
        ("SECRET_KEY", "`signing_key`"),
        ("TOKEN_BACKEND_CLASS", "`algorithm`"),
        ("USER_AUTHENTICATION_RULE", "`User::may_log_in`"),
        ("ON_LOGIN_SUCCESS", "`ObtainView::on_login_success`"),
        ("ON_LOGIN_FAILED", "`ObtainView::on_login_failed`"),
        ("TOKEN_USER_CLASS", "`TokenClaims`"),
        ("JSON_ENCODER", "`serde::Serialize`"),
        ("TOKEN_OBTAIN_SERIALIZER", "obtain = YourView"),
        ("TOKEN_REFRESH_SERIALIZER", "refresh = YourView"),
        ("TOKEN_VERIFY_SERIALIZER", "`JwtAuth::verify`"),
        ("TOKEN_BLACKLIST_SERIALIZER", "`JwtAuth::blacklist`"),
        ("SLIDING_TOKEN_OBTAIN_SERIALIZER", "`JwtAuth::obtain_sliding`"),
        ("SLIDING_TOKEN_REFRESH_SERIALIZER", "`JwtAuth::refresh_sliding`"),
        ("COOKIE_DOMAIN", "`allowed_origins`"),
        ("COOKIE_PATH", "for this host alone"),
        ("STORE_URL", "not have it yet"),
    ] {
        let fault = fault_of(from_env(&[(name, "null")]), &name.to_lowercase());
        assert!(fault.to_string().contains(part), "{fault}");
    }
}

#[test]
fn names_written_twice_are_refused() {
    let json = format!(r#"{{"signing_key": "{KEY}", "leeway": 1, "leeway": 2}}"#);
    assert!(fault_of(Settings::from_json(&json), "leeway").reason.contains("twice"));
    let toml = format!("signing_key = '{KEY}'\nleeway = 1\nLEEWAY = 2");
    assert!(fault_of(Settings::from_toml(&toml), "leeway").reason.contains("twice"));
    let both = from_env(&[("signing_key", KEY), ("signing_key_file", "/nowhere")]);
    assert!(fault_of(both, "signing_key").remedy.contains("`signing_key` or `signing_key_file`"));
}

#[test]
fn a_missing_key_is_told_with_its_remedy() {
    let fault = fault_of(Settings::from_vars([]), "signing_key");
    assert!(fault.reason.contains("HS256") && fault.remedy.contains("`signing_key_file`"), "{fault}");
    let fault = fault_of(Settings::from_vars(vars(&[("algorithm", "ES256")])), "signing_key");
    assert!(fault.reason.contains("`verifying_key`"), "{fault}");
}

#[test]
fn no_key_is_ever_shown() {
    let settings = from_env(&[("fallback_keys", KEY)]).expect("settings");
    assert!(!format!("{settings:?}").contains(KEY));
    let loader = Settings::loader().vars(vars(&[("signing_key", KEY)]));
    assert!(!format!("{loader:?}").contains(KEY) && format!("{loader:?}").contains("signing_key"));
    let shown = [
        Settings::from_toml(&format!("leeway = 1\nsigning_key = '{KEY}")),
        Settings::from_toml(&format!("signing_keys = '{KEY}'\nsigning_key = ['{KEY}']")),
        Settings::from_json(&format!(r#"{{"signing_key": "{KEY}" "#)),
        Settings::from_json(&format!(r#""{KEY}""#)),
        from_env(&[("algorithm", KEY), ("leeway", KEY), ("profile", KEY), ("auth_token_classes", KEY)]),
    ];
    for result in shown {
        let error = result.expect_err("a fault");
        assert!(!format!("{error} {error:?} {:?}", error.faults()).contains(KEY), "{error}");
    }
    let toml = Settings::from_toml("leeway = 1\nissuer =").expect_err("no TOML").to_string();
    assert!(toml.contains("line 2"), "{toml}");
}

#[test]
fn a_weak_key_is_told_with_all_other_faults() {
    let faults =
        Settings::from_vars(vars(&[("signing_key", "short"), ("lewway", "5"), ("access_token_lifetime", "soon")]));
    let faults = faults.expect_err("three faults");
    let names: Vec<&str> = faults.faults().iter().map(|fault| fault.name.as_str()).collect();
    assert_eq!(names, ["lewway", "access_token_lifetime", "signing_key"], "{faults}");
    assert!(faults.faults()[2].origin.contains("JWT_AUTH_SIGNING_KEY"));
}
