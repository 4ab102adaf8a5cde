//! Access tokens that live longer than was thought when something was revoked, and longer than their session.

use http::StatusCode;
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::error::StoreError;
use jwt_auth::revocation::Revocations;
use jwt_auth::settings::{days, hours, minutes, seconds};
use jwt_auth::store::{
    AnyTokenStore, Capabilities, EndReason, Ending, Feed, KnownLifetime, MemoryStore, Move, NewSession, Presentation,
    Session, SessionId, SessionLimit, SqliteStore, TokenStore,
};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::{Account, App, BEGIN, hasher, payload, post, settings};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(BEGIN);

/// A store that counts what it is asked for a single token, and may remember nothing.
#[derive(Clone, Debug)]
struct Watched {
    store: AnyTokenStore,
    looks: Arc<AtomicUsize>,
    /// The numbers that feeds were asked from.
    asked: Arc<Mutex<Vec<u64>>>,
    remembers: bool,
}

impl Watched {
    fn over(store: AnyTokenStore) -> Self {
        Self { store, looks: Arc::default(), asked: Arc::default(), remembers: true }
    }

    fn looks(&self) -> usize {
        self.looks.swap(0, Ordering::Relaxed)
    }

    fn note(&self) {
        self.looks.fetch_add(1, Ordering::Relaxed);
    }
}

impl TokenStore for Watched {
    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.store.create(new, limit).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        self.store.advance(presented).await
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.store.adopt(new, now).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        self.note();
        self.store.find(sid).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.store.list(user_id, now).await
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        self.store.end(sid, ending).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        self.store.end_all(user_id, keep, ending).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        self.note();
        self.store.epoch(user_id).await
    }

    async fn raised_at(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        self.note();
        if self.remembers { self.store.raised_at(user_id).await } else { Ok(None) }
    }

    async fn remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> Result<Vec<KnownLifetime>, StoreError> {
        self.note();
        if self.remembers { self.store.remember_lifetime(lifetime, now).await } else { Ok(Vec::new()) }
    }

    async fn revocations(&self, after: u64, now: Timestamp) -> Result<Feed, StoreError> {
        self.asked.lock().expect("a lock").push(after);
        self.store.revocations(after, now).await
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.store.spend(id, drop_after, now).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.store.health().await
    }
}

struct Service {
    store: Watched,
    users: MemoryUsers<Account>,
    clock: ManualClock,
}

impl Service {
    fn over(store: AnyTokenStore) -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        for (id, name) in [(1, "test"), (7, "ada")] {
            let (username, password_hash) = (name.to_owned(), hasher().hash("test").expect("a hash"));
            users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        }
        Self { store: Watched::over(store), users, clock: ManualClock::new(NOW) }
    }

    async fn everywhere() -> [Self; 2] {
        let file = SqliteStore::connect("sqlite::memory:").await.expect("memory opens");
        [Self::over(AnyTokenStore::new(MemoryStore::new())), Self::over(AnyTokenStore::new(file))]
    }

    /// A node that starts now, and knows of revocations what the feed says now.
    async fn node(&self, settings: Settings) -> JwtAuth<Account> {
        let builder = JwtAuth::builder(settings).users(self.users.clone()).store(self.store.clone());
        let auth = builder.clock(self.clock.clone()).password_hasher(hasher()).start().await.expect("starts");
        self.store.looks();
        auth
    }

    async fn login(&self, auth: &JwtAuth<Account>) -> (String, String) {
        let pair = auth.obtain("test", "test".into(), Client::default()).await.expect("a pair");
        (pair.refresh.expose().to_owned(), pair.access.expose().to_owned())
    }
}

async fn opens(auth: &JwtAuth<Account>, token: &str) -> bool {
    match auth.authenticate(token).await {
        Ok(_) => true,
        Err(AuthError::TokenNotValid(_)) => false,
        Err(error) => panic!("{error:?}"),
    }
}

fn sid(token: &str) -> SessionId {
    let text = payload(token).get::<String>("sid").expect("a text").expect("a session");
    SessionId::parse(&text).expect("a session")
}

#[tokio::test]
async fn a_long_lived_token_that_was_revoked_before_anybody_met_it_is_refused() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        // Of Django with the same secret; and of a session, minted by hand.
        let foreign = TestToken::access("1").lives_for(days(30)).sign(&auth);
        let (refresh, access) = service.login(&auth).await;
        let minted = TestToken::access("1").claim("sid", sid(&access).to_string()).claim("ep", 0);
        let minted = minted.lives_for(days(30)).sign(&auth);
        let other = TestToken::access("7").lives_for(days(30)).sign(&auth);
        auth.blacklist(&refresh).await.expect("logged out");
        auth.end_all_sessions("7").await.expect("logged out everywhere");
        for wait in [minutes(0), minutes(8), days(3), days(20)] {
            service.clock.pass(wait);
            let late = service.node(settings()).await;
            assert!(!opens(&late, &minted).await, "{wait:?}: its session was ended");
            assert!(!opens(&late, &other).await, "{wait:?}: its user was logged out everywhere");
            assert!(opens(&late, &foreign).await, "{wait:?}: nobody revoked it");
        }
    }
}

