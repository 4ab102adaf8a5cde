//! The audit table: a row for each event that changes something, in the transaction that changes it.

mod database;

use database::{Database, Row};
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::settings::{days, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, AuditNote, EndReason, Ending, MemoryStore, Reauthentication, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{Claims, Client, JwtAuth, Login, Settings, StartError};
use jwt_auth_tests::sessions::{START, login, session_id};
use jwt_auth_tests::{Account, BEGIN, Events, hasher, settings};
use std::time::Duration;

/// A service with two users, `1` and `2`, whose passwords are their ids.
struct Service {
    auth: JwtAuth<Account>,
    users: MemoryUsers<Account>,
    events: Events,
    clock: ManualClock,
}

fn audited() -> Settings {
    Settings { audit_table: Some(Settings::AUDIT_KEPT), ..settings() }
}

fn account(id: u64, is_active: bool, password: &str) -> Account {
    let (username, password_hash) = (id.to_string(), hasher().hash(password).expect("a hash"));
    Account { id, username, password_hash, is_active, is_staff: false, permissions: vec![] }
}

impl Service {
    async fn start(database: &Database, settings: Settings) -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        users.put(account(1, true, "1"));
        users.put(account(2, true, "2"));
        let (events, clock) = (Events::default(), ManualClock::new(Timestamp::from_seconds(BEGIN)));
        let builder = JwtAuth::builder(settings).users(users.clone()).store(database.store().await);
        let builder = builder.clock(clock.clone()).password_hasher(hasher()).audit(events.clone());
        Self { auth: builder.start().await.expect("starts"), users, events, clock }
    }

    async fn user(&self, id: &str) -> Account {
        self.users.find_by_id(id).await.expect("memory").expect("the user")
    }

    /// The refresh token of a login by password.
    async fn log_in(&self, id: &str) -> String {
        let pair = self.auth.obtain(id, id.into(), at_home()).await.expect("logs in");
        pair.refresh.expose().to_owned()
    }

    async fn refresh(&self, token: &str, client: Client) -> Option<String> {
        let got = self.auth.refresh(token, client).await.ok()?;
        Some(got.refresh.expect("rotates").expose().to_owned())
    }
}

fn at_home() -> Client {
    Client { ip: Some("192.0.2.1".to_owned()), user_agent: Some("Firefox".to_owned()) }
}

