//! Values as shells, files and orchestrators hand them on: what is cut off, and what is refused with what to write instead.

use jwt_auth::Settings;
use jwt_auth::settings::{SettingsError, SettingsFault};
use jwt_auth_tests::logged;
use jwt_auth_tests::scratch::Scratch;
use proptest::prelude::*;
use std::path::Path;

const KEY: &str = "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g";
const OLD_KEY: &str = "q2wWuG9mJm8m8Q9m0WnqfW2sXy1yqg1v3n6s1mQyX1k";

/// A setting of each kind of value, and a value without white space.
const VALUES: &[(&str, &str)] = &[
    ("access_token_lifetime", "15m"),
    ("rotate_refresh_tokens", "true"),
    ("max_token_bytes", "4096"),
    ("token_cache_bytes", "1048576"),
    ("algorithm", "HS256"),
    ("key_id", "2026-01"),
    ("issuer", "https://id.example"),
    ("audience", "shop"),
    ("auth_header_types", "JWT"),
    ("auth_header_name", "X-Access-Token"),
    ("user_id_claim", "sub"),
    ("auth_token_classes", "AccessToken"),
    ("token_type_claim", "null"),
    ("refresh_reuse_policy", "revoke"),
    ("session_lifetime", "null"),
    ("namespace", "shop"),
    ("store", "native"),
    ("profile", "simple_jwt"),
    ("trusted_proxies", "10.0.0.0/8"),
    ("password_hashers", "argon2id"),
];

proptest! {
    #[test]
    fn white_space_around_a_value_is_no_part_of_it(
        at in 0..VALUES.len(), before in "[ \t\r\n]{0,3}", after in "[ \t\r\n]{0,3}",
    ) {
        let (name, value) = VALUES[at];
        let spaced = format!("{before}{value}{after}");
        let json = |value: &str| serde_json::json!({"signing_key": KEY, name: value}).to_string();
        let toml = |value: &str| format!("signing_key = '{KEY}'\n{name} = {}", serde_json::json!(value));
        prop_assert_eq!(shown(env(&[(name, &spaced)])), shown(env(&[(name, value)])));
        prop_assert_eq!(shown(Settings::from_toml(&toml(&spaced))), shown(Settings::from_toml(&toml(value))));
        if value != "null" {
            prop_assert_eq!(shown(Settings::from_json(&json(&spaced))), shown(Settings::from_json(&json(value))));
        }
    }

    #[test]
    fn a_key_loses_its_line_breaks_and_nothing_else(
        before in "[\r\n]{0,3}", spaces in "[ \t]{0,2}", after in "[\r\n]{0,3}",
    ) {
        let key = format!("{spaces}{KEY}{spaces}");
        let written = format!("{before}{key}{after}");
        let scratch = Scratch::new("key-breaks");
        let path = scratch.path().join("key");
        write(&path, &written);
        let path = path.display().to_string();
        let files = format!("[\"{path}\"]");
        let quoted = serde_json::json!(written);
        for settings in [
            Settings::from_vars(vars(&[("signing_key", &written), ("fallback_keys", &written)])),
            Settings::from_vars(vars(&[("signing_key", &written), ("fallback_keys", &format!("[{quoted}]"))])),
            Settings::from_vars(vars(&[("signing_key_file", &path), ("fallback_keys_file", &files)])),
            Settings::from_vars(vars(&[("signing_key_file", &format!(" {path}\n")), ("fallback_keys_file", &path)])),
            Settings::from_toml(&format!("signing_key = {quoted}\nfallback_keys = [{quoted}]")),
            Settings::from_json(&format!("{{\"signing_key\": {quoted}, \"fallback_keys\": {quoted}}}")),
        ] {
            let settings = settings.expect("settings");
            prop_assert_eq!(settings.signing_key.as_ref().expect("a key").expose(), &key);
            prop_assert_eq!(settings.fallback_keys[0].expose(), &key);
        }
        let kept = jwt_auth::Secret::load_or_generate(path).expect("the same key");
        prop_assert_eq!(kept.expose(), &key);
    }
}

#[test]
fn items_of_a_list_lose_their_white_space_too() {
    let settings = env(&[("audience", "[\" shop\\n\", \"admin \"]")]).expect("settings");
    assert_eq!(&*settings.audience, ["shop", "admin"]);
    let settings = Settings::from_toml(&format!("signing_key = '{KEY}'\naudience = [' shop ', 'admin']"));
    assert_eq!(&*settings.expect("settings").audience, ["shop", "admin"]);
}

