//! Two parties with one refresh token, and two users with one `jti`, by the flows and on their clients' word.

use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::error::EndReason;
use jwt_auth::settings::{ReusePolicy, days};
use jwt_auth::store::{MemoryStore, Reauthentication};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::nodes::Nodes;
use jwt_auth_tests::{Account, BEGIN, hasher, payload, settings};
use std::time::Duration;

struct Kit {
    auth: JwtAuth<Account>,
    users: MemoryUsers<Account>,
    clock: ManualClock,
}

impl Kit {
    async fn start(settings: Settings) -> Self {
        let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
        let users = MemoryUsers::new(|user: &Account| &user.username);
        for (id, name) in [(1, "ann"), (2, "bob")] {
            let (username, password_hash) = (name.to_owned(), hasher().hash(name).expect("a hash"));
            users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        }
        let builder = JwtAuth::builder(settings).users(users.clone()).store(MemoryStore::new()).clock(clock.clone());
        let auth = builder.password_hasher(hasher()).start().await.expect("starts");
        Self { auth, users, clock }
    }

    async fn login(&self) -> String {
        let pair = self.auth.obtain("ann", "ann".into(), client("Firefox")).await.expect("tokens");
        pair.refresh.expose().to_owned()
    }

    async fn refresh(&self, token: &str, client: Client) -> Result<String, AuthError> {
        let got = self.auth.refresh(token, client).await?;
        Ok(got.refresh.expect("rotates").expose().to_owned())
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn client(user_agent: &str) -> Client {
    Client { ip: Some("192.0.2.7".to_owned()), user_agent: Some(user_agent.to_owned()) }
}

fn is_theft<T>(outcome: &Result<T, AuthError>) -> bool {
    matches!(outcome, Err(AuthError::SessionEnded(EndReason::TokenReused)))
}

#[tokio::test]
async fn however_busy_a_thief_is_the_owner_ends_the_session() {
    let kit = Kit::start(settings()).await;
    let owner = kit.login().await;
    let mut thief = owner.clone();
    for _ in 0..2 {
        thief = kit.refresh(&thief, client("curl")).await.expect("moves");
    }
    for turn in 0..10 {
        kit.wait(25);
        match kit.refresh(&owner, client("Firefox")).await.map(drop) {
            Err(AuthError::RefreshConflict) => assert_eq!(turn, 0, "held off for {} s", 25 * (turn + 1)),
            outcome => {
                assert!(is_theft(&outcome), "{outcome:?}");
                return assert!(is_theft(&kit.refresh(&thief, client("curl")).await), "for both");
            }
        }
        thief = kit.refresh(&thief, client("curl")).await.expect("moves");
    }
    panic!("the thief is still in");
}

/// Whatever the two are called: the same client, another, or nobody of whom anything is known.
#[tokio::test]
async fn a_stolen_token_cannot_follow_the_session_by_verify() {
    for policy in [ReusePolicy::Recover, ReusePolicy::Revoke] {
        for thiefs in [client("Firefox"), client("curl"), Client::default()] {
            let kit = Kit::start(Settings { refresh_reuse_policy: policy, ..settings() }).await;
            let mut owner = kit.login().await;
            let (mut thief, mut stolen) = (owner.clone(), 0);
            let begin = kit.clock.now();
            let mut is_found = false;
            while !is_found && kit.clock.now().since(begin) < Duration::from_secs(20 * 86_400) {
                for _ in 0..10 {
                    kit.wait(24);
                    if kit.auth.verify_for(&thief, &thiefs).await.is_ok() {
                        continue;
                    }
                    match kit.refresh(&thief, thiefs.clone()).await {
                        Ok(next) => (thief, stolen) = (next, stolen + 1),
                        Err(_) => is_found = true,
                    }
                }
                match kit.refresh(&owner, client("Firefox")).await {
                    Ok(next) => owner = next,
                    Err(_) => is_found = true,
                }
            }
            assert!(is_found && stolen == 0, "{policy:?}, {thiefs:?}: {stolen} pairs");
        }
    }
}

#[tokio::test]
async fn two_users_tokens_with_one_jti_are_two_sessions() {
    for jti in ["1", ""] {
        let kit = Kit::start(settings()).await;
        let token = |user: &str| TestToken::refresh(user).claim("jti", jti).sign(&kit.auth);
        let Ok(_) = kit.refresh(&token("1"), client("Firefox")).await else { continue };
        let bobs = kit.refresh(&token("2"), client("Firefox")).await.expect("bob's own session");
        assert_eq!(payload(&bobs).raw("user_id"), Some("\"2\""));
        let bob = kit.users.find_by_id("2").await.expect("memory").expect("bob");
        let proof = Reauthentication { amr: vec!["otp".to_owned()], acr: Some("mfa".to_owned()) };
        let pair = kit.auth.reauthenticated(&bob, &bobs, proof, client("Firefox")).await.expect("proven");
        assert_eq!(payload(pair.access.expose()).raw("user_id"), Some("\"2\""));
    }
}

/// Signed with the key, naming a session of somebody else: two services that share a key, or a key that leaked.
#[tokio::test]
async fn a_token_of_another_user_than_the_rows_moves_and_ends_nothing() {
    let kit = Kit::start(settings()).await;
    let own = kit.login().await;
    kit.users.update("2", |user| user.is_active = false);
    let kept = Kit::start(Settings { rotate_refresh_tokens: false, ..settings() }).await;
    let same_elsewhere = kept.login().await;
    for (kit, own) in [(&kit, &own), (&kept, &same_elsewhere)] {
        let sid = payload(own).get::<String>("sid").expect("a text");
        // Of bob, switched off in one of them, and of nobody at all.
        for user in ["2", "99"] {
            let forged = TestToken::refresh(user).claim("sid", &sid).claim("gen", 0).sign(&kit.auth);
            let outcome = kit.auth.refresh(&forged, client("Firefox")).await.map(drop);
            assert!(matches!(outcome, Err(AuthError::SessionEnded(EndReason::Unknown))), "{outcome:?}");
            let outcome = kit.auth.reauthenticate(&forged, "ann".into(), client("Firefox")).await.map(drop);
            assert!(matches!(outcome, Err(AuthError::SessionEnded(EndReason::Unknown))), "{outcome:?}");
            kit.auth.verify(&forged).await.expect_err("refused there too");
            kit.auth.blacklist(&forged).await.expect_err("and here");
        }
        kit.auth.refresh(own, client("Firefox")).await.expect("as if nothing had been");
    }
}

#[tokio::test]
async fn adopted_tokens_count_against_the_limit() {
    let kit = Kit::start(Settings { max_sessions_per_user: Some(2), ..settings() }).await;
    let own = kit.login().await;
    for _ in 0..10 {
        kit.wait(1);
        let token = TestToken::refresh("1").sign(&kit.auth);
        kit.refresh(&token, client("Firefox")).await.expect("adopted");
        assert!(kit.auth.sessions("1").await.expect("a list").len() <= 2);
    }
    let outcome = kit.refresh(&own, client("Firefox")).await.map(drop);
    assert!(matches!(outcome, Err(AuthError::SessionEnded(EndReason::SessionRevoked))), "{outcome:?}");
}

#[tokio::test]
async fn a_token_without_iat_is_of_before_every_logout() {
    let kit = Kit::start(Settings { rotate_refresh_tokens: true, ..Settings::simple_jwt(jwt_auth_tests::KEY) }).await;
    let token = |user: &str| TestToken::refresh(user).without("iat").sign(&kit.auth);
    kit.refresh(&token("1"), client("Firefox")).await.expect("nobody logged out");
    kit.auth.end_all_sessions("1").await.expect("ended");
    kit.wait(60);
    let outcome = kit.refresh(&token("1"), client("Firefox")).await.map(drop);
    assert!(matches!(outcome, Err(AuthError::SessionEnded(EndReason::SessionRevoked))), "{outcome:?}");
}

/// Whether the newest was made on a proof is a column, not a comparison of two nodes' times.
#[tokio::test]
async fn a_proof_is_for_its_client_though_the_login_was_on_a_faster_clock() {
    let kit = Kit::start(settings()).await;
    let token = kit.login().await;
    kit.clock.turn_back(Duration::from_secs(4));
    kit.auth.reauthenticate(&token, "ann".into(), client("Firefox")).await.expect("the right password");
    let outcome = kit.refresh(&token, client("Firefox")).await.map(drop);
    assert!(matches!(outcome, Err(AuthError::RefreshConflict)), "{outcome:?}");
}

/// Spent at a node whose clock was ahead, a day before its time came.
#[tokio::test]
async fn what_a_clock_ahead_has_spent_is_spent() {
    let week = Settings { refresh_token_lifetime: days(7), ..settings() };
    for nodes in Nodes::everywhere(&week).await {
        let spent = nodes.login().await.refresh;
        nodes.set_off(86_400);
        let mut last = nodes.off.refresh(spent.expose(), client("Firefox")).await.expect("tokens").refresh;
        nodes.set_off(0);
        for _ in 0..3 {
            nodes.pass(300).await;
            let token = last.expect("rotates");
            last = nodes.right.refresh(token.expose(), client("Firefox")).await.expect("tokens").refresh;
        }
        nodes.pass(150).await;
        let outcome = nodes.right.refresh(spent.expose(), client("Firefox")).await.map(drop);
        assert!(is_theft(&outcome), "{outcome:?}");
    }
}

/// No database can count to the end of such a token.
#[tokio::test]
async fn a_token_from_elsewhere_that_hardly_ever_ends_is_refreshed() {
    for nodes in Nodes::everywhere(&settings()).await {
        for exp in [253_402_300_800, 9_223_372_036_854_775, 9_223_372_036_854_776, i64::MAX / 1000 + 1, i64::MAX] {
            let token = TestToken::refresh("1").claim("exp", exp).sign(&nodes.right);
            nodes.right.verify(&token).await.unwrap_or_else(|error| panic!("{exp}: {error:?}"));
            let got = nodes.right.refresh(&token, client("Firefox")).await;
            let next = got.unwrap_or_else(|error| panic!("{exp}: {error:?}")).refresh.expect("rotates");
            nodes.right.refresh(next.expose(), client("Firefox")).await.expect("and goes on");
            nodes.right.blacklist(next.expose()).await.expect("logged out");
            nodes.right.refresh(&token, client("Firefox")).await.expect_err("for good");
        }
    }
}

#[tokio::test]
async fn namespaces_share_a_store_a_key_and_nothing_else() {
    let store = jwt_auth::store::AnyTokenStore::new(MemoryStore::new());
    let start = async |namespace: &str| {
        let settings = Settings { namespace: namespace.to_owned(), ..settings() };
        let auth: JwtAuth = JwtAuth::builder(settings).store(store.clone()).start().await.expect("starts");
        auth
    };
    let (shop, blog) = (start("shop").await, start("blog").await);
    let token = TestToken::refresh("1").sign(&shop);
    let of = async |auth: &JwtAuth, token: &str| auth.refresh(token, Client::default()).await;
    let in_shop = of(&shop, &token).await.expect("adopted").refresh.expect("rotates");
    assert!(of(&blog, in_shop.expose()).await.is_err(), "a session of the shop");
    blog.blacklist(in_shop.expose()).await.expect_err("nor does it end there");
    let in_blog = of(&blog, &token).await.expect("adopted there as well").refresh.expect("rotates");
    assert_ne!(payload(in_shop.expose()).raw("sid"), payload(in_blog.expose()).raw("sid"));
    blog.end_all_sessions("1").await.expect("ended");
    of(&shop, in_shop.expose()).await.expect("goes on");
}

/// A store that knows no namespaces is not trusted with one.
#[tokio::test]
async fn a_namespace_needs_a_store_that_knows_them() {
    let settings = Settings { namespace: "shop".to_owned(), ..settings() };
    let refused = JwtAuth::builder(settings).store(crate::testing::Hasty::default()).start().await;
    assert!(format!("{:?}", refused.expect_err("refused")).contains("`namespace`"));
}