fn elsewhere() -> Client {
    Client { ip: Some("203.0.113.9".to_owned()), user_agent: Some("curl".to_owned()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_something_is_written_down_under_the_name_that_the_log_has() {
    let (_server, databases) = Database::each();
    for database in databases {
        let service = Service::start(&database, Settings { max_sessions_per_user: Some(3), ..audited() }).await;
        let auth = &service.auth;
        // Neither a failed login nor a refresh, a replay or a conflict.
        auth.obtain("1", "wrong".into(), at_home()).await.expect_err("no login");
        let first = service.log_in("1").await;
        let second = service.refresh(&first, at_home()).await.expect("rotates");
        service.refresh(&first, at_home()).await.expect("is replayed");
        assert!(service.refresh(&first, elsewhere()).await.is_none(), "a conflict");
        // A recovery, by the same client and by another one.
        service.clock.pass(minutes(10));
        let third = service.refresh(&first, at_home()).await.expect("a lost answer");
        service.clock.pass(minutes(10));
        service.refresh(&first, elsewhere()).await.expect("recovers");
        // Theft.
        assert!(service.refresh(&second, at_home()).await.is_none(), "an orphan: {third}");
        // A new proof, and a logout.
        let user = service.user("1").await;
        let token = service.log_in("1").await;
        let proof = Reauthentication::default();
        let pair = auth.reauthenticated(&user, &token, proof, at_home()).await.expect("proven");
        auth.blacklist(pair.refresh.expose()).await.expect("logs out");
        auth.blacklist(pair.refresh.expose()).await.expect_err("once");
        // By its id; all others; all; a new password.
        let pair = auth.for_user(&user, Login { client: at_home(), ..Login::default() }).await.expect("logs in");
        let access = auth.authenticate(pair.access.expose()).await.expect("good");
        let sid = access.session_id().and_then(jwt_auth::store::SessionId::parse).expect("a session");
        auth.end_other_sessions(&user, sid, elsewhere()).await.expect("goes on");
        auth.end_session("1", sid).await.expect("ends");
        auth.end_session("1", sid).await.expect_err("once");
        auth.end_all_sessions("1").await.expect("ends");
        auth.password_changed(&user).await.expect("ends");
        let by_the_log: Vec<_> = service.events.take().iter().map(|event| event.name()).collect();
        let changes = |name: &&&str| {
            !name.ends_with("failed") && !["refresh.rotated", "refresh.replayed", "refresh.conflict"].contains(name)
        };
        let by_the_log: Vec<_> = by_the_log.iter().filter(changes).copied().collect();
        let by_the_table: Vec<_> = database.rows().await.into_iter().map(|row| row.event).collect();
        assert_eq!(by_the_table, by_the_log);
        assert_eq!(
            database.told().await,
            [
                "login.succeeded",
                "refresh.recovered",
                "refresh.recovered: another_client",
                "token.reuse_detected",
                "login.succeeded",
                "auth.reauth",
                "logout.succeeded",
                "login.succeeded",
                "sessions.revoked_others",
                "session.revoked",
                "sessions.revoked_all",
                "sessions.revoked_all: password_changed",
            ]
        );
        let rows = database.rows().await;
        let who = |row: &Row| (row.ip.clone(), row.user_agent.clone());
        let [home, away] = [at_home(), elsewhere()].map(|client| (client.ip, client.user_agent));
        assert_eq!((who(&rows[0]), who(&rows[2]), who(&rows[8])), (home, away.clone(), away));
        assert_eq!(who(&rows[9]), (None, None), "a program asked");
        assert_eq!(rows[8].sid.as_deref(), Some(&*sid.to_string()), "the one that goes on");
        assert_eq!(rows[10].sid, None, "all of them");
        assert!(rows.iter().all(|row| row.user_id == "1"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_the_service_ends_by_itself_say_why() {
    let (_server, databases) = Database::each();
    for database in databases {
        let service = Service::start(&database, Settings { max_sessions_per_user: Some(2), ..audited() }).await;
        let auth = &service.auth;
        let pushed_out = service.log_in("1").await;
        service.clock.pass(seconds(1));
        let stays = service.log_in("1").await;
        service.clock.pass(seconds(1));
        let last = service.log_in("1").await;
        assert!(service.refresh(&pushed_out, at_home()).await.is_none());
        // A token from elsewhere pushes out another one.
        let foreign = auth.refresh_token_for("1", &Claims::new()).expect("a token");
        let adopted = service.refresh(foreign.expose(), at_home()).await.expect("adopted");
        assert!(service.refresh(&stays, at_home()).await.is_none());
        // Another password, behind our back; then the user is switched off.
        service.users.put(account(1, true, "another"));
        assert!(service.refresh(&last, at_home()).await.is_none());
        let user = service.user("1").await;
        let pair = auth.for_user(&user, Login::default()).await.expect("logs in");
        service.users.put(account(1, false, "another"));
        assert!(service.refresh(pair.refresh.expose(), at_home()).await.is_none());
        assert!(service.refresh(&adopted, at_home()).await.is_none());
        let mut told = database.told().await;
        // Of one transaction, in whichever order.
        told[2..4].sort();
        assert_eq!(
            told,
            [
                "login.succeeded",
                "login.succeeded",
                "login.succeeded",
                "session.revoked: max_sessions_per_user",
                "session.adopted",
                "session.revoked: max_sessions_per_user",
                "session.revoked: password_changed",
                "login.succeeded",
                "session.revoked: user_disabled",
                "session.revoked: user_disabled",
            ]
        );
    }
}

fn note(keep: Duration) -> AuditNote {
    AuditNote { event: "logout.succeeded", code: None, ip: None, user_agent: None, keep }
}

fn ending(now: Timestamp) -> Ending {
    Ending { reason: EndReason::SessionRevoked, now, drop_after: now.after(minutes(5)) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_rolled_back_leaves_no_row_and_what_cannot_be_written_down_is_not_done() {
    let (_server, databases) = Database::each();
    for database in databases {
        let store = database.store().await;
        let store = store.audited(note(days(90))).expect("a table");
        store.create(login(1), None).await.expect("stores");
        let events = async || database.rows().await.len();
        assert_eq!(events().await, 1);
        store.create(login(1), None).await.expect_err("a name that is taken");
        assert_eq!(events().await, 1);
        // A revocation that cannot be told.
        database.close("jwt_auth_revocations").await;
        store.end(session_id(1), ending(START)).await.expect_err("closed");
        store.end_all("7", None, ending(START)).await.expect_err("closed");
        store.reset(ending(START)).await.expect_err("closed");
        database.open_again("jwt_auth_revocations").await;
        assert_eq!(events().await, 1, "nothing has happened");
        assert!(store.find(session_id(1)).await.expect("reads").expect("a row").ended.is_none());
        // A row that cannot be written.
        database.close("jwt_auth_audit").await;
        store.end(session_id(1), ending(START)).await.expect_err("closed");
        store.end_all("7", None, ending(START)).await.expect_err("closed");
        store.create(login(2), None).await.expect_err("closed");
        database.open_again("jwt_auth_audit").await;
        assert!(store.find(session_id(1)).await.expect("reads").expect("a row").ended.is_none());
        assert!(store.find(session_id(2)).await.expect("reads").is_none());
        assert_eq!(store.epoch("7").await.expect("reads"), 0);
        // What changes nothing.
        assert!(store.end(session_id(1), ending(START)).await.expect("ends"));
        assert!(!store.end(session_id(1), ending(START)).await.expect("over"));
        store.adopt(login(1), START).await.expect("is there");
        assert_eq!(store.reset(ending(START)).await.expect("none lives"), 0);
        assert_eq!(events().await, 2);
        let many = 30;
        for number in 10..10 + many {
            store.create(login(number), None).await.expect("stores");
        }
        assert_eq!(store.reset(ending(START)).await.expect("ends"), many);
        assert_eq!(events().await as u64, 2 + 2 * many, "a row each");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_rows_leave_in_batches_with_what_is_written() {
    let (_server, databases) = Database::each();
    for database in databases {
        let store = database.store().await;
        let (ours, theirs) = (store.in_namespace("a").expect("knows them"), store.in_namespace("b").expect("too"));
        let audited = |store: &AnyTokenStore| store.audited(note(days(90))).expect("a table");
        for number in 0..50 {
            audited(&ours).create(login(number), None).await.expect("stores");
        }
        audited(&theirs).create(login(1), None).await.expect("stores");
        let end_at = async |number, now| {
            audited(&ours).end_all(&format!("user {number}"), None, ending(now)).await.expect("ends");
            database.rows().await.len()
        };
        assert_eq!(end_at(0, START.after(days(90)).before(Duration::from_millis(1))).await, 52, "none is too old");
        assert_eq!(end_at(1, START.after(days(90))).await, 53 - 20);
        assert_eq!(end_at(2, START.after(days(90))).await, 34 - 20);
        assert_eq!(end_at(3, START.after(days(90))).await, 15 - 10);
        assert_eq!(end_at(4, START.after(days(90))).await, 6, "theirs and what is new stays");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_named_where_clients_are_not_recorded_and_nothing_is_written_unless_it_is_asked_for() {
    let database = Database::sqlite();
    let silent = Service::start(&database, settings()).await;
    silent.log_in("1").await;
    assert_eq!(database.rows().await, []);
    let service = Service::start(&database, Settings { record_client: false, ..audited() }).await;
    let token = service.log_in("1").await;
    service.auth.end_all_sessions("1").await.expect("ends");
    assert!(service.refresh(&token, at_home()).await.is_none());
    let rows = database.rows().await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.ip.is_none() && row.user_agent.is_none()), "{rows:?}");
    let text = format!("{rows:?}");
    assert!(token.split('.').all(|part| !text.contains(part)), "no part of a token");
    assert!(service.auth.now() >= Timestamp::from_seconds(BEGIN), "{:?}", service.clock.now());
}

#[tokio::test]
async fn a_store_without_the_table_does_not_start() {
    let started = JwtAuth::builder(audited()).store(MemoryStore::new()).start().await;
    let Err(StartError::Settings(error)) = started else { panic!("it has none") };
    assert_eq!(error.faults().len(), 1);
    assert_eq!(error.faults()[0].name, "audit_table");
    let started = JwtAuth::builder(Settings { rotate_refresh_tokens: false, ..audited() }).start().await;
    let Err(StartError::Settings(error)) = started else { panic!("it has no store") };
    assert_eq!(error.faults()[0].name, "audit_table");
}
