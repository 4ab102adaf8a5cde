//! Nodes whose clocks are off go through rotations by the schedule in their store: nobody is refused who should not be, and who should be is.

use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::error::{ClassError, TokenError};
use jwt_auth::keys::{Algorithm, JwkOrigin, JwkSet, KeyMark, KeySchedule, KeyTimes, SigningKey, VerifyingKey};
use jwt_auth::settings::{hours, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, SqliteStore, TokenStore};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::verify::Verifier;
use jwt_auth::{AuthError, Client, JwtAuth, Login, Secret, Settings};
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::{Account, BEGIN, Events, KEY, logged};
use std::time::Duration;

/// RFC 8037 A.1 and RFC 8410 10.3.
pub(super) const FIRST: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
pub(super) const SECOND: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";

/// Three nodes over one database, whose clocks are right, half a minute ahead and half a minute behind.
struct Crew {
    nodes: Vec<Node>,
    store: AnyTokenStore,
    users: MemoryUsers<Account>,
    settings: Settings,
    /// Draws.
    dice: u64,
}

struct Node {
    auth: JwtAuth<Account>,
    clock: ManualClock,
    store: OddStore,
}

impl Crew {
    async fn start(settings: Settings, events: &Events) -> Self {
        let store = AnyTokenStore::new(SqliteStore::connect("sqlite::memory:").await.expect("memory"));
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let (username, password_hash) = ("ada".to_owned(), "!".to_owned());
        users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        let mut nodes = Vec::new();
        for off in [0, 30, -30_i64] {
            let by = seconds(off.unsigned_abs());
            let begin = Timestamp::from_seconds(BEGIN);
            let clock = ManualClock::new(if off < 0 { begin.before(by) } else { begin.after(by) });
            let odd = OddStore::new(store.clone());
            let settings = Settings { revocation_sync_interval: Duration::from_millis(1), ..settings.clone() };
            let builder = JwtAuth::builder(settings).users(users.clone()).store(odd.clone()).audit(events.clone());
            nodes.push(Node { auth: builder.clock(clock.clone()).start().await.expect("starts"), clock, store: odd });
        }
        Self { nodes, store, users, settings, dice: 1 }
    }

    fn now(&self) -> Timestamp {
        self.nodes[0].clock.now()
    }

    fn pass(&self, time: Duration) {
        self.nodes.iter().for_each(|node| node.clock.pass(time));
    }

    async fn hear(&self) {
        for node in &self.nodes {
            node.store.read_anew().await;
        }
    }

    async fn reschedule(&self, change: impl FnOnce(KeySchedule, &KeyTimes, Timestamp) -> KeySchedule) {
        let before = self.store.key_schedule().await.expect("readable");
        let after = change(before.clone(), &KeyTimes::of(&self.settings), self.now());
        assert!(self.store.reschedule(before, after, self.now()).await.expect("writable"));
        self.hear().await;
    }

    fn any(&mut self) -> &Node {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &self.nodes[(self.dice >> 33) as usize % self.nodes.len()]
    }

    async fn login(&mut self) -> Holder {
        let user = self.users.find_by_id("1").await.expect("memory").expect("the user");
        let node = self.any();
        let pair = node.auth.for_user(&user, Login::default()).await.expect("a pair");
        let at = self.now();
        Holder { refresh: pair.refresh.expose().to_owned(), access: pair.access.expose().to_owned(), at }
    }
}

/// A client, its tokens and when it got them by the clock that is right.
struct Holder {
    refresh: String,
    access: String,
    at: Timestamp,
}

impl Holder {
    /// Good tokens are good everywhere, and what comes of them is.
    async fn go_on(&mut self, crew: &mut Crew) {
        self.show(crew).await;
        let now = crew.now();
        let refreshed = crew.any().auth.refresh(&self.refresh, Client::default()).await;
        let refreshed = refreshed.unwrap_or_else(|error| panic!("{now}: {error:?}"));
        self.refresh = refreshed.refresh.expect("it rotates").expose().to_owned();
        (self.access, self.at) = (refreshed.access.expose().to_owned(), now);
        self.show(crew).await;
    }

