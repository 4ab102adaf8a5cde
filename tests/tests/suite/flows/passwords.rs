//! What a change of password ends, told of or not.

use http::StatusCode;
use jwt_auth::error::{AuthError, EndReason};
use jwt_auth::password::{HashFormat, PasswordHasher};
use jwt_auth::store::{AnyTokenStore, MemoryStore, SessionId, SqliteStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::{MemoryUsers, User, UserStore};
use jwt_auth::{Claims, Client, JwtAuth, Login, Settings, SqlUserStore, StoreError, TokenPair};
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, App, hasher, payload, settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

struct Kit {
    auth: JwtAuth<Account>,
    users: MemoryUsers<Account>,
    clock: ManualClock,
}

impl Kit {
    async fn start(settings: Settings, store: AnyTokenStore) -> Self {
        let (clock, users) = (ManualClock::default(), MemoryUsers::new(|user: &Account| &user.username));
        for (id, username) in [(1, "ada"), (2, "bob")] {
            let (username, permissions) = (username.to_owned(), vec!["read".to_owned()]);
            let password_hash = hasher().hash(&*username).expect("a hash");
            users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions });
        }
        let builder = JwtAuth::builder(settings).users(users.clone()).store(store);
        let auth = builder.clock(clock.clone()).password_hasher(hasher()).start().await.expect("good settings");
        Self { auth, users, clock }
    }

    async fn each() -> (Scratch, [Self; 2]) {
        let scratch = Scratch::new("passwords");
        let sqlite = SqliteStore::connect(&scratch.next_database()).await.expect("opens");
        let memory = Self::start(settings(), AnyTokenStore::new(MemoryStore::new())).await;
        (scratch, [memory, Self::start(settings(), AnyTokenStore::new(sqlite)).await])
    }

    async fn login(&self, name: &str) -> TokenPair {
        self.auth.obtain(name, name.into(), Client::default()).await.expect("a login")
    }

    async fn user(&self, id: &str) -> Account {
        self.users.find_by_id(id).await.expect("memory").expect("a user")
    }

    fn set_hash(&self, id: &str, hash: String) {
        assert!(self.users.update(id, |user| user.password_hash = hash));
    }

    /// What a refresh and the verify view say of the refresh token: they agree.
    async fn is_good(&self, pair: &TokenPair) -> bool {
        let verified = self.auth.verify(pair.refresh.expose()).await;
        let refreshed = self.auth.refresh(pair.refresh.expose(), Client::default()).await;
        assert_eq!(verified.is_ok(), refreshed.is_ok(), "{verified:?}, {refreshed:?}");
        refreshed.is_ok()
    }

    async fn opens(&self, pair: &TokenPair) -> bool {
        self.auth.authenticate(pair.access.expose()).await.is_ok()
    }
}

fn sid(pair: &TokenPair) -> SessionId {
    let sid = payload(pair.access.expose()).get::<String>("sid").expect("a text").expect("a session");
    SessionId::parse(&sid).expect("a session")
}

#[tokio::test]
async fn a_password_that_was_changed_behind_our_back_ends_a_session_at_its_next_refresh() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let (first, second, theirs) = (kit.login("ada").await, kit.login("ada").await, kit.login("bob").await);
        kit.set_hash("1", hasher().hash("changed").expect("a hash"));
        assert!(kit.opens(&first).await, "nobody has noticed yet");
        let refused = kit.auth.refresh(first.refresh.expose(), Client::default()).await;
        assert!(matches!(refused, Err(AuthError::SessionEnded(EndReason::SessionRevoked))), "{refused:?}");
        assert!(!kit.opens(&first).await, "its access tokens are over with it");
        assert!(!kit.is_good(&second).await && kit.is_good(&theirs).await);
        let again = kit.auth.obtain("ada", "changed".into(), Client::default()).await.expect("a login");
        assert!(kit.is_good(&again).await);
    }
}

#[tokio::test]
async fn no_token_says_anything_of_the_password() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let pair = kit.login("ada").await;
        let refreshed = kit.auth.refresh(pair.refresh.expose(), Client::default()).await.expect("a pair");
        for token in [&pair.refresh, &pair.access, &refreshed.access, &refreshed.refresh.expect("rotated")] {
            let names: Vec<String> = payload(token.expose()).iter().map(|(name, _)| name.to_owned()).collect();
            assert!(!names.iter().any(|name| name.contains("password")), "{names:?}");
        }
    }
}