#[tokio::test]
async fn a_token_of_the_usual_life_costs_no_look_and_a_longer_one_a_single_one() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let (_, access) = service.login(&auth).await;
        service.store.looks();
        for _ in 0..3 {
            assert!(opens(&auth, &access).await);
        }
        assert_eq!(service.store.looks(), 0);
        // Also once something was revoked.
        auth.end_all_sessions("7").await.expect("logged out everywhere");
        assert!(opens(&auth, &access).await);
        assert_eq!(service.store.looks(), 0);

        let long = TestToken::access("1").lives_for(days(1)).sign(&auth);
        assert!(opens(&auth, &long).await);
        assert!(service.store.looks() > 0);
        for wait in [minutes(0), minutes(10), hours(12)] {
            service.clock.pass(wait);
            assert!(opens(&auth, &long).await);
            assert_eq!(service.store.looks(), 0, "{wait:?}");
        }
        // From now on its life is known, and the next one is of the usual life.
        service.clock.pass(minutes(2));
        let next = TestToken::access("1").lives_for(days(1)).sign(&auth);
        assert!(opens(&auth, &next).await);
        assert_eq!(service.store.looks(), 0);
        let another = service.node(settings()).await;
        assert!(opens(&another, &next).await);
        assert_eq!(service.store.looks(), 0, "whichever node starts later");
    }
}

#[tokio::test]
async fn a_revocation_by_a_node_that_knows_of_shorter_lives_outlives_the_token_all_the_same() {
    for service in Service::everywhere().await {
        let (first, second) = (service.node(settings()).await, service.node(settings()).await);
        let long = TestToken::access("1").lives_for(days(10)).sign(&first);
        assert!(opens(&first, &long).await, "met here, and its life remembered");
        second.end_all_sessions("1").await.expect("logged out everywhere");
        assert!(!opens(&second, &long).await, "at once where it was done");
        for wait in [minutes(20), days(2), days(7)] {
            service.clock.pass(wait);
            let late = service.node(settings()).await;
            assert!(!opens(&late, &long).await, "{wait:?}");
            assert!(!opens(&second, &long).await, "{wait:?}");
        }
    }
}

/// Lifetimes were shortened; or longer ones are in use on other nodes.
#[tokio::test]
async fn tokens_of_longer_lifetimes_stay_revoked() {
    for service in Service::everywhere().await {
        let long = Settings { access_token_lifetime: days(1), ..settings() };
        let before = service.node(long.clone()).await;
        let (refresh, access) = service.login(&before).await;
        let (_, other) = service.login(&before).await;
        service.clock.pass(minutes(1));
        let after = service.node(settings()).await;
        service.store.looks();
        assert!(opens(&after, &access).await, "it is good to its own end");
        assert_eq!(service.store.looks(), 0, "as such lives are known");
        after.blacklist(&refresh).await.expect("logged out");
        service.clock.pass(hours(5));
        for settings in [settings(), long.clone()] {
            let late = service.node(settings).await;
            assert!(!opens(&late, &access).await);
            assert!(opens(&late, &other).await);
        }
        assert!(!opens(&after, &access).await);
    }
}

/// A lifetime that is raised later was not known when things were revoked.
#[tokio::test]
async fn what_was_revoked_before_a_life_was_known_is_looked_up() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let one = TestToken::access("1").lives_for(days(1)).sign(&auth);
        auth.end_all_sessions("1").await.expect("logged out everywhere");
        service.clock.pass(hours(1));
        let late = service.node(Settings { access_token_lifetime: days(1), ..settings() }).await;
        assert!(!opens(&late, &one).await, "its life is known now, and was not then");
    }
}

#[tokio::test]
async fn a_store_that_remembers_nothing_is_asked() {
    let mut service = Service::over(AnyTokenStore::new(MemoryStore::new()));
    service.store.remembers = false;
    let auth = service.node(settings()).await;
    let (refresh, access) = service.login(&auth).await;
    let long = TestToken::access("7").lives_for(days(1)).sign(&auth);
    assert!(opens(&auth, &access).await && opens(&auth, &long).await);
    auth.blacklist(&refresh).await.expect("logged out");
    auth.end_all_sessions("7").await.expect("logged out everywhere");
    for wait in [minutes(0), hours(1), hours(20)] {
        service.clock.pass(wait);
        let late = service.node(settings()).await;
        for node in [&auth, &late] {
            assert!(!opens(node, &access).await && !opens(node, &long).await, "{wait:?}");
        }
    }
}

