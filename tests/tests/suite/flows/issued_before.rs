//! Promise 7: what was issued is accepted to its end, whichever setting is changed. What ends it on purpose says so.
//!
//! The table of the page of settings is walked: for each setting tokens are issued under one value, a service starts with another
//! on the same store, and what the page says is what happens. Where the page says that all goes on, the way back does no harm either.

use jwt_auth::keys::Algorithm;
use jwt_auth::settings::{Network, PermissionsSource, Profile, ReusePolicy, SameSite, days, hours, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, DjangoStore, SqliteStore};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Client, JwtAuth, Settings};
use jwt_auth_tests::django::sqlite as django_tables;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::tokens::{pair, pem, signing_text};
use jwt_auth_tests::{Account, KEY, hasher};
use std::time::Duration;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");

/// What the page says becomes of a login, and what is seen: whether its access token and its refresh token are good.
const OUTCOMES: [(&str, (bool, bool)); 4] = [
    ("goes on", (true, true)),
    ("access ends", (false, true)),
    ("sessions end", (true, false)),
    ("all ends", (false, false)),
];

type Change = fn(&mut Settings);

/// A setting, what it is before and after; what is not said is as in [`Settings::new`].
struct Case(&'static str, Change, Change);

const SAME: Change = |_| {};

/// Longer than the hash, as another key has to be.
const ANOTHER: &str = "4c8a1f0e9b7d6a5c3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d and a few more";

const CASES: &[Case] = &[
    Case("profile", SAME, |to| *to = Settings::simple_jwt(KEY)),
    Case("profile", |from| from.profile = Profile::SimpleJwt, SAME),
    Case(
        "access_token_lifetime",
        |from| from.access_token_lifetime = days(1),
        |to| to.access_token_lifetime = seconds(1),
    ),
    Case(
        "refresh_token_lifetime",
        |from| from.refresh_token_lifetime = days(20),
        |to| (to.access_token_lifetime, to.refresh_token_lifetime) = (seconds(1), seconds(1)),
    ),
    Case("rotate_refresh_tokens", SAME, |to| to.rotate_refresh_tokens = false),
    Case("blacklist_after_rotation", |from| rotating(from, true), |to| rotating(to, false)),
    Case("update_last_login", SAME, |to| to.update_last_login = true),
    Case("algorithm", SAME, |to| to.algorithm = Algorithm::HS512),
    Case("signing_key", SAME, |to| to.signing_key = Some(ANOTHER.into())),
    Case("verifying_key", eddsa, |to| {
        eddsa(to);
        to.verifying_key = Some(pem("PUBLIC KEY", &pair(Algorithm::EdDSA).public_info).into());
    }),
    Case("jwk_url", SAME, |to| to.jwk_url = None),
    Case("jwk_algorithms", SAME, |to| to.jwk_algorithms = vec![]),
    Case("jwk_cache_ttl", SAME, |to| to.jwk_cache_ttl = minutes(1)),
    Case("jwk_cooldown", SAME, |to| to.jwk_cooldown = seconds(1)),
    Case("jwk_refetch_on_bad_signature", SAME, |to| to.jwk_refetch_on_bad_signature = true),
    Case("jwk_allow_http", SAME, |to| to.jwk_allow_http = true),
    Case("jwk_ca_file", SAME, |to| to.jwk_ca_file = Some("ours.pem".into())),
    Case("key_ring", SAME, |to| to.key_ring = vec![pem("PRIVATE KEY", &pair(Algorithm::EdDSA).pkcs8).into()]),
    Case("key_ring", |from| from.key_ring = vec![pem("PRIVATE KEY", &pair(Algorithm::EdDSA).pkcs8).into()], SAME),
    Case("fallback_keys", SAME, |to| (to.signing_key, to.fallback_keys) = (Some(ANOTHER.into()), vec![])),
    Case("key_id", |from| from.key_id = Some("one".to_owned()), |to| to.key_id = Some("two".to_owned())),
    Case("key_id", SAME, |to| to.key_id = Some("two".to_owned())),
    Case("audience", SAME, |to| to.audience = "shop".into()),
    Case("audience", |from| from.audience = "till".into(), |to| to.audience = "shop".into()),
    Case("audience_claim", SAME, |to| to.audience_claim = "aud".to_owned()),
    Case("issuer", |from| from.issuer = Some("till".to_owned()), |to| to.issuer = Some("shop".to_owned())),
    Case("leeway", |from| from.leeway = minutes(5), |to| to.leeway = Duration::ZERO),
    Case("max_token_bytes", SAME, |to| to.max_token_bytes = 512),
    Case("token_cache_bytes", SAME, |to| to.token_cache_bytes = 0),
    Case("max_token_lifetime", SAME, |to| to.max_token_lifetime = None),
    Case("auth_header_types", SAME, |to| to.auth_header_types = vec!["JWT".to_owned()]),
    Case("auth_header_name", SAME, |to| to.auth_header_name = "X-Token".to_owned()),
    Case("user_id_field", SAME, |to| to.user_id_field = "email".to_owned()),
    Case("user_id_claim", SAME, |to| to.user_id_claim = "sub".to_owned()),
    Case("auth_token_classes", SAME, |to| to.auth_token_classes = vec![TokenClass::Sliding]),
    Case("token_type_claim", SAME, |to| to.token_type_claim = Some("typ".to_owned())),
    Case("jti_claim", SAME, |to| to.jti_claim = Some("id".to_owned())),
    Case("check_user_is_active", |from| from.check_user_is_active = false, SAME),
    Case("refresh_reuse_policy", SAME, |to| to.refresh_reuse_policy = ReusePolicy::Revoke),
    Case("refresh_reuse_grace", SAME, |to| to.refresh_reuse_grace = Duration::ZERO),
    Case("refresh_recovery_window", SAME, |to| to.refresh_recovery_window = Duration::ZERO),
    Case(
        "session_lifetime",
        |from| (from.refresh_token_lifetime, from.session_lifetime) = (days(20), Some(days(40))),
        |to| (to.refresh_token_lifetime, to.session_lifetime) = (minutes(10), Some(minutes(10))),
    ),
    Case("max_sessions_per_user", SAME, |to| to.max_sessions_per_user = Some(1)),
    Case("namespace", SAME, |to| to.namespace = "shop".to_owned()),
    Case("revocation_sync_interval", SAME, |to| to.revocation_sync_interval = seconds(20)),
    Case("revocation_max_staleness", SAME, |to| to.revocation_max_staleness = seconds(3)),
    Case("revocation_fail_closed", SAME, |to| to.revocation_fail_closed = true),
    Case("permissions_claim", SAME, |to| to.permissions_claim = "perms".to_owned()),
    Case("scope_claim", SAME, |to| to.scope_claim = "scp".to_owned()),
    Case("roles_claim", SAME, |to| to.roles_claim = "groups".to_owned()),
    Case("permissions_source", SAME, |to| to.permissions_source = PermissionsSource::User),
    Case("store", SAME, |to| to.store = jwt_auth::settings::StoreKind::Django),
    Case("trusted_proxies", SAME, |to| to.trusted_proxies = vec!["10.0.0.0/8".parse::<Network>().expect("a network")]),
    Case("record_client", SAME, |to| to.record_client = false),
    Case("cookies", SAME, |to| to.cookies = true),
    Case("cookies", |from| from.cookies = true, SAME),
    Case("cookie_secure", |from| from.cookies = true, |to| (to.cookies, to.cookie_secure) = (true, false)),
    Case(
        "cookie_same_site",
        |from| from.cookies = true,
        |to| (to.cookies, to.cookie_same_site) = (true, SameSite::Strict),
    ),
    Case(
        "allowed_origins",
        |from| from.cookies = true,
        |to| (to.cookies, to.allowed_origins) = (true, vec!["https://shop.test".to_owned()]),
    ),
    Case("login_throttle", SAME, |to| to.login_throttle = false),
    Case("login_throttle", |from| from.login_throttle = false, SAME),
    Case("audit_table", SAME, |to| to.audit_table = Some(Settings::AUDIT_KEPT)),
    Case("password_hashers", SAME, |to| to.password_hashers = Settings::simple_jwt("").password_hashers),
    Case("upgrade_password_hash", SAME, |to| to.upgrade_password_hash = false),
    Case("sliding_token_lifetime", SAME, |to| to.sliding_token_lifetime = seconds(1)),
    Case("sliding_token_refresh_lifetime", SAME, |to| to.sliding_token_refresh_lifetime = hours(1)),
    Case("sliding_token_refresh_exp_claim", SAME, |to| to.sliding_token_refresh_exp_claim = "rexp".to_owned()),
    Case("check_revoke_token", SAME, |to| to.check_revoke_token = true),
    Case("revoke_token_claim", checking, |to| {
        checking(to);
        to.revoke_token_claim = "hp".to_owned();
    }),
    Case("user_table", SAME, |to| to.user_table = "people".to_owned()),
    Case("username_field", SAME, |to| to.username_field = "email".to_owned()),
];

fn rotating(settings: &mut Settings, spends: bool) {
    *settings = Settings {
        rotate_refresh_tokens: true,
        blacklist_after_rotation: spends,
        ..Settings::simple_jwt(settings.signing_key.clone().expect("a key"))
    };
}

fn eddsa(settings: &mut Settings) {
    (settings.algorithm, settings.signing_key) = (Algorithm::EdDSA, Some(signing_text(Algorithm::EdDSA).into()));
}

fn checking(settings: &mut Settings) {
    settings.check_revoke_token = true;
}

struct World {
    scratch: Scratch,
    store: AnyTokenStore,
    users: MemoryUsers<Account>,
    clock: ManualClock,
}

impl World {
    async fn new() -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
        users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        let store = AnyTokenStore::new(SqliteStore::connect("sqlite::memory:").await.expect("memory opens"));
        Self { scratch: Scratch::new("issued-before"), store, users, clock: ManualClock::default() }
    }

    /// `None`: it does not start with these settings, and says why.
    async fn start(&self, change: Change) -> Option<JwtAuth<Account>> {
        let mut settings = Settings::new(KEY);
        change(&mut settings);
        let is_native = settings.store == jwt_auth::settings::StoreKind::Native;
        let builder = JwtAuth::builder(settings).users(self.users.clone()).clock(self.clock.clone());
        let builder = builder.password_hasher(hasher());
        let builder = if is_native {
            builder.store(self.store.clone())
        } else {
            let tables = DjangoStore::connect(&django_tables(&self.scratch).await).await.expect("tables");
            builder.token_blacklist(tables)
        };
        builder.start().await.ok()
    }
}

