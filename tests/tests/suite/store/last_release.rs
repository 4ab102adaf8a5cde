//! Databases as releases before this one left them, opened by this one: sessions go on, and what was spent, ended or revoked stays so.

use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::error::EndReason;
use jwt_auth::settings::minutes;
use jwt_auth::store::{Reauthentication, SessionId, SqliteStore, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, hasher, payload};
use serde_json::Value;
use sqlx::{Connection, Executor, SqliteConnection};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// The last release, and the tables of versions 4, 6, 7, 8 and 9 that came after it.
const WRITTEN_BY: [&str; 6] = ["last_release", "tables_4", "tables_6", "tables_7", "tables_8", "tables_9"];

/// A copy of the database, the tokens of its users, and their clock.
struct Kit {
    _scratch: Scratch,
    address: String,
    tokens: Value,
    clock: ManualClock,
}

impl Kit {
    fn copy(written_by: &str) -> Self {
        let scratch = Scratch::new("last-release");
        let address = scratch.next_database();
        let file = address.strip_prefix("sqlite://").expect("an address");
        std::fs::copy(format!("{FIXTURES}/{written_by}/sessions.sqlite"), file).expect("a copy");
        let text = std::fs::read_to_string(format!("{FIXTURES}/{written_by}/tokens.json")).expect("the tokens");
        let tokens: Value = serde_json::from_str(&text).expect("JSON");
        let now = Timestamp::from_millis(tokens["now"].as_u64().expect("a moment"));
        Self { _scratch: scratch, address, tokens, clock: ManualClock::new(now) }
    }

    async fn start(&self, change: impl FnOnce(&mut Settings)) -> JwtAuth<Account> {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        for (id, name) in [(1, "ann"), (2, "bob"), (3, "cleo")] {
            // Since sessions know their user's password the fixtures do, too.
            let stored = self.tokens.pointer(&format!("/hashes/{name}")).and_then(Value::as_str).map(str::to_owned);
            let password_hash = stored.unwrap_or_else(|| hasher().hash(name).expect("a hash"));
            let username = name.to_owned();
            users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        }
        let mut settings = Settings::new(self.tokens["key"].as_str().expect("a key"));
        change(&mut settings);
        let store = SqliteStore::connect(&self.address).await.expect("it opens, and is brought up to date");
        let builder = JwtAuth::builder(settings).users(users).store(store).clock(self.clock.clone());
        builder.password_hasher(hasher()).start().await.expect("starts")
    }

    fn refresh_tokens(&self, path: &str) -> Vec<String> {
        let list = self.tokens.pointer(&format!("/{path}/refresh")).and_then(Value::as_array).expect("a list");
        list.iter().map(|token| token.as_str().expect("a token").to_owned()).collect()
    }

    fn text(&self, path: &str) -> &str {
        self.tokens.pointer(&format!("/{path}")).and_then(Value::as_str).expect("a text")
    }
}

/// Refreshes as a client that the last release knew nothing of.
async fn refresh(auth: &JwtAuth<Account>, token: &str) -> Result<String, AuthError> {
    let client = Client { ip: None, user_agent: Some("Firefox".to_owned()) };
    let got = auth.refresh(token, client).await?;
    Ok(got.refresh.expect("rotates").expose().to_owned())
}

fn over<T: std::fmt::Debug>(outcome: Result<T, AuthError>, reason: EndReason) {
    assert!(matches!(outcome, Err(AuthError::SessionEnded(found)) if found == reason), "{outcome:?}");
}

#[tokio::test]
async fn sessions_go_on() {
    let waits = [minutes(0), minutes(2), minutes(60)];
    for (written_by, wait) in WRITTEN_BY.into_iter().flat_map(|by| waits.map(|wait| (by, wait))) {
        let kit = Kit::copy(written_by);
        let auth = kit.start(|_| {}).await;
        if wait.is_zero() {
            for path in ["rotated", "recovered", "replayed", "proven", "adopted/live"] {
                auth.authenticate(kit.text(&format!("{path}/access"))).await.expect("its access token is good");
            }
        }
        kit.clock.advance(wait);
        for path in ["fresh", "rotated", "recovered", "replayed", "proven", "adopted/live", "adopted/spent", "after_it"]
        {
            let tokens = kit.refresh_tokens(path);
            auth.verify(tokens.last().expect("a token")).await.expect("verify says so too");
            let next = refresh(&auth, tokens.last().expect("a token")).await.expect("the newest moves on");
            let again = refresh(&auth, tokens.last().expect("a token")).await.expect("and is replayed");
            assert_eq!(next, again, "{path}");
            refresh(&auth, &next).await.expect("and on");
        }
        assert_eq!(auth.sessions("1").await.expect("a list").len(), 4 + 2 + 2, "ann's: none twice, none lost");
    }
}

