//! A new proof of identity ends the access tokens of before (OWASP ASVS 7.2.4), whatever clocks say.

use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::settings::{minutes, seconds};
use jwt_auth::store::{AnyTokenStore, MemoryStore, Reauthentication, SqliteStore};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, Closed, JwtAuth, Settings};
use jwt_auth_tests::nodes::{Nodes, client};
use jwt_auth_tests::{Account, BEGIN, hasher, payload, settings};

struct Service {
    store: AnyTokenStore,
    users: MemoryUsers<Account>,
}

impl Service {
    fn over(store: AnyTokenStore) -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
        users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        Self { store, users }
    }

    async fn everywhere() -> [Self; 2] {
        let file = SqliteStore::connect("sqlite::memory:").await.expect("memory opens");
        [Self::over(AnyTokenStore::new(MemoryStore::new())), Self::over(AnyTokenStore::new(file))]
    }

    /// A node whose clock says this; it has read the feed as it is now.
    async fn node(&self, now: Timestamp) -> (JwtAuth<Account>, ManualClock) {
        self.node_with(now, settings()).await
    }

    async fn node_with(&self, now: Timestamp, settings: Settings) -> (JwtAuth<Account>, ManualClock) {
        let clock = ManualClock::new(now);
        let builder = JwtAuth::builder(settings).users(self.users.clone()).store(self.store.clone());
        (builder.clock(clock.clone()).password_hasher(hasher()).start().await.expect("starts"), clock)
    }
}

async fn opens(auth: &JwtAuth<Account>, token: &str) -> bool {
    match auth.authenticate(token).await {
        Ok(_) => true,
        Err(AuthError::TokenNotValid(_)) => false,
        Err(error) => panic!("{error:?}"),
    }
}

const NOW: Timestamp = Timestamp::from_seconds(BEGIN);

#[tokio::test]
async fn it_ends_the_access_tokens_of_before_and_no_other() {
    // The node that hears the proof may be behind or ahead of the one that hears the login, or it is the same second.
    for skew in [-29_i64, -5, 0, 29] {
        for service in Service::everywhere().await {
            let (first, _) = service.node(NOW).await;
            let pair = first.obtain("test", "test".into(), Client::default()).await.expect("a pair");
            let stranger = first.obtain("test", "test".into(), Client::default()).await.expect("another session");
            let by = seconds(skew.unsigned_abs());
            let (second, clock) = service.node(if skew < 0 { NOW.before(by) } else { NOW.after(by) }).await;
            assert!(opens(&second, pair.access.expose()).await);
            let mut old = vec![pair.access];
            let mut refresh = pair.refresh;
            for _ in 0..3 {
                let proven = second.reauthenticate(refresh.expose(), "test".into(), Client::default()).await;
                let proven = proven.expect("the right password");
                for token in &old {
                    assert!(!opens(&second, token.expose()).await, "skew {skew}: here at once");
                }
                // A node that reads the feed now.
                let (third, _) = service.node(clock.now().max(NOW)).await;
                for node in [&second, &third] {
                    assert!(opens(node, proven.access.expose()).await, "skew {skew}: the new one");
                    assert!(opens(node, stranger.access.expose()).await, "skew {skew}: another session's");
                }
                for token in &old {
                    assert!(!opens(&third, token.expose()).await, "skew {skew}: there as well");
                }
                old.push(proven.access);
                refresh = proven.refresh;
            }
            // A refresh goes on from it.
            let next = second.refresh(refresh.expose(), Client::default()).await.expect("it goes on");
            assert!(opens(&second, next.access.expose()).await);
        }
    }
}

#[tokio::test]
async fn a_session_of_which_nobody_knows_when_it_was_proven() {
    for service in Service::everywhere().await {
        let (auth, clock) = service.node(NOW).await;
        let foreign = TestToken::refresh("1").sign(&auth);
        let first = auth.refresh(&foreign, Client::default()).await.expect("adopted");
        let old = first.access.expose();
        assert!(!payload(old).contains("auth_time"));
        let held = auth.authenticate(old).await.expect("good");
        clock.turn_back(seconds(20));
        let refresh = first.refresh.expect("rotates");
        let proven = auth.reauthenticate(refresh.expose(), "test".into(), Client::default()).await.expect("proven");
        assert!(!opens(&auth, old).await);
        assert!(opens(&auth, proven.access.expose()).await);
        // Whoever was let in just before it gets no ticket that outlives it.
        clock.advance(minutes(1));
        let ticket = auth.ticket_for(&held).expect("a ticket");
        auth.authenticate_ticket(ticket.expose()).await.expect_err("as old as its token");
    }
}