/// Whether the access token and the refresh token of a login are good under the new settings.
async fn outcome(before: Change, after: Change) -> (bool, bool) {
    let world = World::new().await;
    let old = world.start(before).await.expect("good settings");
    let pair = old.obtain("test", "test".into(), Client::default()).await.expect("a pair");
    // Past every life that is set to a second.
    world.clock.pass(seconds(60));
    let Some(new) = world.start(after).await else { return (false, false) };
    let access = new.authenticate(pair.access.expose()).await.is_ok();
    let said = new.verify(pair.refresh.expose()).await.is_ok();
    let refreshed = new.refresh(pair.refresh.expose(), Client::default()).await;
    // Without the claim by which we know it, nobody knows that it is a refresh token.
    if new.settings().token_type_claim == old.settings().token_type_claim {
        assert_eq!(refreshed.is_ok(), said, "verify and refresh agree: {refreshed:?}");
    }
    let goes_on = refreshed.is_ok();
    if let Ok(next) = refreshed {
        if new.settings().auth_token_classes.contains(&TokenClass::Access) {
            new.authenticate(next.access.expose()).await.expect("what it hands out is good");
        }
        if let Some(refresh) = next.refresh {
            new.refresh(refresh.expose(), Client::default()).await.expect("and goes on");
        }
    }
    (access, goes_on)
}