    async fn show(&self, crew: &Crew) {
        // Half a minute of two clocks against the leeway of half a minute.
        let is_alive = crew.now().since(self.at) < crew.settings.access_token_lifetime - seconds(60);
        for (at, node) in crew.nodes.iter().enumerate().filter(|_| is_alive) {
            if let Err(error) = node.auth.authenticate(&self.access).await {
                panic!("{} at node {at}: {error:?} of {}", crew.now(), header(&self.access));
            }
        }
    }
}

fn header(token: &str) -> String {
    use base64::Engine;
    let part = token.split('.').next().expect("a part");
    String::from_utf8(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("text")
}

/// A service beside ours: it keeps published keys for the five minutes that it may, from whichever node it got them.
struct Foreign {
    verifier: Verifier,
    at: Timestamp,
}

impl Foreign {
    fn look(crew: &mut Crew, kept: Option<Self>) -> Self {
        let now = crew.now();
        if let Some(kept) = kept
            && now.since(kept.at) < KeyTimes::MAX_AGE
        {
            return kept;
        }
        let set = JwkSet::read(&crew.any().auth.public_jwk_set(), &[Algorithm::EdDSA], JwkOrigin::Remote);
        let settings = Settings::verify_only(Algorithm::EdDSA, "");
        let settings = Settings { user_id_claim: "user_id".to_owned(), leeway: seconds(60), ..settings };
        Self { verifier: Verifier::new(&settings, set.expect("a set").into_keys()), at: now }
    }
}

fn settings() -> Settings {
    Settings {
        key_id: Some("2026".to_owned()),
        key_ring: vec![FIRST.into(), SECOND.into()],
        // A token of the fast node shown to the slow one is a minute young.
        leeway: seconds(60),
        ..Settings::new(KEY)
    }
}

fn mark(pem: &str) -> KeyMark {
    key(pem).mark()
}

/// As a ring loads it.
fn signing(pem: &str) -> SigningKey {
    let key = SigningKey::load(Algorithm::EdDSA, pem, None).expect("a key");
    let thumbprint = key.verifying_key().thumbprint().expect("public");
    key.with_key_id(Some(&thumbprint)).expect("a good name")
}

fn key(pem: &str) -> VerifyingKey {
    signing(pem).verifying_key()
}

pub(super) fn kid(pem: &str) -> String {
    key(pem).thumbprint().expect("public")
}

fn secret() -> SigningKey {
    SigningKey::load(Algorithm::HS256, KEY, Some("2026")).expect("a key")
}

fn why(outcome: Result<impl std::fmt::Debug, AuthError>) -> TokenError {
    match outcome.expect_err("refused") {
        AuthError::TokenNotValid(of) => of.into_iter().map(|ClassError { error, .. }| error).next().expect("a reason"),
        AuthError::InvalidToken(error) => error,
        error => panic!("{error:?}"),
    }
}

/// From a secret to a key pair and on to the next one, while clients come and go.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_through_whole_rotations() {
    let mut crew = Crew::start(settings(), &Events::default()).await;
    let (longest, times) = (crew.settings.refresh_token_lifetime, KeyTimes::of(&crew.settings));
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(crew.login().await);
    }
    assert!(header(&clients[0].access).contains("\"kid\":\"2026\""), "a schedule changes nothing before it is made");
    let mut foreign = None;
    let steps = [(secret().verifying_key().mark(), "2026", FIRST), (mark(FIRST), "first", SECOND)];
    for (former, name, next) in steps {
        let key_id = kid(next);
        crew.reschedule(|known, _, now| {
            known.take_over(&former, name, now).stage(&mark(next), &key_id, now).expect("staged")
        })
        .await;
        let staged = crew.now();
        crew.reschedule(|known, times, now| {
            known.activate(&mark(next), staged.after(times.announced), times, now).expect("agreed")
        })
        .await;
        let active = staged.after(times.announced);
        let removed = active.after(times.kept);
        // Who comes last with a token of the former key.
        let mut late = None;
        while crew.now() < removed.after(minutes(2)) {
            let near = |at: Timestamp| crew.now().after(minutes(1)) >= at && crew.now() < at.after(minutes(1));
            let step = if near(active) || near(removed) { seconds(10) } else { minutes(58) };
            // Not over what is to be seen closely.
            let gap = |at: Timestamp| at.before(minutes(1)).since(crew.now());
            let ahead = [active, removed].map(gap).into_iter().filter(|gap| !gap.is_zero()).min();
            crew.pass(ahead.map_or(step, |ahead| step.min(ahead)));
            for client in &mut clients {
                client.go_on(&mut crew).await;
            }
            let seen = Foreign::look(&mut crew, foreign.take());
            if crew.now() > active.after(minutes(10)) || next == SECOND {
                for client in &clients {
                    let outcome = seen.verifier.verify(&client.access, crew.now());
                    assert!(outcome.is_ok(), "{}: {outcome:?} {}", crew.now(), header(&client.access));
                }
            }
            foreign = Some(seen);
            if late.is_none() && crew.now() > active.after(seconds(20)) {
                late = Some((crew.login().await, crew.now()));
            }
            if late.as_ref().is_some_and(|(_, at)| crew.now() >= at.after(longest - hours(2))) {
                let (mut client, _) = late.take().expect("there is one");
                client.go_on(&mut crew).await;
                late = Some((client, removed.after(hours(1000))));
            }
        }
        let jwk_set = crew.nodes[0].auth.public_jwk_set();
        assert!(jwk_set.contains(&key_id), "{jwk_set}");
        for client in &clients {
            assert!(header(&client.access).contains(&key_id), "{}", header(&client.access));
        }
        for node in &crew.nodes {
            let former = if next == FIRST { secret() } else { signing(FIRST) };
            let forged = TestToken::access("1").key(former).sign(&node.auth);
            let gone = [TokenError::UnknownKey, TokenError::AlgorithmNotAllowed];
            assert!(gone.contains(&why(node.auth.authenticate(&forged).await)), "{name}");
        }
    }
    assert!(!crew.nodes[0].auth.public_jwk_set().contains(&kid(FIRST)));
}

