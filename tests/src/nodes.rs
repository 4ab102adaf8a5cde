//! Two nodes of one service, of which one has a clock that is off.

use crate::odd_store::OddStore;
use crate::{Account, BEGIN, hasher, payload};
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::settings::seconds;
use jwt_auth::store::{AnyTokenStore, MemoryStore, SessionId, SqliteStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{Client, JwtAuth, Login, Settings, TokenPair};
use std::time::Duration;

/// A service of two nodes, whose user 1 has the name and the password `test`.
pub struct Nodes {
    /// Its users.
    pub users: MemoryUsers<Account>,
    /// User 1.
    pub user: Account,
    /// The node whose clock is right.
    pub right: JwtAuth<Account>,
    /// The other one.
    pub off: JwtAuth<Account>,
    clocks: [ManualClock; 2],
    stores: [OddStore; 2],
}

impl Nodes {
    /// Over this store.
    ///
    /// # Panics
    /// With settings that do not start.
    pub async fn over(store: AnyTokenStore, settings: Settings) -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
        let user = Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] };
        users.put(user.clone());
        let clocks = [(); 2].map(|()| ManualClock::new(Timestamp::from_seconds(BEGIN)));
        let stores = [(); 2].map(|()| OddStore::new(store.clone()));
        let node = async |at: usize| {
            let settings = Settings { revocation_sync_interval: Duration::from_millis(1), ..settings.clone() };
            let builder = JwtAuth::builder(settings).users(users.clone()).store(stores[at].clone());
            builder.clock(clocks[at].clone()).password_hasher(hasher()).start().await.expect("starts")
        };
        let (right, off) = (node(0).await, node(1).await);
        Self { users, user, right, off, clocks, stores }
    }

    /// Over each store there is.
    ///
    /// # Panics
    /// With settings that do not start.
    pub async fn everywhere(settings: &Settings) -> [Self; 2] {
        let file = SqliteStore::connect("sqlite::memory:").await.expect("memory opens");
        let memory = Self::over(AnyTokenStore::new(MemoryStore::new()), settings.clone()).await;
        [memory, Self::over(AnyTokenStore::new(file), settings.clone()).await]
    }

    /// So many seconds pass on both, and both hear what the store has to tell.
    pub async fn pass(&self, count: u64) {
        self.clocks.iter().for_each(|clock| clock.pass(seconds(count)));
        self.hear().await;
    }

    /// Both hear what the store has to tell.
    pub async fn hear(&self) {
        for store in &self.stores {
            store.read_anew().await;
        }
    }

    /// The one clock is set to be so many seconds ahead of the right one, or behind it.
    pub fn set_off(&self, by: i64) {
        let (now, by_seconds) = (self.clocks[0].now(), seconds(by.unsigned_abs()));
        self.clocks[1].set(if by < 0 { now.before(by_seconds) } else { now.after(by_seconds) });
    }

    /// A login at the right node.
    ///
    /// # Panics
    /// When it fails.
    pub async fn login(&self) -> TokenPair {
        let user = self.users.find_by_id("1").await.expect("memory").expect("the user");
        self.right.for_user(&user, Login::default()).await.expect("a pair")
    }
}

/// A client by its agent text.
pub fn client(user_agent: &str) -> Client {
    Client { ip: None, user_agent: Some(user_agent.to_owned()) }
}

/// The session of a token.
///
/// # Panics
/// When it has none.
pub fn session_of(token: &str) -> SessionId {
    let sid = payload(token).get::<String>("sid").expect("a text").expect("a session");
    SessionId::parse(&sid).expect("its name")
}