/// A login with the right password writes a hash of another cost or format, here or in a Django beside us.
#[tokio::test]
async fn a_hash_that_was_renewed_is_the_same_password() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let elsewhere = kit.login("ada").await;
        let dear = PasswordHasher::argon2id(16, 1, 1).expect("parameters").hash("ada").expect("a hash");
        kit.set_hash("1", dear);
        assert!(kit.is_good(&elsewhere).await, "another cost");
        kit.set_hash("1", "pbkdf2_sha256$1000000$c2FsdHNhbHQ$aGFzaA==".to_owned());
        assert!(kit.is_good(&elsewhere).await, "another format");
        kit.set_hash("1", hasher().hash("ada").expect("a hash"));
        assert!(kit.is_good(&elsewhere).await, "the format of before, with another salt");
        kit.set_hash("1", hasher().hash("changed").expect("a hash"));
        assert!(!kit.is_good(&elsewhere).await, "another password");
        for nobody in ["", "!", "!pbkdf2_sha256$x"] {
            kit.set_hash("2", hasher().hash("bob").expect("a hash"));
            let theirs = kit.login("bob").await;
            kit.set_hash("2", nobody.to_owned());
            assert!(!kit.is_good(&theirs).await, "no password any more: {nobody:?}");
        }
    }
}

/// A store of one's own need not be able to change the claims of a session.
#[tokio::test]
async fn a_store_that_cannot_note_a_renewed_hash_ends_nothing() {
    let store = OddStore::new(MemoryStore::new());
    let kit = Kit::start(settings(), AnyTokenStore::new(store.clone())).await;
    let pair = kit.login("ada").await;
    store.let_change(true, false);
    kit.set_hash("1", PasswordHasher::argon2id(16, 1, 1).expect("parameters").hash("ada").expect("a hash"));
    assert!(kit.is_good(&pair).await);
}

/// Two nodes that prefer different hashes each write their own at a login; nobody's password has changed by it.
#[tokio::test]
async fn two_nodes_that_renew_in_turn_end_no_session() {
    let scratch = Scratch::new("passwords");
    let formats = [HashFormat::Argon2id, HashFormat::Pbkdf2Sha256];
    let ours = hasher().reading(&formats);
    let djangos = PasswordHasher::writing(HashFormat::Pbkdf2Sha256).reading(&formats);
    let users = SqlUserStore::connect(&scratch.next_database()).await.expect("users");
    users.migrate().await.expect("a table");
    let ada = users.create("ada", &ours.hash("ada").expect("a hash")).await.expect("a user").id;
    let store = AnyTokenStore::new(MemoryStore::new());
    let node = async |hasher: &PasswordHasher| {
        let settings = Settings { upgrade_password_hash: true, login_throttle: false, ..settings() };
        let builder = JwtAuth::builder(settings).users(users.clone()).store(store.clone());
        builder.password_hasher(hasher.clone()).start().await.expect("good settings")
    };
    let [one, other] = [node(&ours).await, node(&djangos).await];
    let hash_of = async || users.find("ada").await.expect("a look").expect("ada").identity().password_hash.to_owned();
    let mut sessions = Vec::new();
    for node in [&one, &other, &one, &other] {
        let before = hash_of().await;
        sessions.push(node.obtain("ada", "ada".into(), Client::default()).await.expect("a login"));
        assert_eq!(hash_of().await != before, sessions.len() > 1, "renewed but for the first");
    }
    for session in &mut sessions {
        let refreshed = one.refresh(session.refresh.expose(), Client::default()).await.expect("it goes on");
        session.refresh = refreshed.refresh.expect("it rotates");
    }
    assert!(users.set_password(ada, &djangos.hash("changed").expect("a hash")).await.expect("set"));
    for session in sessions {
        assert!(one.refresh(session.refresh.expose(), Client::default()).await.is_err(), "another password");
    }
}

/// `for_user` by a handler that has just stored another hash, and still holds the user of before.
#[tokio::test]
async fn a_session_is_one_of_the_stored_password() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let before = kit.user("1").await;
        kit.set_hash("1", hasher().hash("changed").expect("a hash"));
        let pair = kit.auth.for_user(&before, Login::default()).await.expect("a login");
        assert!(kit.is_good(&pair).await);
        // Without a password there is nothing to watch, until there is one.
        kit.set_hash("1", String::new());
        let pair = kit.auth.for_user(&before, Login::default()).await.expect("a login");
        kit.set_hash("1", hasher().hash("first").expect("a hash"));
        assert!(kit.is_good(&pair).await);
    }
}