/// Setting and outcome, as the page has them.
fn said() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let section = page.split("## What becomes of what was issued before").nth(1).expect("the section");
    let section = section.split("\n## ").next().expect("its text");
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, outcome, _] = cells[..] else { panic!("three cells in {line}") };
        (name.trim_matches('`').to_owned(), outcome.to_owned())
    };
    section.lines().filter(|line| line.starts_with("| `")).map(row).collect()
}

#[tokio::test]
async fn the_page_says_what_happens() {
    let said = said();
    let names: Vec<_> = said.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, Settings::names().collect::<Vec<_>>(), "a row for each setting");
    for (name, outcome_said) in &said {
        let expected = OUTCOMES.iter().find(|(words, _)| words == outcome_said);
        let (_, expected) = expected.unwrap_or_else(|| panic!("{name}: {outcome_said:?}"));
        let cases: Vec<_> = CASES.iter().filter(|case| case.0 == name).collect();
        assert!(!cases.is_empty(), "no case for {name}");
        for Case(_, before, after) in cases {
            assert_eq!(outcome(*before, *after).await, *expected, "{name}: {outcome_said}");
            // Of lives of a second nothing is left to go back with.
            if *expected == (true, true) && !["access_token_lifetime", "refresh_token_lifetime"].contains(&&**name) {
                assert!(outcome(*after, *before).await.1, "{name}, and back");
            }
        }
    }
    let ending = said.iter().filter(|(_, outcome)| outcome.ends_with("ends") || outcome.ends_with("end"));
    let ending: Vec<_> = ending.map(|(name, _)| name.as_str()).collect();
    let mut told: Vec<_> = Settings::changes_that_end_sessions().iter().map(|(name, _)| *name).collect();
    told.sort_by_key(|name| names.iter().position(|known| known == name));
    assert_eq!(ending, told, "what `jwt-auth check` says");
}