#[tokio::test]
async fn the_token_before_the_newest_recovers_and_an_older_one_is_theft() {
    for written_by in WRITTEN_BY {
        let kit = Kit::copy(written_by);
        let auth = kit.start(|_| {}).await;
        kit.clock.advance(minutes(10));
        let rotated = kit.refresh_tokens("rotated");
        refresh(&auth, &rotated[4]).await.expect("a lost answer");
        if let Some(orphan) = kit.refresh_tokens("recovered").get(1).filter(|_| written_by == "last_release") {
            over(refresh(&auth, orphan).await, EndReason::TokenReused);
        }
        over(refresh(&auth, &rotated[3]).await, EndReason::TokenReused);
        for token in &rotated {
            over(refresh(&auth, token).await, EndReason::TokenReused);
        }
        let proven = kit.refresh_tokens("proven");
        let later = refresh(&auth, &proven[0]).await.expect("a lost answer");
        assert!(!payload(&later).contains("auth_time"), "the proof was not for whoever holds the parent");
    }
}

#[tokio::test]
async fn a_proof_of_before_takes_one_to_be_replayed() {
    for written_by in WRITTEN_BY {
        let kit = Kit::copy(written_by);
        let auth = kit.start(|_| {}).await;
        let outcome = refresh(&auth, &kit.refresh_tokens("proven")[0]).await;
        assert!(matches!(outcome, Err(AuthError::RefreshConflict)), "{outcome:?}");
    }
}

/// Which generation a proof had made was not written down when another one had been made since.
#[tokio::test]
async fn a_proof_of_before_reaches_nobody_when_the_session_has_moved_on() {
    let kit = Kit::copy("tables_6");
    let auth = kit.start(|_| {}).await;
    let tokens = kit.refresh_tokens("proven_and_moved");
    for token in &tokens[..2] {
        let outcome = refresh(&auth, token).await;
        assert!(matches!(outcome, Err(AuthError::RefreshConflict)), "{outcome:?}");
    }
    let next = refresh(&auth, &tokens[2]).await.expect("its newest goes on");
    assert_eq!(payload(&next).raw("acr"), Some("\"mfa\""), "and knows of the proof");
}

/// By a clock that was ahead, which locked the owner out until its time had come.
#[tokio::test]
async fn a_proof_of_before_by_a_clock_ahead_locks_nobody_out() {
    let kit = Kit::copy("tables_6");
    let auth = kit.start(|_| {}).await;
    let client = Client { ip: None, user_agent: Some("curl".to_owned()) };
    let newest = kit.refresh_tokens("lost_proof").pop().expect("a token");
    let got = auth.refresh(&newest, client.clone()).await.expect("goes on");
    auth.authenticate(got.access.expose()).await.expect("issued a moment ago");
    auth.authenticate(kit.text("lost_proof/access")).await.expect_err("issued by the release that could not tell");
    auth.authenticate(kit.text("proven/access")).await.expect("of after a proof");
    auth.authenticate(kit.text("proven_and_moved/access")).await.expect("of after a proof");
    let cleo = auth.load_user(&auth.authenticate(got.access.expose()).await.expect("good")).await.expect("cleo");
    let refresh = got.refresh.expect("rotates");
    let proven =
        auth.reauthenticated(&cleo, refresh.expose(), Reauthentication::default(), client).await.expect("a pair");
    auth.authenticate(proven.access.expose()).await.expect("of the proof");
    auth.authenticate(got.access.expose()).await.expect_err("of before it");
}

