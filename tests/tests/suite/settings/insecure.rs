//! Whether and when a setting is insecure: the page has a row for each, and what it says is what is warned of.

use super::variables::from_env;
use jwt_auth::Settings;
use std::collections::BTreeMap;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");

/// A secret as `openssl rand -base64 48` makes them, and so nothing to warn of.
const KEY: &str = "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1gq8Zt0oK2cV7dE5uL3mAbX";

/// A setting, an insecure value of it, and what has to be set beside it for it to start.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const WHEN: &[Case] = &[
    ("access_token_lifetime", "2h", &[]),
    ("rotate_refresh_tokens", "false", &[]),
    ("signing_key", "words of our own that nobody else would put together so", &[]),
    ("signing_key", "short", &[("profile", "simple_jwt"), ("rotate_refresh_tokens", "true")]),
    (
        "fallback_keys",
        "changemechangemechangemechangemechangeme",
        &[("profile", "simple_jwt"), ("rotate_refresh_tokens", "true")],
    ),
    ("audience", "null", &[]),
    ("issuer", "null", &[]),
    (
        "jwk_allow_http",
        "true",
        &[
            ("signing_key", "null"),
            ("jwk_url", "https://issuer.example/keys"),
            ("algorithm", "RS256"),
            ("rotate_refresh_tokens", "false"),
        ],
    ),
    ("leeway", "61", &[]),
    ("token_type_claim", "null", &[]),
    ("auth_token_classes", "untyped", &[]),
    ("jti_claim", "null", &[]),
    ("check_user_is_active", "false", &[]),
    ("refresh_reuse_grace", "0", &[]),
    ("session_lifetime", "null", &[]),
    ("namespace", "shop", &[("audience", "null"), ("issuer", "null")]),
    ("login_throttle", "false", &[]),
    ("revocation_sync_interval", "61s", &[("revocation_max_staleness", "10m")]),
    ("cookie_secure", "false", &[("cookies", "true")]),
    ("cookie_same_site", "none", &[("cookies", "true"), ("allowed_origins", "https://app.example")]),
    ("password_hashers", "[\"pbkdf2_sha1\"]", &[]),
];

#[test]
fn each_row_of_the_page_says_whether_and_when() {
    let said = said();
    assert_eq!(said.keys().map(String::as_str).collect::<Vec<_>>(), sorted(Settings::names()));
    for (name, insecure) in &said {
        let has_case = WHEN.iter().any(|(of, ..)| of == name);
        assert_eq!(*insecure, has_case, "{name}: the page and the cases differ");
    }
}

#[test]
fn what_the_page_calls_insecure_is_warned_of() {
    let none: Vec<&str> = warned(&[]);
    assert!(none.is_empty(), "{none:?}");
    for (name, value, beside) in WHEN {
        let without = warned(beside);
        let mut all = beside.to_vec();
        all.push((name, value));
        let with = warned(&all);
        assert!(!without.contains(name) && with.contains(name), "{name}: {without:?}, {with:?}");
    }
}

/// The texts say what to do and hold no secret.
#[test]
fn a_warning_names_the_setting_first() {
    for (name, value, beside) in WHEN {
        let mut all = beside.to_vec();
        all.push((name, value));
        for warning in settings(&all).insecure() {
            let text = warning.to_string();
            assert!(text.starts_with(&format!("`{}`: ", warning.name)) && text.contains("; "), "{text}");
            assert!(!text.contains(KEY) && (value.len() < 20 || !text.contains(value)), "{}", warning.name);
        }
    }
}

#[test]
fn what_makes_several_settings_weak_together() {
    let names = |settings: &Settings| settings.insecure().iter().map(|weak| weak.name).collect::<Vec<_>>();
    let of = |set: &[(&str, &str)]| names(&from_env(set).expect("settings"));
    assert_eq!(of(&[("namespace", "shop")]), ["audience", "issuer", "namespace"], "it stands in no token");
    assert_eq!(of(&[("namespace", "shop"), ("issuer", "a")]), ["audience"], "which names the service");
    assert_eq!(of(&[("namespace", "shop"), ("audience", "b")]), ["issuer"]);
    let short = [("issuer", "a"), ("audience", "b"), ("profile", "simple_jwt"), ("signing_key", "short")];
    assert_eq!(names(&from_env(&short).expect("settings")), ["signing_key", "rotate_refresh_tokens", "login_throttle"]);
    let tables = [("issuer", "a"), ("audience", "b"), ("store", "django"), ("session_lifetime", "null")];
    assert_eq!(names(&from_env(&tables).expect("settings")), [""; 0], "there are no sessions in SimpleJWT's tables");
}

fn warned(set: &[(&str, &str)]) -> Vec<&'static str> {
    settings(set).insecure().iter().map(|weak| weak.name).collect()
}

/// Sound settings, but for these.
fn settings(set: &[(&str, &str)]) -> Settings {
    let sound = [("signing_key", KEY), ("audience", "shop"), ("issuer", "us")];
    let rest = sound.into_iter().filter(|(name, _)| set.iter().all(|(other, _)| other != name));
    let vars = rest
        .chain(set.iter().copied())
        .map(|(name, value)| (format!("JWT_AUTH_{}", name.to_uppercase()), value.to_owned()));
    Settings::from_vars(vars).unwrap_or_else(|faults| panic!("{set:?}: {faults}"))
}

/// The lines `| setting | when or no | why |`: whether there is a when.
fn said() -> BTreeMap<String, bool> {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let page = page.split("## When a setting is insecure").nth(1).expect("the table");
    let page = page.split("\n## ").next().expect("its end");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(name, rest)| {
        let when = rest.split(" | ").next().expect("a cell");
        assert!(["when", "no"].contains(&when), "{name}: {when}");
        (name.to_owned(), when == "when")
    })
    .collect()
}

fn sorted(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}