#[tokio::test]
async fn a_key_that_stays_in_the_fallback_keys_ends_nothing() {
    let with_fallback: Change = |to| (to.signing_key, to.fallback_keys) = (Some(ANOTHER.into()), vec![KEY.into()]);
    assert_eq!(outcome(SAME, with_fallback).await, (true, true));
}

/// Issue by issue of the field: the deploy that logged everybody out.
#[tokio::test]
async fn a_session_ends_no_earlier_than_the_token_in_hand_promises() {
    let world = World::new().await;
    let old = world.start(|from| from.refresh_token_lifetime = days(14)).await.expect("starts");
    let client = Client::default;
    let refresh = old.obtain("test", "test".into(), client()).await.expect("a pair").refresh;
    let new = world.start(|to| to.refresh_token_lifetime = days(7)).await.expect("starts");
    world.clock.pass(days(1));
    let next = new.refresh(refresh.expose(), client()).await.expect("a move").refresh.expect("rotates");
    world.clock.pass(days(12));
    let last = new.refresh(next.expose(), client()).await.expect("on the fourteenth day").refresh.expect("rotates");
    world.clock.pass(days(8));
    let over = new.refresh(last.expose(), client()).await;
    assert!(over.is_err(), "then it is as short as it is set");
}

/// A changed audience or issuer costs access tokens and no sessions; and it lets nobody else in.
#[tokio::test]
async fn only_a_session_in_the_store_excuses_an_audience_and_an_issuer() {
    let world = World::new().await;
    let named: Change = |to| (to.audience, to.issuer) = ("shop".into(), Some("shop".to_owned()));
    let (old, new) = (world.start(SAME).await.expect("starts"), world.start(named).await.expect("starts"));
    let login = || old.obtain("test", "test".into(), Client::default());
    for ends in [false, true] {
        let refresh = login().await.expect("a pair").refresh;
        new.verify(refresh.expose()).await.expect("its session is ours");
        let proven = new.reauthenticate(refresh.expose(), "test".into(), Client::default()).await.expect("likewise");
        let own = new.authenticate(proven.access.expose()).await.expect("addressed to us");
        assert_eq!(own.claim::<String>("iss").expect("a text").as_deref(), Some("shop"));
        let sid = own.session_id().expect("a session").to_owned();
        if ends {
            new.blacklist(refresh.expose()).await.expect("logged out");
        }
        for (name, token) in [
            ("from elsewhere", TestToken::refresh("1")),
            ("of no session", TestToken::refresh("1").claim("sid", "0".repeat(32)).claim("gen", 0)),
            ("half of a session", TestToken::refresh("1").claim("sid", &*sid)),
            ("of another user", TestToken::refresh("2").claim("sid", &*sid).claim("gen", 0)),
        ] {
            let token = token.sign(&old);
            assert!(new.verify(&token).await.is_err(), "{name}");
            assert!(new.refresh(&token, Client::default()).await.is_err(), "{name}");
            assert!(new.blacklist(&token).await.is_err(), "{name}");
        }
    }
    // An access token is compared, whichever session it is of, and so is what the verify view is shown.
    let access = login().await.expect("a pair").access;
    assert!(new.authenticate(access.expose()).await.is_err() && new.verify(access.expose()).await.is_err());
}