#[tokio::test]
async fn a_changed_password_that_is_told_of_ends_all_at_once() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let (pair, theirs) = (kit.login("ada").await, kit.login("bob").await);
        kit.set_hash("1", hasher().hash("changed").expect("a hash"));
        kit.auth.password_changed(&kit.user("1").await).await.expect("all over");
        assert!(!kit.opens(&pair).await && !kit.is_good(&pair).await);
        assert!(kit.opens(&theirs).await && kit.is_good(&theirs).await);
        assert!(kit.auth.sessions("1").await.expect("a list").is_empty());
    }
    let stateless = App::stateless(settings()).await;
    let user = stateless.users.find_by_id("1").await.expect("memory").expect("a user");
    let refused = stateless.auth.password_changed(&user).await;
    assert!(matches!(refused, Err(AuthError::NotAvailable)), "{refused:?}");
}

#[tokio::test]
async fn all_others_end_and_the_callers_session_goes_on_with_new_tokens() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let (mine, other, theirs) = (kit.login("ada").await, kit.login("ada").await, kit.login("bob").await);
        kit.clock.advance(Duration::from_secs(60));
        let before = kit.user("1").await;
        kit.set_hash("1", hasher().hash("changed").expect("a hash"));
        let pair = kit.auth.end_other_sessions(&before, sid(&mine), Client::default()).await.expect("goes on");
        assert!(!kit.opens(&mine).await && !kit.opens(&other).await, "access tokens of before");
        assert!(kit.opens(&pair).await && kit.opens(&theirs).await);
        assert!(!kit.is_good(&other).await && kit.is_good(&theirs).await);
        assert_eq!(payload(pair.access.expose()).get("permissions").expect("a list"), Some(vec!["read".to_owned()]));
        let sessions = kit.auth.sessions("1").await.expect("a list");
        assert_eq!(sessions.iter().map(|session| session.sid).collect::<Vec<_>>(), [sid(&mine)]);
        // Another tab may hold the refresh token of before.
        assert!(kit.is_good(&mine).await, "as after a lost answer");
        // The new password is watched as the old one was.
        kit.set_hash("1", hasher().hash("changed again").expect("a hash"));
        assert!(!kit.is_good(&pair).await);
    }
}

#[tokio::test]
async fn nobody_elses_session_is_kept_and_no_dead_one() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let (ada, theirs, over) = (kit.login("ada").await, kit.login("bob").await, kit.login("ada").await);
        kit.auth.blacklist(over.refresh.expose()).await.expect("a logout");
        let user = kit.user("1").await;
        for session in [sid(&theirs), sid(&over), SessionId::from_bytes([7; 16])] {
            let refused = kit.auth.end_other_sessions(&user, session, Client::default()).await;
            assert!(matches!(refused, Err(AuthError::SessionEnded(_))), "{refused:?}");
        }
        assert!(kit.opens(&ada).await && kit.opens(&theirs).await, "and nothing was ended");
        assert!(kit.users.update("1", |user| user.is_active = false));
        let refused = kit.auth.end_other_sessions(&user, sid(&ada), Client::default()).await;
        assert!(matches!(refused, Err(AuthError::SessionEnded(EndReason::UserDisabled))), "{refused:?}");
    }
}

#[tokio::test]
async fn what_simplejwt_puts_into_tokens_goes_with_the_kept_session() {
    let settings = Settings { check_revoke_token: true, ..settings() };
    let kit = Kit::start(settings, AnyTokenStore::new(MemoryStore::new())).await;
    let mine = kit.login("ada").await;
    kit.set_hash("1", hasher().hash("changed").expect("a hash"));
    let user = kit.user("1").await;
    let pair = kit.auth.end_other_sessions(&user, sid(&mine), Client::default()).await.expect("goes on");
    let token = kit.auth.authenticate(pair.access.expose()).await.expect("good");
    kit.auth.load_user(&token).await.expect("of the new password");
    // Another tab's is of before, and ends nothing but itself.
    assert!(!kit.is_good(&mine).await);
    assert!(kit.is_good(&pair).await);
}

/// Users of whom the next one that is read takes its time.
#[derive(Clone)]
struct Slow {
    users: MemoryUsers<Account>,
    is_next: Arc<AtomicBool>,
    was_read: Arc<Notify>,
    goes_on: Arc<Notify>,
}

impl UserStore for Slow {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let found = self.users.find_by_id(id).await;
        if self.is_next.swap(false, Ordering::SeqCst) {
            self.was_read.notify_one();
            self.goes_on.notified().await;
        }
        found
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.users.find_by_username(username).await
    }
}

