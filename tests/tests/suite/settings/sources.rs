//! Where settings come from: documents, variables and files of keys, and which of them wins.

use super::variables::{KEY, fault_of, from_env, vars};
use jwt_auth::Settings;
use std::fs;
use std::path::PathBuf;

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

fn scratch(name: &str, text: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).expect("a scratch file");
    file
}