#[tokio::test]
async fn what_was_over_is_over() {
    for written_by in WRITTEN_BY {
        let kit = Kit::copy(written_by);
        let auth = kit.start(|_| {}).await;
        for (path, reason) in [
            ("logged_out", EndReason::SessionRevoked),
            ("stolen", EndReason::TokenReused),
            ("everywhere", EndReason::SessionRevoked),
            ("adopted/ended", EndReason::SessionRevoked),
        ] {
            let access = auth.authenticate(kit.text(&format!("{path}/access"))).await;
            // Of bob's access token the time is over by now.
            assert!(access.is_err(), "{path}: an access token that was revoked");
            for token in kit.refresh_tokens(path) {
                auth.verify(&token).await.expect_err("verify says so");
                over(refresh(&auth, &token).await, reason);
            }
        }
        over(refresh(&auth, kit.text("foreign_of_before")).await, EndReason::SessionRevoked);
        // Spent long ago: the session that goes on under it dies.
        kit.clock.advance(minutes(5));
        over(refresh(&auth, &kit.refresh_tokens("adopted/spent")[0]).await, EndReason::TokenReused);
        auth.authenticate_ticket(kit.text("ticket_used")).await.expect_err("used once");
        auth.authenticate_ticket(kit.text("ticket_unused")).await.expect("not used yet");
        auth.authenticate_ticket(kit.text("ticket_unused")).await.expect_err("used once");
    }
}

/// Adopted tokens were called by the setting `issuer` and their `jti`; they are now by namespace, issuer, `jti` and user.
#[tokio::test]
async fn adopted_tokens_are_found_under_their_old_names() {
    for group in ["adopted", "adopted_of_issuer"] {
        let kit = Kit::copy("last_release");
        let issuer = (group == "adopted_of_issuer").then(|| kit.text("issuer").to_owned());
        let auth = kit.start(|settings| settings.issuer = issuer).await;
        let live = kit.refresh_tokens(&format!("{group}/live"));
        auth.verify(&live[0]).await.expect("a refresh would be answered");
        let next = refresh(&auth, &live[1]).await.expect("goes on under its old name");
        assert_eq!(payload(&next).raw("sid"), payload(&live[1]).raw("sid"));
        let again = refresh(&auth, &live[1]).await.expect("replayed");
        assert_eq!(again, next);
        assert_eq!(refresh(&auth, &live[0]).await.expect("the token it was adopted from, just now"), next);
        over(refresh(&auth, &kit.refresh_tokens(&format!("{group}/ended"))[0]).await, EndReason::SessionRevoked);
        // A token that nobody has presented yet has its new name.
        let unseen = kit.text(&format!("{group}/unseen"));
        let adopted = refresh(&auth, unseen).await.expect("adopted");
        let claims = payload(unseen);
        let jti = claims.get::<String>("jti").expect("a text").expect("an id");
        let issuer = claims.get::<String>("iss").expect("a text");
        let name = SessionId::of_foreign_token("", issuer.as_deref(), &jti, "1");
        assert_eq!(payload(&adopted).get::<String>("sid").expect("a text"), Some(name.to_string()));
        kit.clock.advance(minutes(5));
        over(refresh(&auth, &kit.refresh_tokens(&format!("{group}/spent"))[0]).await, EndReason::TokenReused);
    }
}

#[tokio::test]
async fn old_rows_belong_to_the_empty_namespace() {
    for written_by in WRITTEN_BY {
        let kit = Kit::copy(written_by);
        let auth = kit.start(|settings| settings.namespace = "elsewhere".to_owned()).await;
        over(refresh(&auth, &kit.refresh_tokens("fresh")[0]).await, EndReason::Unknown);
        assert_eq!(auth.sessions("1").await.expect("a list"), vec![]);
        let other = kit.start(|_| {}).await;
        refresh(&other, &kit.refresh_tokens("fresh")[0]).await.expect("beside it they go on");
    }
}

#[tokio::test]
async fn namespaces_and_adopted_names_of_the_tables_before_these_stay() {
    let kit = Kit::copy("tables_4");
    let shop = kit.start(|settings| settings.namespace = "shop".to_owned()).await;
    shop.authenticate(kit.text("in_shop/access")).await.expect("good");
    refresh(&shop, &kit.refresh_tokens("in_shop")[1]).await.expect("goes on");
    let auth = kit.start(|_| {}).await;
    over(refresh(&auth, &kit.refresh_tokens("in_shop")[1]).await, EndReason::Unknown);
    for group in ["adopted", "adopted_of_issuer"] {
        let issuer = (group == "adopted_of_issuer").then(|| kit.text("issuer").to_owned());
        let auth = kit.start(|settings| settings.issuer = issuer).await;
        let live = kit.refresh_tokens(&format!("{group}/live"));
        let next = refresh(&auth, &live[1]).await.expect("goes on");
        assert_eq!(payload(&next).raw("sid"), payload(&live[1]).raw("sid"));
        over(refresh(&auth, &kit.refresh_tokens(&format!("{group}/ended"))[0]).await, EndReason::SessionRevoked);
        refresh(&auth, kit.text(&format!("{group}/unseen"))).await.expect("adopted");
    }
}

