//! Settings from the outside: each name with a value that passes and values that do not.

use super::variables::{KEY, fault_of, from_env};
use jwt_auth::Settings;

/// RFC 8410 10.3.
const RING_KEY: &str = "-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\\n-----END PRIVATE KEY-----";

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
    ("jwk_url", "null", "None"),
    ("jwk_algorithms", "[]", "[]"),
    ("jwk_cache_ttl", "5m", "300s"),
    ("jwk_cooldown", "10s", "10s"),
    ("jwk_refetch_on_bad_signature", "true", "true"),
    ("jwk_allow_http", "true", "true"),
    ("jwk_ca_file", "/etc/ssl/ours.pem", r#"Some("/etc/ssl/ours.pem")"#),
    ("key_ring", RING_KEY, "[[redacted]]"),
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
    ("audience_claim", "aud", r#""aud""#),
    ("issuer", "https://issuer.test", r#"Some("https://issuer.test")"#),
    ("issuer", "null", "None"),
    ("leeway", "0", "0ns"),
    ("leeway", "null", "0ns"),
    ("leeway", "500ms", "500ms"),
    ("max_token_bytes", "512", "512"),
    ("token_cache_bytes", "0", "0"),
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
    ("audit_table", "true", "Some(7776000s)"),
    ("audit_table", "30d", "Some(2592000s)"),
    ("audit_table", "false", "None"),
    ("audit_table", "null", "None"),
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
    ("jwk_url", "https://issuer.test/keys", "`signing_key` is set beside it"),
    ("jwk_algorithms", "EdDSA", "about keys that are fetched"),
    ("jwk_algorithms", "none", "never accepted"),
    ("jwk_cache_ttl", "59s", "1 minute to 1 hour"),
    ("jwk_cooldown", "0", "1 second to 1 hour"),
    ("jwk_refetch_on_bad_signature", "once", "neither true nor false"),
    ("jwk_allow_http", "loopback", "neither true nor false"),
    ("jwk_ca_file", "", "empty"),
    ("key_ring", r#"["one", 2]"#, "JSON array"),
    ("fallback_keys", r#"["one", 2]"#, "JSON array"),
    ("fallback_keys", r#"[""]"#, "empty"),
    ("key_id", "", "1 to 256"),
    ("key_id", "käse", "printable"),
    ("audience", r#"["a"#, "JSON array"),
    ("audience", r#"[""]"#, "empty item"),
    ("audience", r#"("shop", "admin")"#, "JSON array"),
    ("audience", "None", "write `null`"),
    ("audience_claim", "client_id", "tokens of other issuers"),
    ("audience_claim", "iss", "meaning of its own"),
    ("audience_claim", "", "needs a name"),
    ("issuer", "", "empty"),
    ("issuer", "None", "write `null`"),
    ("leeway", "301", "5 minutes"),
    ("leeway", "inf", "not a duration"),
    ("max_token_bytes", "511", "512 to 65536"),
    ("max_token_bytes", "65537", "512 to 65536"),
    ("max_token_bytes", "-1", "whole number"),
    ("token_cache_bytes", "1073741825", "1 GiB"),
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
    ("audit_table", "soon", "not a duration"),
    ("audit_table", "12h", "less than a day"),
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

/// It stands beside no key of one's own.
#[test]
fn the_algorithms_of_fetched_keys_are_a_list() {
    let set = [
        ("signing_key", "null"),
        ("rotate_refresh_tokens", "false"),
        ("issuer", "https://issuer.example/"),
        ("algorithm", "RS256"),
        ("jwk_algorithms", r#"["ES256", "EdDSA"]"#),
    ];
    let settings = from_env(&set).expect("good settings");
    assert!(format!("{settings:?}").contains("jwk_algorithms: [ES256, EdDSA],"), "{settings:?}");
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