/// A tab has just read its user when the password is changed, and reads the session's row when that is marked with the new one.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_beside_a_tab_that_refreshes_keeps_the_session() {
    for (rotates, verifies) in [(true, false), (false, false), (true, true)] {
        let settings = Settings { rotate_refresh_tokens: rotates, ..settings() };
        let users = Kit::start(settings.clone(), AnyTokenStore::new(MemoryStore::new())).await.users;
        let slow = Slow { users, is_next: Arc::default(), was_read: Arc::default(), goes_on: Arc::default() };
        let builder = JwtAuth::builder(settings).users(slow.clone()).store(MemoryStore::new());
        let auth = builder.password_hasher(hasher()).start().await.expect("good settings");
        let pair = auth.obtain("ada", "ada".into(), Client::default()).await.expect("a login");
        slow.is_next.store(true, Ordering::SeqCst);
        let (tab, token) = (auth.clone(), pair.refresh.expose().to_owned());
        let tab = tokio::spawn(async move {
            match verifies {
                true => tab.verify(&token).await,
                false => tab.refresh(&token, Client::default()).await.map(drop),
            }
        });
        slow.was_read.notified().await;
        slow.users.update("1", |user| user.password_hash = hasher().hash("changed").expect("a hash"));
        let user = slow.users.find_by_id("1").await.expect("memory").expect("ada");
        let kept = auth.end_other_sessions(&user, sid(&pair), Client::default()).await.expect("goes on");
        slow.goes_on.notify_one();
        tab.await.expect("no panic").expect("the tab's session lives, and its password is the one of now");
        auth.refresh(kept.refresh.expose(), Client::default()).await.expect("the session that was kept");
        slow.users.update("1", |user| user.password_hash = hasher().hash("by hand").expect("a hash"));
        auth.refresh(kept.refresh.expose(), Client::default()).await.expect_err("of another password");
    }
}

/// A token from a SimpleJWT with the same key is watched from its first use on.
#[tokio::test]
async fn an_adopted_session_is_watched_too() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        let token = kit.auth.refresh_token_for("1", &Claims::new()).expect("a token");
        let moved = kit.auth.refresh(token.expose(), Client::default()).await.expect("adopted");
        kit.set_hash("1", hasher().hash("changed").expect("a hash"));
        let next = moved.refresh.expect("rotated");
        assert!(kit.auth.verify(next.expose()).await.is_err());
        assert!(kit.auth.refresh(next.expose(), Client::default()).await.is_err());
    }
}

/// Somebody presses the button many times, while their tabs refresh.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_keep_the_one_session() {
    let (_scratch, kits) = Kit::each().await;
    for kit in kits {
        for _ in 0..5 {
            let (mine, other) = (kit.login("ada").await, kit.login("ada").await);
            let user = kit.user("1").await;
            let tasks: Vec<_> = (0..32)
                .map(|number| {
                    let (auth, user, mine) = (kit.auth.clone(), user.clone(), mine.clone());
                    tokio::spawn(async move {
                        if number % 2 == 0 {
                            let pair = auth.end_other_sessions(&user, sid(&mine), Client::default()).await?;
                            return Ok(Some(pair.refresh));
                        }
                        match auth.refresh(mine.refresh.expose(), Client::default()).await {
                            Ok(refreshed) => Ok(refreshed.refresh),
                            Err(AuthError::RefreshConflict) => Ok(None),
                            Err(error) => Err(error),
                        }
                    })
                })
                .collect();
            for task in tasks {
                if let Some(refresh) = task.await.expect("no panic").expect("the session goes on") {
                    kit.auth.verify(refresh.expose()).await.expect("every token that was handed out is good");
                }
            }
            assert!(!kit.opens(&other).await && !kit.is_good(&other).await);
            assert_eq!(kit.auth.sessions("1").await.expect("a list").len(), 1);
            kit.auth.end_all_sessions("1").await.expect("over");
        }
    }
}

#[tokio::test]
async fn a_client_is_an_extractor() {
    use axum::body::Body;
    use jwt_auth::routing::{GuardedRouter, get};
    #[jwt_auth::public]
    async fn who(client: Client) -> String {
        format!("{:?} {:?}", client.ip, client.user_agent)
    }
    let app = App::start(settings()).await;
    let router = GuardedRouter::new().route("/who", get(who)).with_state(app.auth);
    let request = http::Request::builder().uri("/who").header("user-agent", "curl").body(Body::empty());
    let answer = jwt_auth_tests::send(&router, request.expect("a request")).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "None Some(\"curl\")"));
}