/// Revocations of before version 5 say no duration; they count for as long as a node keeps any.
#[tokio::test]
async fn revocations_of_before_are_heard_of() {
    for written_by in ["last_release", "tables_4"] {
        let kit = Kit::copy(written_by);
        drop(kit.start(|_| {}).await);
        let store = SqliteStore::connect(&kit.address).await.expect("opens");
        let feed = store.revocations(0, kit.clock.now()).await.expect("reads");
        assert!(feed.is_up_to_date && feed.entries.len() >= 3, "{feed:?}");
        assert!(feed.entries.iter().all(|entry| entry.lasts.is_zero()), "{feed:?}");
    }
}

/// How long entries of the feed were kept is not known of before version 5: a token of before is looked up.
#[tokio::test]
async fn what_was_revoked_and_forgotten_stays_revoked() {
    for written_by in ["last_release", "tables_4"] {
        let kit = Kit::copy(written_by);
        let mut connection = SqliteConnection::connect(&kit.address).await.expect("opens");
        connection.execute("DELETE FROM jwt_auth_revocations").await.expect("as if it had long been dropped");
        drop(connection);
        let auth = kit.start(|_| {}).await;
        for path in ["logged_out", "stolen", "adopted/ended"] {
            let refused = auth.authenticate(kit.text(&format!("{path}/access"))).await;
            assert!(matches!(refused, Err(AuthError::TokenNotValid(_))), "{path}: {refused:?}");
        }
        for path in ["rotated", "recovered", "replayed", "adopted/live"] {
            auth.authenticate(kit.text(&format!("{path}/access")))
                .await
                .unwrap_or_else(|error| panic!("{path}: {error:?}"));
        }
        let store = SqliteStore::connect(&kit.address).await.expect("opens once more");
        assert!(store.raised_at("2").await.expect("a moment").is_some());
    }
}

/// Old tables have no counts of failed logins.
#[tokio::test]
async fn failed_logins_are_counted_in_them() {
    for written_by in WRITTEN_BY {
        let kit = Kit::copy(written_by);
        let log_in = async |auth: &JwtAuth<Account>, password: &str| {
            let client = Client { ip: Some("192.0.2.1".to_owned()), user_agent: None };
            auth.obtain("ann", password.into(), client).await
        };
        for _ in 0..5 {
            let refused = log_in(&kit.start(|_| {}).await, "wrong").await;
            assert!(matches!(refused, Err(AuthError::NoActiveAccount)), "{written_by}: {refused:?}");
        }
        let refused = log_in(&kit.start(|_| {}).await, "ann").await;
        assert!(matches!(refused, Err(AuthError::Throttled { .. })), "{written_by}: {refused:?}");
    }
}

/// Old tables have no audit table.
#[tokio::test]
async fn events_are_written_down_in_them() {
    for written_by in WRITTEN_BY {
        let kit = Kit::copy(written_by);
        let auth = kit.start(|settings| settings.audit_table = Some(Settings::AUDIT_KEPT)).await;
        auth.blacklist(&kit.refresh_tokens("fresh")[0]).await.expect("logs out");
        let mut connection = SqliteConnection::connect(&kit.address).await.expect("opens");
        let rows = sqlx::query_scalar("SELECT event || ' ' || user_id FROM jwt_auth_audit").fetch_all(&mut connection);
        let rows: Vec<String> = rows.await.expect("reads");
        assert_eq!(rows, ["logout.succeeded 1"], "{written_by}");
    }
}

/// The steps of every release lead here: a file without the last two, as the first release wrote it.
#[tokio::test]
async fn tables_of_the_first_release_are_brought_up_to_date() {
    let kit = Kit::copy("last_release");
    let mut connection = SqliteConnection::connect(&kit.address).await.expect("opens");
    for statement in [
        "ALTER TABLE jwt_auth_sessions DROP COLUMN amr",
        "ALTER TABLE jwt_auth_sessions DROP COLUMN acr",
        "DROP TABLE jwt_auth_spent",
        "UPDATE jwt_auth_meta SET value = 1 WHERE name = 'version'",
    ] {
        connection.execute(statement).await.expect("an older table");
    }
    drop(connection);
    let auth = kit.start(|_| {}).await;
    refresh(&auth, kit.refresh_tokens("rotated").last().expect("a token")).await.expect("nobody is logged out");
    let store = SqliteStore::connect(&kit.address).await.expect("opens once more");
    store.health().await.expect("works");
}