#[test]
fn quotes_that_came_with_the_value_are_refused() {
    for (name, value) in VALUES.iter().chain([&("signing_key", KEY), &("fallback_keys", OLD_KEY)]) {
        for quote in ['"', '\''] {
            let quoted = format!("{quote}{value}{quote}");
            let toml = if *name == "signing_key" { String::new() } else { format!("signing_key = '{KEY}'\n") };
            for result in [
                env(&[(name, &quoted)]),
                env(&[(name, &format!(" {quoted}\n"))]),
                Settings::from_toml(&format!("{toml}{name} = {}", serde_json::json!(quoted))),
            ] {
                let fault = fault_of(result, name);
                assert!(fault.reason.contains("quote") && fault.remedy.contains("leave the quotes out"), "{fault}");
                assert!(!fault.to_string().contains(KEY) && !fault.to_string().contains(OLD_KEY), "{fault}");
            }
        }
    }
    let list = fault_of(env(&[("audience", r#"'["shop", "admin"]'"#)]), "audience");
    assert!(list.reason.contains("quote"), "{list}");
    let item = fault_of(env(&[("audience", r#"["shop", "'admin'"]"#)]), "audience");
    assert!(item.reason.contains("quote"), "{item}");
    let scratch = Scratch::new("quotes");
    let path = scratch.path().join("key");
    write(&path, &format!("\"{KEY}\"\n"));
    let file = fault_of(env(&[("signing_key_file", &path.display().to_string())]), "signing_key");
    assert!(file.reason.contains("quote") && !file.to_string().contains(KEY), "{file}");
    // One quote is a letter like others.
    assert!(env(&[("issuer", "\"")]).is_ok() && env(&[("issuer", "it's")]).is_ok());
}

#[test]
fn lists_with_commas_are_refused_where_arrays_are_wanted() {
    for (name, value) in [
        ("audience", "shop,admin"),
        ("audience", "shop, admin"),
        ("auth_header_types", "Bearer,JWT"),
        ("auth_token_classes", "AccessToken,RefreshToken"),
        ("trusted_proxies", "10.0.0.0/8,192.168.0.0/16"),
        ("password_hashers", "argon2id,bcrypt"),
    ] {
        let document = format!("signing_key = '{KEY}'\n{name} = '{value}'");
        for result in [env(&[(name, value)]), Settings::from_toml(&document)] {
            let fault = fault_of(result, name);
            assert!(fault.reason.contains("commas") && fault.remedy.contains("write `[\""), "{fault}");
        }
    }
    let fault = fault_of(env(&[("audience", "shop, admin")]), "audience");
    assert!(fault.remedy.contains(r#"["shop", "admin"]"#), "{fault}");
    assert_eq!(&*env(&[("audience", r#"["shop,admin"]"#)]).expect("one item").audience, ["shop,admin"]);

    for between in [",", ", ", "\n"] {
        let fault = fault_of(env(&[("fallback_keys", &format!("{OLD_KEY}{between}{KEY}"))]), "fallback_keys");
        assert!(fault.reason.contains("several keys") && !fault.to_string().contains(OLD_KEY), "{fault}");
    }
    let with_comma = env(&[("fallback_keys", "one secret, and it has a comma in it")]);
    assert_eq!(with_comma.expect("one secret").fallback_keys.len(), 1);
}

#[test]
fn a_key_file_holds_one_key_and_is_one_file() {
    let scratch = Scratch::new("key-files");
    let (one, two, array) = (scratch.path().join("one"), scratch.path().join("two"), scratch.path().join("array"));
    write(&one, KEY);
    write(&two, OLD_KEY);
    write(&array, &format!("[\"{KEY}\", \"{OLD_KEY}\"]\n"));
    let [one, two, array] = [one, two, array].map(|path| path.display().to_string());
    for (name, value, part) in [
        ("signing_key_file", array.clone(), "the file holds a JSON array"),
        ("fallback_keys_file", array, "the file holds a JSON array"),
        ("signing_key_file", format!("[\"{one}\", \"{two}\"]"), "it is a list"),
        ("signing_key_file", format!("{one},{two}"), "it is a list"),
        ("fallback_keys_file", format!("{one},{two}"), "several files in one text"),
        ("signing_key", format!("[\"{KEY}\"]"), "it is a JSON array"),
    ] {
        let setting = name.trim_end_matches("_file");
        let fault = fault_of(env(&[(name, &value)]), setting);
        assert!(fault.reason.contains(part) && !fault.remedy.is_empty(), "{fault}");
        assert!(!fault.to_string().contains(KEY) && !fault.to_string().contains(OLD_KEY), "{fault}");
    }
    let toml = Settings::from_toml(&format!("signing_key_file = ['{one}', '{two}']"));
    assert!(fault_of(toml, "signing_key").reason.contains("it is a list"));
    let both = env(&[("fallback_keys_file", &format!("[\"{one}\", \"{two}\"]"))]).expect("two files");
    assert_eq!(both.fallback_keys.len(), 2);
}

#[test]
fn a_folder_is_called_a_folder() {
    let scratch = Scratch::new("folder");
    let path = scratch.path().display().to_string();
    for (name, setting) in [
        ("signing_key_file", "signing_key"),
        ("verifying_key_file", "verifying_key"),
        ("fallback_keys_file", "fallback_keys"),
    ] {
        let fault = fault_of(env(&[(name, &path)]), setting);
        assert!(fault.reason.contains("it is a folder"), "{fault}");
    }
    let file = Settings::loader().toml_file(&path).expect_err("no file").to_string();
    assert!(file.contains("it is a folder"), "{file}");
    let kept = jwt_auth::Secret::load_or_generate(&path).expect_err("no file").to_string();
    assert!(kept.contains("is a folder") && !kept.contains("chmod"), "{kept}");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("readable");
    let path = scratch.path().join("key");
    for (mode, is_exposed) in [(0o600, false), (0o640, false), (0o440, false), (0o644, true), (0o604, true)] {
        write(&path, KEY);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let named = path.display().to_string();
        for (name, setting) in [("signing_key_file", "signing_key"), ("fallback_keys_file", "fallback_keys")] {
            let settings = env(&[(name, &named)]).expect("settings");
            let warned =
                settings.insecure().iter().any(|warning| warning.name == setting && warning.reason.contains("read"));
            assert_eq!(warned, is_exposed, "{mode:o}");
        }
        std::fs::remove_file(&path).expect("removed");
    }
}

/// What Kubernetes makes for services of these names, whose variables all begin with ours.
#[test]
fn service_links_are_skipped_with_one_line() {
    for service in ["", "ADMIN_", "SIGNING_KEY_", "PORT_"] {
        let links: Vec<(String, String)> = [
            ("SERVICE_HOST", "10.96.0.12"),
            ("SERVICE_PORT", "8000"),
            ("SERVICE_PORT_HTTP", "8000"),
            ("SERVICE_PORT_HTTP_ADMIN", "8000"),
            ("PORT", "tcp://10.96.0.12:8000"),
            ("PORT_8000_TCP", "tcp://10.96.0.12:8000"),
            ("PORT_8000_TCP_PROTO", "tcp"),
            ("PORT_8000_TCP_PORT", "8000"),
            ("PORT_8000_TCP_ADDR", "10.96.0.12"),
            ("PORT_53_UDP", "udp://[fd00::a]:53"),
            ("PORT_53_UDP_ADDR", "fd00::a"),
            ("PORT_80_SCTP_PROTO", "sctp"),
        ]
        .map(|(name, value)| (format!("JWT_AUTH_{service}{name}"), value.to_owned()))
        .into();
        let log = logged(async {
            Settings::from_vars(vars(&[("signing_key", KEY)]).into_iter().chain(links.clone())).expect("settings");
        });
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.starts_with("WARN ") && log.contains("enableServiceLinks"), "{log}");
        assert!(links.iter().all(|(name, _)| log.contains(name.as_str())) && !log.contains("10.96.0.12"), "{log}");
    }
}

#[test]
fn what_only_looks_like_a_service_link_is_no_setting() {
    for (name, value) in [
        ("PORT", "8000"),
        ("SERVICE_HOST", "shop.example"),
        ("SERVICE_PORT", "http"),
        ("PORT_8000_TCP", "8000"),
        ("PORT_HTTP_TCP_ADDR", "10.96.0.12"),
        ("service_host", "10.96.0.12"),
        ("HOST", "10.96.0.12"),
    ] {
        let vars =
            [("JWT_AUTH_SIGNING_KEY".to_owned(), KEY.to_owned()), (format!("JWT_AUTH_{name}"), value.to_owned())];
        let fault = fault_of(Settings::from_vars(vars), &name.to_lowercase());
        assert!(fault.reason.contains("no such setting"), "{fault}");
    }
}

fn env(set: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let has_key = set.iter().any(|(name, _)| name.starts_with("signing_key"));
    let key = (!has_key).then_some(("signing_key", KEY));
    Settings::from_vars(vars(&key.into_iter().chain(set.iter().copied()).collect::<Vec<_>>()))
}

fn vars(set: &[(&str, &str)]) -> Vec<(String, String)> {
    set.iter().map(|(name, value)| (format!("JWT_AUTH_{}", name.to_uppercase()), (*value).to_owned())).collect()
}

fn shown(result: Result<Settings, SettingsError>) -> String {
    format!("{:?}", result.expect("settings"))
}

fn fault_of(result: Result<Settings, SettingsError>, name: &str) -> SettingsFault {
    let error = result.expect_err(name);
    let fault = error.faults().iter().find(|fault| fault.name == name);
    fault.unwrap_or_else(|| panic!("no fault of {name}: {error}")).clone()
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    }
}