/// SimpleJWT without rotation, or a session whose life is nearly over.
#[tokio::test]
async fn an_access_token_that_outlives_its_session_can_be_ended() {
    for ending in ["end_session", "blacklist", "end_all"] {
        for service in Service::everywhere().await {
            let settings = Settings {
                rotate_refresh_tokens: false,
                refresh_token_lifetime: hours(1),
                access_token_lifetime: hours(1),
                ..settings()
            };
            let auth = service.node(settings.clone()).await;
            let (refresh, _) = service.login(&auth).await;
            service.clock.pass(minutes(59));
            let renewed = auth.refresh(&refresh, Client::default()).await.expect("renewed").access;
            let access = renewed.expose();
            service.clock.pass(minutes(50));
            assert!(auth.refresh(&refresh, Client::default()).await.is_err(), "the session is over");
            assert!(auth.sessions("1").await.expect("a list").is_empty());
            assert!(opens(&auth, access).await, "and its token is not");
            match ending {
                "end_session" => auth.end_session("1", sid(access)).await,
                "blacklist" => auth.blacklist(&refresh).await,
                _ => auth.end_all_sessions("1").await,
            }
            .expect("as long as it opens something");
            assert!(!opens(&auth, access).await, "{ending}");
            let late = service.node(settings).await;
            assert!(!opens(&late, access).await, "{ending}: everywhere");
            if ending != "end_all" {
                assert!(auth.end_session("1", sid(access)).await.is_err(), "once");
                assert!(auth.blacklist(&refresh).await.is_err(), "once");
            }
        }
    }
}

#[tokio::test]
async fn what_opens_nothing_any_more_is_not_there_to_be_ended() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let (refresh, access) = service.login(&auth).await;
        service.clock.pass(days(1) + minutes(30));
        assert!(matches!(auth.end_session("1", sid(&access)).await, Err(AuthError::NotAvailable)));
        assert!(matches!(auth.blacklist(&refresh).await, Err(AuthError::InvalidToken(_))));
        // A token from elsewhere that has expired becomes no session.
        let foreign = TestToken::refresh("1").lives_for(minutes(10)).sign(&auth);
        service.clock.pass(minutes(11));
        assert!(matches!(auth.blacklist(&foreign).await, Err(AuthError::InvalidToken(_))));
        assert!(auth.sessions("1").await.expect("a list").is_empty());
    }
}

/// Rows leave; what can still be ended must not.
#[tokio::test]
async fn a_row_stays_as_long_as_its_access_tokens() {
    for service in Service::everywhere().await {
        let long = Settings { access_token_lifetime: days(10), refresh_token_lifetime: days(10), ..settings() };
        let auth = service.node(long).await;
        let (refresh, _) = service.login(&auth).await;
        service.clock.pass(days(9));
        let moved = auth.refresh(&refresh, Client::default()).await.expect("a move");
        service.clock.pass(days(9));
        let next = moved.refresh.expect("rotates");
        let last = auth.refresh(next.expose(), Client::default()).await.expect("a move").access;
        service.clock.pass(days(9));
        for _ in 0..3 {
            service.login(&auth).await;
        }
        auth.end_session("1", sid(last.expose())).await.expect("its row is there");
        assert!(!opens(&auth, last.expose()).await);
    }
}

#[tokio::test]
async fn what_is_made_from_a_token_is_as_old_as_it() {
    for service in Service::everywhere().await {
        let classes = vec![TokenClass::Access, TokenClass::Sliding];
        let settings = Settings { auth_token_classes: classes, ..settings() };
        let auth = service.node(settings.clone()).await;
        // Neither says an epoch, as Django's.
        let access = TestToken::access("1").sign(&auth);
        let sliding = TestToken::of(TokenClass::Sliding, "1").claim("refresh_exp", NOW.after(days(1)).seconds());
        let sliding = sliding.sign(&auth);
        service.clock.pass(seconds(40));
        let held = auth.authenticate(&access).await.expect("good");
        let renewed = auth.refresh_sliding(&sliding).await.expect("renewed");
        // Another node, of which this one has yet to hear.
        service.node(settings.clone()).await.end_all_sessions("1").await.expect("logged out everywhere");
        service.clock.pass(seconds(40));
        let ticket = auth.ticket_for(&held).expect("a ticket");
        assert!(auth.refresh_sliding(&sliding).await.is_err(), "the store says so at once");
        assert!(auth.refresh_sliding(renewed.expose()).await.is_err());
        let late = service.node(settings).await;
        late.authenticate_ticket(ticket.expose()).await.expect_err("as old as its token");
        assert!(!opens(&late, renewed.expose()).await && !opens(&late, &access).await);
        // What is issued after it is hit by nothing.
        let after = TestToken::access("1").sign(&late);
        assert!(opens(&late, &after).await);
    }
}

