//! Settings from the outside: each name with a value that passes and values that do not, and what is said about them.

use jwt_auth::Settings;
use jwt_auth::settings::{SettingsError, SettingsFault};
use std::fs;
use std::path::PathBuf;

const KEY: &str = "a signing key of the settings suite, longer than 64 bytes, which nobody may see";

/// Setting, value in the environment, what `Debug` shows of the field then.
const PASS: &[(&str, &str, &str)] = &[
    ("profile", "hardened", "Hardened"),
    ("access_token_lifetime", "15m", "900s"),
    ("access_token_lifetime", "1.5", "1.5s"),
    ("refresh_token_lifetime", "7d", "604800s"),
    ("rotate_refresh_tokens", "False", "false"),
    ("blacklist_after_rotation", "1", "true"),
    ("update_last_login", "true", "true"),
    ("algorithm", "HS512", "HS512"),
    ("signing_key", KEY, "Some([redacted])"),
    ("verifying_key", "", "None"),
    (
        "fallback_keys",
        r#"["one old key, which is long enough for HS256", "two old keys, both long enough for HS256"]"#,
        "[[redacted], [redacted]]",
    ),
    ("fallback_keys", "a bare old key that is long enough for HS256", "[[redacted]]"),
    ("key_id", "2026-01", r#"Some("2026-01")"#),
    ("audience", r#"["a", "b"]"#, r#"["a", "b"]"#),
    ("audience", "a", r#""a""#),
    ("audience", r#"["a"]"#, r#"["a"]"#),
    ("audience", "null", "[]"),
    ("issuer", "https://issuer.test", r#"Some("https://issuer.test")"#),
    ("issuer", "null", "None"),
    ("leeway", "0", "0ns"),
    ("leeway", "null", "0ns"),
    ("leeway", "500ms", "500ms"),
    ("max_token_bytes", "512", "512"),
    ("max_token_lifetime", "null", "None"),
    ("auth_header_types", r#"["Bearer", "JWT"]"#, r#"["Bearer", "JWT"]"#),
    ("auth_header_name", "HTTP_X_ACCESS_TOKEN", r#""X-Access-Token""#),
    ("auth_header_name", "HTTP_AUTHORIZATION", r#""Authorization""#),
    ("auth_header_name", "X-Access-Token", r#""X-Access-Token""#),
    ("user_id_field", "id", r#""id""#),
    ("user_id_claim", "sub", r#""sub""#),
    ("auth_token_classes", r#"["rest_framework_simplejwt.tokens.AccessToken", "untyped"]"#, "[Access, Untyped]"),
    ("auth_token_classes", "RefreshToken", "[Refresh]"),
    ("token_type_claim", "null", "None"),
    ("jti_claim", "id", r#"Some("id")"#),
    ("check_user_is_active", "0", "false"),
    ("refresh_reuse_policy", "revoke", "Revoke"),
    ("refresh_reuse_grace", "5m", "300s"),
    ("refresh_recovery_window", "1h30m", "5400s"),
    ("session_lifetime", "null", "None"),
    ("session_lifetime", "90d", "Some(7776000s)"),
    ("max_sessions_per_user", "5", "Some(5)"),
    ("namespace", "shop.eu-1", "\"shop.eu-1\""),
    ("revocation_sync_interval", "1s", "1s"),
    ("revocation_max_staleness", "1m", "60s"),
    ("revocation_fail_closed", "TRUE", "true"),
    ("permissions_claim", "perms", r#""perms""#),
    ("scope_claim", "scp", r#""scp""#),
    ("roles_claim", "groups", r#""groups""#),
    ("permissions_source", "user", "User"),
    ("profile", "simple_jwt", "SimpleJwt"),
    ("profile", "simple_jwt_6", "SimpleJwt6"),
    ("store", "native", "Native"),
    ("store", "django", "Django"),
    (
        "trusted_proxies",
        r#"["10.0.0.0/8", "::ffff:192.0.2.1", "2001:db8::/32"]"#,
        "[10.0.0.0/8, 192.0.2.1/32, 2001:db8::/32]",
    ),
    ("trusted_proxies", "::1", "[::1/128]"),
    ("trusted_proxies", "null", "[]"),
    ("record_client", "false", "false"),
    ("cookies", "true", "true"),
    ("cookie_secure", "true", "true"),
    ("cookie_same_site", "lax", "Lax"),
    ("allowed_origins", "null", "[]"),
    ("login_throttle", "false", "false"),
    ("password_hashers", r#"["pbkdf2_sha256", "argon2id"]"#, "[Pbkdf2Sha256, Argon2id]"),
    ("password_hashers", "django.contrib.auth.hashers.ScryptPasswordHasher", "[Scrypt]"),
    ("upgrade_password_hash", "false", "false"),
    ("auth_token_classes", "rest_framework_simplejwt.tokens.SlidingToken", "[Sliding]"),
    ("sliding_token_lifetime", "10m", "600s"),
    ("sliding_token_refresh_lifetime", "7d", "604800s"),
    ("sliding_token_refresh_exp_claim", "rexp", r#""rexp""#),
    ("check_revoke_token", "true", "true"),
    ("revoke_token_claim", "hp", r#""hp""#),
    ("user_id_field", "email", r#""email""#),
    ("user_table", "accounts_user", r#""accounts_user""#),
    ("username_field", "email", r#""email""#),
];

/// Setting, value in the environment, a part of the reason or the remedy.
const FAIL: &[(&str, &str, &str)] = &[
    ("profile", "lax", "no such profile"),
    ("access_token_lifetime", "0", "over when issued"),
    ("access_token_lifetime", "999ms", "over when issued"),
    ("access_token_lifetime", "-5m", "negative"),
    ("access_token_lifetime", "null", "not a duration"),
    ("access_token_lifetime", "5 minutes", "`15m`"),
    ("refresh_token_lifetime", "1m", "shorter than `access_token_lifetime`"),
    ("refresh_token_lifetime", "40000d", "100 years"),
    ("rotate_refresh_tokens", "perhaps", "`true` or `false`"),
    ("blacklist_after_rotation", "false", "`rotate_refresh_tokens` is on"),
    ("update_last_login", "", "neither true nor false"),
    ("algorithm", "none", "never accepted"),
    ("algorithm", "hs256", "HS256, HS384"),
    ("signing_key", "", "empty"),
    ("signing_key", "null", "openssl rand"),
    ("verifying_key", KEY, "verifies with `signing_key`"),
    ("fallback_keys", r#"["one", 2]"#, "JSON array"),
    ("fallback_keys", r#"[""]"#, "empty"),
    ("key_id", "", "1 to 256"),
    ("key_id", "käse", "printable"),
    ("audience", r#"["a"#, "JSON array"),
    ("audience", r#"[""]"#, "empty item"),
    ("audience", r#"("shop", "admin")"#, "JSON array"),
    ("audience", "None", "write `null`"),
    ("issuer", "", "empty"),
    ("issuer", "None", "write `null`"),
    ("leeway", "301", "5 minutes"),
    ("leeway", "inf", "not a duration"),
    ("max_token_bytes", "511", "512 to 65536"),
    ("max_token_bytes", "65537", "512 to 65536"),
    ("max_token_bytes", "-1", "whole number"),
    ("max_token_lifetime", "1h", "tokens of other issuers"),
    ("max_token_lifetime", "soon", "not a duration"),
    ("auth_header_types", "[]", "empty"),
    ("auth_header_types", "Bearer JWT", "one word"),
    ("auth_header_types", "Bearer,JWT", r#"`["Bearer", "JWT"]`"#),
    ("auth_header_types", r#"("Bearer",)"#, "JSON array"),
    ("auth_header_name", "X Access", "header name"),
    ("auth_header_name", "", "header name"),
    ("user_id_field", "e mail", "letters, digits"),
    ("store", "redis", "`native` or `django`"),
    ("trusted_proxies", "proxy.internal", "neither an IP address nor a network"),
    ("trusted_proxies", r#"["10.0.0.0/8", "10.0.0.1/8"]"#, "`10.0.0.1/8` is no network"),
    ("trusted_proxies", "10.0.0.0/33", "longer than an address"),
    ("trusted_proxies", "0.0.0.0/0", "each client could name itself"),
    ("trusted_proxies", "::ffff:0:0/96", "each client could name itself"),
    ("record_client", "no", "neither true nor false"),
    ("cookies", "maybe", "neither true nor false"),
    ("cookie_secure", "false", "`cookies` is off"),
    ("cookie_same_site", "some", "`lax` or `strict` or `none`"),
    ("cookie_same_site", "strict", "`cookies` is off"),
    ("allowed_origins", "https://app.example.test", "`cookies` is off"),
    ("login_throttle", "10/h", "neither true nor false"),
    ("password_hashers", "md5", "pbkdf2_sha256"),
    ("password_hashers", "[]", "no password could be stored"),
    ("upgrade_password_hash", "2", "neither true nor false"),
    ("sliding_token_lifetime", "40000d", "100 years"),
    ("sliding_token_refresh_lifetime", "soon", "not a duration"),
    ("sliding_token_refresh_exp_claim", "exp", "meaning of its own"),
    ("check_revoke_token", "yes", "neither true nor false"),
    ("revoke_token_claim", "jti", "same claim"),
    ("user_table", "user; drop", "letters, digits"),
    ("username_field", "", "letters, digits"),
    ("user_id_claim", "exp", "meaning of its own"),
    ("user_id_claim", "", "needs a name"),
    ("user_id_claim", "null", "cannot be unset"),
    ("auth_token_classes", "[]", "no token would be accepted"),
    ("auth_token_classes", "shop.tokens.ShopToken", "TokenClaims"),
    ("auth_token_classes", "Access", "no such token class"),
    ("token_type_claim", "user_id", "same claim"),
    ("jti_claim", "sid", "meaning of its own"),
    ("check_user_is_active", "[]", "neither true nor false"),
    ("refresh_reuse_policy", "forgive", "`recover` or `revoke`"),
    ("refresh_reuse_grace", "6m", "5 minutes"),
    ("refresh_recovery_window", "1d1d", "not a duration"),
    ("session_lifetime", "1h", "shorter than `refresh_token_lifetime`"),
    ("max_sessions_per_user", "0", "nobody could log in"),
    ("namespace", "a b", "at most 64 letters"),
    ("max_sessions_per_user", "4294967296", "whole number"),
    ("revocation_sync_interval", "0", "without a pause"),
    ("revocation_max_staleness", "1s", "shorter than `revocation_sync_interval`"),
    ("revocation_fail_closed", "2", "neither true nor false"),
    ("permissions_claim", "iss", "meaning of its own"),
    ("scope_claim", "aud", "meaning of its own"),
    ("roles_claim", "permissions", "same claim"),
    ("permissions_source", "token", "`claims` or `user`"),
];

#[test]
fn every_setting_has_a_value_that_passes_and_one_that_does_not() {
    for name in Settings::names() {
        assert!(PASS.iter().any(|(setting, ..)| *setting == name), "no passing value for {name}");
        assert!(FAIL.iter().any(|(setting, ..)| *setting == name), "no failing value for {name}");
    }
}

#[test]
fn values_that_pass_reach_their_field() {
    for (name, value, shown) in PASS {
        let settings = from_env(&[(name, value)]).unwrap_or_else(|error| panic!("{name}={value}: {error}"));
        assert!(format!("{settings:?}").contains(&format!("{name}: {shown},")), "{name}={value}: {settings:?}");
    }
}

#[test]
fn values_that_fail_say_where_and_why() {
    for (name, value, part) in FAIL {
        let fault = fault_of(from_env(&[(name, value)]), name);
        assert!(fault.to_string().contains(part), "{name}={value}: {fault}");
        let variable = format!("environment variable `JWT_AUTH_{}`", name.to_uppercase());
        assert!(fault.origin == variable, "{name}={value}: {fault}");
        assert!(!fault.remedy.is_empty(), "{name}={value}: {fault}");
    }
}

#[test]
fn documents_and_the_environment_read_alike() {
    let toml = format!(
        "SIGNING_KEY = '{KEY}'\naccess_token_lifetime = 1.5\nleeway = '10s'\nAUDIENCE = ['a', 'b']\nissuer = 'null'\nmax_sessions_per_user = 3\n\
         rotate_refresh_tokens = false\nauth_header_types = 'JWT'"
    );
    let json = format!(
        r#"{{"signing_key": "{KEY}", "ACCESS_TOKEN_LIFETIME": 1.5, "LEEWAY": 10, "audience": ["a", "b"], "ISSUER": null,
            "max_sessions_per_user": 3, "ROTATE_REFRESH_TOKENS": false, "auth_header_types": ["JWT"]}}"#
    );
    let env = from_env(&[
        ("access_token_lifetime", "1500ms"),
        ("leeway", "10"),
        ("audience", r#"["a","b"]"#),
        ("issuer", "null"),
        ("max_sessions_per_user", "3"),
        ("rotate_refresh_tokens", "false"),
        ("auth_header_types", "JWT"),
    ]);
    let env = format!("{:?}", env.expect("settings"));
    assert_eq!(format!("{:?}", Settings::from_toml(&toml).expect("settings")), env);
    assert_eq!(format!("{:?}", Settings::from_json(&json).expect("settings")), env);
}

#[test]
fn later_layers_win_name_by_name() {
    let file = scratch("layers.toml", &format!("signing_key = '{KEY}'\nleeway = 1\nissuer = 'file'\nkey_id = 'file'"));
    let settings = Settings::loader()
        .toml_file(&file)
        .expect("a file")
        .json(r#"{"leeway": 2, "issuer": "json"}"#, "overrides")
        .vars([("JWT_AUTH_LEEWAY".to_owned(), "3".to_owned()), ("LEEWAY".to_owned(), "4".to_owned())])
        .load()
        .expect("settings");
    assert_eq!((settings.leeway.as_secs(), settings.issuer.as_deref()), (3, Some("json")));
    assert_eq!(settings.key_id.as_deref(), Some("file"));
    // A layer that names a file puts it over the key itself of a layer below.
    let key = scratch("layers.key", "another key that is long enough for HS256\n");
    let vars = [("JWT_AUTH_SIGNING_KEY_FILE".to_owned(), key.display().to_string())];
    let settings = Settings::loader().toml_file(&file).expect("a file").vars(vars).load().expect("settings");
    assert_eq!(settings.signing_key.expect("a key").expose(), "another key that is long enough for HS256");
}

#[test]
fn all_faults_come_at_once() {
    let toml = "leeway = -1\nissuer = 5\nfrobnicate = true\naudience = ['']\nJWK_URL = 'https://x.test'";
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
            ("jwk_url", "app.toml"),
            ("leeway", "app.toml"),
            ("leway", "environment variable `JWT_AUTH_LEWAY`"),
            ("max_token_bytes", "environment variable `JWT_AUTH_MAX_TOKEN_BYTES`"),
            ("signing_key", "default"),
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
        ("JWK_URL", "not have it yet"),
        ("JWK_CACHE_TTL", "not have it yet"),
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
fn keys_come_from_files_and_escaped_lines() {
    let file = scratch("one.key", "a secret that is long enough for HS256\n\n");
    let crlf = scratch("two.key", "an older one that is long enough as well\r\n");
    let files = format!(r#"["{}"]"#, crlf.display());
    let settings =
        Settings::from_vars(vars(&[("signing_key_file", &file.display().to_string()), ("fallback_keys_file", &files)]));
    let settings = settings.expect("settings");
    assert_eq!(settings.signing_key.expect("a key").expose(), "a secret that is long enough for HS256");
    assert_eq!(settings.fallback_keys[0].expose(), "an older one that is long enough as well");
    let pem = r"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    let settings = Settings::from_vars(vars(&[("algorithm", "EdDSA"), ("verifying_key", pem)])).expect("settings");
    let lines = pem.replace("\\n", "\n");
    // As text the last break is two letters, which stay.
    assert_eq!(settings.verifying_key.expect("a key").expose(), lines);
    let missing = Settings::from_vars(vars(&[("signing_key_file", KEY)])).expect_err("no such file");
    assert_eq!(missing.faults().len(), 1, "{missing}");
    assert!(missing.faults()[0].reason.contains("cannot be read") && !missing.to_string().contains(KEY));
    let big = scratch("big.key", &"x".repeat(70_000));
    let big = Settings::from_vars(vars(&[("signing_key_file", &big.display().to_string())]));
    assert!(fault_of(big, "signing_key").reason.contains("64 KiB"));
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

/// Settings from `JWT_AUTH_` variables of these names, with a signing key unless one is among them.
fn from_env(set: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let has_key = set.iter().any(|(name, _)| *name == "signing_key");
    let key = (!has_key).then_some(("signing_key", KEY));
    let all: Vec<_> = key.into_iter().chain(set.iter().copied()).collect();
    Settings::from_vars(vars(&all))
}

fn vars(set: &[(&str, &str)]) -> Vec<(String, String)> {
    set.iter().map(|(name, value)| (variable(name), (*value).to_owned())).collect()
}

/// Upper case, unless the case is what a test is about.
fn variable(name: &str) -> String {
    if name.to_lowercase() == name { format!("JWT_AUTH_{}", name.to_uppercase()) } else { format!("JWT_AUTH_{name}") }
}

fn fault_of(result: Result<Settings, SettingsError>, name: &str) -> SettingsFault {
    let error = result.expect_err(name);
    let fault = error.faults().iter().find(|fault| fault.name == name);
    fault.unwrap_or_else(|| panic!("no fault of {name}: {error}")).clone()
}

fn scratch(name: &str, text: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).expect("a scratch file");
    file
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