#[tokio::test]
async fn a_client_that_recovers_without_the_proof_goes_on() {
    for service in Service::everywhere().await {
        let (auth, clock) = service.node(NOW).await;
        let pair = auth.obtain("test", "test".into(), Client::default()).await.expect("a pair");
        let proven = auth.reauthenticate(pair.refresh.expose(), "test".into(), Client::default()).await;
        proven.expect("whose answer is lost");
        clock.pass(minutes(3));
        let later = auth.refresh(pair.refresh.expose(), Client::default()).await.expect("recovered");
        assert!(!payload(later.access.expose()).contains("auth_time"), "the proof is not for it");
        assert!(opens(&auth, later.access.expose()).await, "and its tokens are no older than the proof");
        assert!(!opens(&auth, pair.access.expose()).await);
        let refresh = later.refresh.expect("rotates");
        let again = auth.reauthenticate(refresh.expose(), "test".into(), Client::default()).await.expect("proven");
        assert!(opens(&auth, again.access.expose()).await);
        assert!(!opens(&auth, later.access.expose()).await);
    }
}

/// The proof was taken by a node whose clock is ahead, and its answer lost. Nobody has to wait for that clock.
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_a_clock_ahead_locks_nobody_out() {
    let week = Settings { refresh_token_lifetime: minutes(7 * 24 * 60), ..settings() };
    for ahead in [20, 3600, 86_400] {
        for who in ["Firefox", "Firefox, updated"] {
            for nodes in Nodes::everywhere(&week).await {
                let pair = nodes.login().await;
                nodes.pass(600).await;
                let before = nodes.right.refresh(pair.refresh.expose(), client("Firefox")).await.expect("tokens");
                let refresh = before.refresh.expect("rotates");
                nodes.set_off(ahead);
                let proof = Reauthentication { amr: vec!["otp".to_owned()], acr: Some("mfa".to_owned()) };
                let lost = nodes.off.reauthenticated(&nodes.user, refresh.expose(), proof.clone(), client("Firefox"));
                lost.await.expect("a pair");
                nodes.set_off(0);
                nodes.pass(150).await;
                let got = nodes.right.refresh(refresh.expose(), client(who)).await.expect("it goes on");
                assert!(opens(&nodes.right, got.access.expose()).await, "{ahead} s ahead, by {who}");
                assert!(!payload(got.access.expose()).contains("acr"), "the proof is not for it");
                assert!(!opens(&nodes.right, before.access.expose()).await, "of before the proof");

                // The next proof says when it was, and is good for what asks for a fresh one.
                let refresh = got.refresh.expect("rotates");
                let again = nodes.right.reauthenticated(&nodes.user, refresh.expose(), proof, client(who)).await;
                let again = again.expect("a pair").access;
                assert_eq!(
                    payload(again.expose()).get("auth_time").expect("a number"),
                    Some(nodes.right.now().seconds())
                );
                nodes.hear().await;
                for node in [&nodes.right, &nodes.off] {
                    assert!(opens(node, again.expose()).await);
                    assert!(!opens(node, got.access.expose()).await, "of before it");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_was_opened_before_it_ends() {
    let [service, _] = Service::everywhere().await;
    let (auth, _) = service.node(NOW).await;
    let pair = auth.obtain("test", "test".into(), Client::default()).await.expect("a pair");
    let token = auth.authenticate(pair.access.expose()).await.expect("good");
    let closed = auth.current_session(token).closed();
    let proven = auth.reauthenticate(pair.refresh.expose(), "test".into(), Client::default()).await.expect("proven");
    assert_eq!(closed.await, Closed::Revoked);
    let token = auth.authenticate(proven.access.expose()).await.expect("good");
    let open = tokio::time::timeout(std::time::Duration::from_millis(20), auth.current_session(token).closed()).await;
    assert!(open.is_err(), "the new one stays");
}