#[tokio::test]
async fn verify_agrees_with_refresh_when_the_other_sessions_were_ended() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let (kept, access) = service.login(&auth).await;
        let (other, _) = service.login(&auth).await;
        let now = service.clock.now();
        let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: now.after(minutes(6)) };
        service.store.end_all("1", Some(sid(&access)), ending).await.expect("the others are over");
        let auth = service.node(settings()).await;
        auth.verify(&kept).await.expect("a refresh would be answered");
        assert!(!opens(&auth, &access).await, "its access tokens are to be issued anew");
        let next = auth.refresh(&kept, Client::default()).await.expect("it is");
        assert!(opens(&auth, next.access.expose()).await);
        auth.verify(&other).await.expect_err("over");
    }
}

#[tokio::test]
async fn the_feed_does_not_begin_anew_at_a_clock_step() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        for _ in 0..3 {
            let (refresh, _) = service.login(&auth).await;
            auth.blacklist(&refresh).await.expect("logged out");
        }
        let clock = Arc::new(service.clock.clone());
        let revocations = Revocations::new(clock, minutes(6), seconds(30));
        revocations.sync(&service.store).await.expect("read");
        service.store.asked.lock().expect("a lock").clear();
        for step in 0..6 {
            let by = days(1) + minutes(step);
            if step % 2 == 0 {
                service.clock.advance(by)
            } else {
                service.clock.turn_back(by)
            }
            revocations.sync(&service.store).await.expect("read");
            assert_eq!(revocations.len(), 3);
        }
        let asked = service.store.asked.lock().expect("a lock").clone();
        assert!(asked.iter().all(|after| *after >= 3), "{asked:?}");
    }
}

#[tokio::test]
async fn a_token_from_elsewhere_makes_room_for_itself_only_when_it_is_used() {
    let one = Settings { max_sessions_per_user: Some(1), ..settings() };
    for service in Service::everywhere().await {
        let auth = service.node(one.clone()).await;
        let dead = TestToken::refresh("1").sign(&auth);
        service.clock.pass(minutes(1));
        auth.end_all_sessions("1").await.expect("logged out everywhere");
        service.clock.pass(minutes(1));
        let (mut refresh, _) = service.login(&auth).await;
        for _ in 0..2 {
            assert!(auth.refresh(&dead, Client::default()).await.is_err());
            assert!(auth.verify(&dead).await.is_err());
            assert!(auth.blacklist(&dead).await.is_err());
        }
        let given_up = TestToken::refresh("1").sign(&auth);
        auth.blacklist(&given_up).await.expect("logged out");
        refresh = auth
            .refresh(&refresh, Client::default())
            .await
            .expect("alive")
            .refresh
            .expect("rotates")
            .expose()
            .to_owned();
        let used = TestToken::refresh("1").sign(&auth);
        auth.refresh(&used, Client::default()).await.expect("adopted");
        assert!(auth.refresh(&refresh, Client::default()).await.is_err(), "one at a time");
    }
}

#[tokio::test]
async fn a_refresh_token_that_names_nobody_or_leads_to_none_is_401() {
    let app = App::start(settings()).await;
    let nobody = [
        TestToken::refresh("1").without("user_id").sign(&app.auth),
        TestToken::refresh("1").claim("user_id", json!(null)).sign(&app.auth),
        TestToken::refresh("1").claim("user_id", json!([1])).sign(&app.auth),
        TestToken::refresh("1").without("user_id").lives_for(days(4000)).sign(&app.auth),
    ];
    for token in &nobody {
        let body = json!({ "refresh": token, "token": token, "password": "test" });
        for view in ["refresh", "blacklist", "verify"] {
            let answer = post(&app.router, &format!("/api/token/{view}/"), body.clone()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{view}: {}", answer.text);
        }
        assert!(app.auth.reauthenticate(token, "test".into(), Client::default()).await.is_err());
    }
    // Its successor says more than it does: a session, a generation, a proof.
    let of_length = |filler: usize| TestToken::refresh("1").claim("filler", "x".repeat(filler)).sign(&app.auth);
    let long = (5500..6144).map(of_length).take_while(|token| token.len() <= 8192).last().expect("some fit");
    let answer = app.refresh(&long).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    assert!(app.auth.sessions("1").await.expect("a list").is_empty(), "and is not spent for nothing");
    let body = json!({ "refresh": long });
    let answer = post(&app.router, "/api/token/blacklist/", body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "it can be logged out: {}", answer.text);
    let again = post(&app.router, "/api/token/blacklist/", body).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
}