/// A stolen key is refused by every node as soon as it has heard of it, whatever its clock says, and the next one signs.
#[tokio::test(flavor = "multi_thread")]
async fn a_compromised_key_is_refused_at_once() {
    let events = Events::default();
    let mut crew =
        Crew::start(Settings { algorithm: Algorithm::EdDSA, signing_key: Some(FIRST.into()), ..unnamed() }, &events)
            .await;
    crew.reschedule(|known, _, now| {
        known.take_over(&mark(FIRST), &kid(FIRST), now).stage(&mark(SECOND), &kid(SECOND), now).expect("staged")
    })
    .await;
    let holder = crew.login().await;
    holder.show(&crew).await;
    assert!(header(&holder.access).contains(&kid(FIRST)));
    crew.reschedule(|known, times, now| {
        known.compromise(&mark(FIRST), &kid(FIRST), false, times, now).expect("there is another one")
    })
    .await;
    for (at, node) in crew.nodes.iter().enumerate() {
        let forged = TestToken::access("1").key(signing(FIRST)).sign(&node.auth);
        for token in [&holder.access, &forged] {
            assert_eq!(why(node.auth.authenticate(token).await), TokenError::UnknownKey, "{at}");
        }
        assert_eq!(why(node.auth.refresh(&holder.refresh, Client::default()).await), TokenError::UnknownKey, "{at}");
        let jwk_set = node.auth.public_jwk_set();
        assert!(jwk_set.contains(&kid(SECOND)) && !jwk_set.contains(&kid(FIRST)), "{at}: {jwk_set}");
    }
    let told: Vec<_> = events.take().into_iter().filter(|event| event.name() == "key.compromised").collect();
    assert_eq!(told.len(), 3, "each node once: {told:?}");
    for _ in 0..6 {
        let holder = crew.login().await;
        assert!(header(&holder.access).contains(&kid(SECOND)));
        holder.show(&crew).await;
    }
    // A node that holds nothing else has nothing to start with.
    let alone =
        Settings { key_ring: vec![], algorithm: Algorithm::EdDSA, signing_key: Some(FIRST.into()), ..unnamed() };
    let refused = JwtAuth::builder(alone).store(crew.store.clone()).clock(crew.nodes[0].clock.clone()).start().await;
    let refused = refused.expect_err("no key").to_string();
    assert!(refused.contains("removed from the schedule") && refused.contains("key_ring"), "{refused}");
}

fn unnamed() -> Settings {
    Settings { key_id: None, ..settings() }
}

/// Without a schedule too: a key that signs before any node was seen to accept it.
#[test]
fn the_start_says_that_nobody_has_seen_the_key() {
    let log = logged(async {
        let store = jwt_auth::store::MemoryStore::new();
        let old: &Secret = &KEY.into();
        let new: &Secret = &Secret::generate().expect("random");
        let start = async |signing: &Secret, fallback: &[&Secret]| {
            let fallback_keys = fallback.iter().map(|key| (*key).clone()).collect();
            let store = store.in_namespace("").expect("namespaces");
            let settings = Settings { fallback_keys, ..Settings::new(signing.expose()) };
            let _: JwtAuth = JwtAuth::builder(settings).store(store).start().await.expect("starts");
        };
        start(old, &[]).await;
        start(old, &[new]).await;
        start(new, &[old]).await;
        tracing::info!(target: "jwt_auth", "in the right order nothing is said");
        start(&Secret::generate().expect("random"), &[old]).await;
    });
    let (before, after) = log.split_once("in the right order nothing is said").expect("said");
    assert!(!before.contains("has not seen staged") && after.contains("has not seen staged"), "{log}");
}

/// Which key signs where not every node has the one whose time it is, and what is said of that.
#[test]
fn a_node_without_the_next_key_goes_on_and_says_so() {
    let log = logged(async {
        let events = Events::default();
        let crew = Crew::start(settings(), &events).await;
        let store = crew.store.clone();
        let begin = crew.now();
        crew.reschedule(|known, times, now| {
            let known = known.take_over(&secret().verifying_key().mark(), "2026", now);
            let known = known.stage(&mark(SECOND), &kid(SECOND), now).expect("staged");
            known.activate(&mark(SECOND), now.after(minutes(10)), times, now).expect("agreed")
        })
        .await;
        crew.pass(minutes(11));
        // What was read before that is too old to be healthy.
        crew.hear().await;
        let without = Settings { key_ring: vec![FIRST.into()], ..settings() };
        let clock = ManualClock::new(begin.after(minutes(11)));
        let auth: JwtAuth =
            JwtAuth::builder(without).store(store.clone()).clock(clock.clone()).start().await.expect("starts");
        let token = auth.access_token_for("1", &jwt_auth::Claims::new()).expect("a token");
        assert!(header(token.expose()).contains("2026"), "the one that the others still accept");
        crew.nodes[0].auth.authenticate(token.expose()).await.expect("accepted by the others");
        assert!(auth.health().await.expect("it can be used").lacks_signing_key);
        assert!(!crew.nodes[0].auth.health().await.expect("it can be used").lacks_signing_key);
        // A key that nobody has heard of.
        let fresh = Secret::generate().expect("random");
        let strange =
            Settings { key_id: Some("2027".to_owned()), fallback_keys: vec![KEY.into()], ..Settings::new(fresh) };
        let clock = ManualClock::new(begin);
        let _: JwtAuth = JwtAuth::builder(strange).store(store).clock(clock).start().await.expect("starts");
    });
    for line in [
        "ERROR jwt_auth message=this node does not hold the key that signs now",
        "WARN jwt_auth message=this node signs with a key that the store has not seen staged",
    ] {
        assert!(log.contains(line), "{log}");
    }
}
