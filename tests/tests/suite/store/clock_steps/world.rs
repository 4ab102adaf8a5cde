//! Three nodes over one store, and what their users hold.

use super::deed::Deed;
use super::{DAY, NODES, USERS};
use jwt_auth::clock::Timestamp;
use jwt_auth::error::EndReason;
use jwt_auth::settings::seconds;
use jwt_auth::store::{AnyTokenStore, Reauthentication};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::nodes::session_of;
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::{Account, BEGIN, KEY, hasher, payload};
use std::time::Duration;

const START: Timestamp = Timestamp::from_seconds(BEGIN);

struct Node {
    auth: JwtAuth<Account>,
    clock: ManualClock,
    store: OddStore,
    off: i64,
}

impl Node {
    fn is_right(&self) -> bool {
        self.off == 0
    }
}

/// A session as its owner and whoever copied its tokens know it.
struct Held {
    user: usize,
    refresh: Vec<String>,
    access: Vec<String>,
    /// So many of the access tokens are of before a proof, or of before all other sessions were ended.
    revoked: usize,
    is_over: bool,
    /// When a proof was given whose answer was lost: what the holder has is of before it, and waits.
    proof_lost_at: Timestamp,
}

impl Held {
    fn new(user: usize, refresh: Vec<String>, access: String) -> Self {
        let (access, proof_lost_at) = (vec![access], Timestamp::default());
        Self { user, refresh, access, revoked: 0, is_over: false, proof_lost_at }
    }
}

struct Foreign {
    user: usize,
    token: String,
    is_revoked: bool,
}

pub(super) struct World {
    store: AnyTokenStore,
    rotates: bool,
    users: MemoryUsers<Account>,
    now: Timestamp,
    nodes: Vec<Node>,
    sessions: Vec<Held>,
    foreign: Vec<Foreign>,
    used_tickets: Vec<String>,
    /// When each user last logged out everywhere, by the clock that was furthest ahead: to the store what was issued elsewhere before
    /// that is older.
    raised_at: [Timestamp; 2],
}

fn at(now: Timestamp, off: i64) -> Timestamp {
    let by = seconds(off.unsigned_abs());
    if off < 0 { now.before(by) } else { now.after(by) }
}

fn expiry(token: &str) -> Timestamp {
    Timestamp::from_seconds(payload(token).get::<u64>("exp").expect("a number").expect("it ends"))
}

impl World {
    pub(super) async fn begin(store: AnyTokenStore, rotates: bool) -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        for id in [1, 2] {
            let (username, password_hash) = (format!("user {id}"), "!".to_owned());
            users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        }
        let mut world = Self {
            store,
            rotates,
            users,
            now: START,
            nodes: Vec::new(),
            sessions: Vec::new(),
            foreign: Vec::new(),
            used_tickets: Vec::new(),
            raised_at: [Timestamp::default(); 2],
        };
        for _ in 0..NODES {
            let node = world.node(0).await;
            world.nodes.push(node);
        }
        world
    }

    async fn node(&self, off: i64) -> Node {
        let (clock, store) = (ManualClock::new(at(self.now, off)), OddStore::new(self.store.clone()));
        let settings = Settings {
            revocation_sync_interval: Duration::from_millis(1),
            rotate_refresh_tokens: self.rotates,
            // Longer than any clock is off.
            refresh_token_lifetime: seconds(7 * DAY.unsigned_abs()),
            ..Settings::new(KEY)
        };
        let builder = JwtAuth::builder(settings).users(self.users.clone()).store(store.clone()).clock(clock.clone());
        let auth = builder.password_hasher(hasher()).start().await.expect("starts");
        Node { auth, clock, store, off }
    }

    /// Every node hears what the store has to tell.
    async fn hear(&self) {
        for node in &self.nodes {
            node.store.read_anew().await;
        }
    }

    pub(super) async fn play(&mut self, deed: &Deed) {
        match *deed {
            Deed::Pass(time) => {
                self.now = self.now.after(seconds(time));
                self.nodes.iter().for_each(|node| node.clock.pass(seconds(time)));
            }
            Deed::Step { node, off } => {
                self.nodes[node].off = off;
                self.nodes[node].clock.set(at(self.now, off));
            }
            Deed::Restart { node } => self.nodes[node] = self.node(self.nodes[node].off).await,
            Deed::LogIn { node, user } => self.log_in(node, user).await,
            Deed::Refresh { node, session, is_lost } if session < self.sessions.len() => {
                self.refresh(node, session, is_lost).await;
            }
            Deed::Prove { node, session, is_lost } if session < self.sessions.len() => {
                self.prove(node, session, is_lost).await;
            }
            Deed::LogOut { node, session } if session < self.sessions.len() => self.log_out(node, session).await,
            Deed::KeepAlone { node, session } if session < self.sessions.len() => self.keep_alone(node, session).await,
            Deed::LogOutEverywhere { node, user } => self.log_out_everywhere(node, user).await,
            Deed::Foreign { user } => {
                let clock = ManualClock::new(self.now);
                let django = JwtAuth::builder(Settings { rotate_refresh_tokens: false, ..Settings::new(KEY) });
                let django = django.clock(clock).start().await.expect("starts");
                let token = TestToken::refresh(USERS[user]).sign(&django);
                self.foreign.push(Foreign { user, token, is_revoked: false });
            }
            Deed::Adopt { node, foreign } if foreign < self.foreign.len() => self.adopt(node, foreign).await,
            Deed::Ticket { node, session } if session < self.sessions.len() => self.use_ticket(node, session).await,
            Deed::Refresh { .. }
            | Deed::Prove { .. }
            | Deed::LogOut { .. }
            | Deed::KeepAlone { .. }
            | Deed::Adopt { .. }
            | Deed::Ticket { .. } => {}
        }
        let revokes = matches!(
            deed,
            Deed::Prove { .. } | Deed::LogOut { .. } | Deed::KeepAlone { .. } | Deed::LogOutEverywhere { .. }
        );
        if revokes {
            self.hear().await;
        }
        self.look().await;
    }

    async fn log_in(&mut self, node: usize, user: usize) {
        let account = self.users.find_by_id(USERS[user]).await.expect("memory").expect("a user");
        let pair = self.nodes[node].auth.for_user(&account, Default::default()).await.expect("a login");
        let refresh = vec![pair.refresh.expose().to_owned()];
        self.sessions.push(Held::new(user, refresh, pair.access.expose().to_owned()));
    }

    /// Whether a session has to go on: not ended, and its newest token lives for so long that no clock that was off by a day counts.
    fn lives(&self, session: &Held) -> bool {
        let newest = session.refresh.last().expect("a token");
        !session.is_over && expiry(newest) > self.now.after(seconds(2 * DAY.unsigned_abs()))
    }

    async fn refresh(&mut self, node: usize, session: usize, is_lost: bool) {
        let (node, held) = (&self.nodes[node], &self.sessions[session]);
        let token = held.refresh.last().expect("a token").clone();
        let outcome = node.auth.refresh(&token, Client::default()).await;
        // Of before a proof it waits while it is young, by whichever clock that is the leeway ahead at most.
        let waits = matches!(outcome, Err(AuthError::RefreshConflict))
            && self.now.since(held.proof_lost_at) < seconds(120 + 30);
        let lives = self.lives(held);
        assert!(!lives || !node.is_right() || outcome.is_ok() || waits, "a living session was refused: {outcome:?}");
        let is_theft = matches!(outcome, Err(AuthError::SessionEnded(EndReason::TokenReused)));
        assert!(!is_theft, "an honest holder was taken for a thief by a node that is {} s off", node.off);
        if held.is_over && node.is_right() {
            assert!(outcome.is_err(), "a session that is over went on");
        }
        let Ok(got) = outcome else { return };
        let held = &mut self.sessions[session];
        // Whoever reads along has those of lost answers too.
        held.access.push(got.access.expose().to_owned());
        if got.refresh.is_some() {
            // Who comes with a token of before a lost proof and gets others has them without it, and it is forgotten.
            held.proof_lost_at = Timestamp::default();
        }
        if let Some(refresh) = got.refresh.filter(|_| !is_lost) {
            held.refresh.push(refresh.expose().to_owned());
        }
    }

    async fn prove(&mut self, node: usize, session: usize, is_lost: bool) {
        let (node, held) = (&self.nodes[node], &self.sessions[session]);
        let account = self.users.find_by_id(USERS[held.user]).await.expect("memory").expect("a user");
        let (token, proof) = (held.refresh.last().expect("a token"), Reauthentication::default());
        // Which is a replay, and ends nothing.
        let is_same = held.proof_lost_at > Timestamp::default();
        let outcome = node.auth.reauthenticated(&account, token, proof, Client::default()).await;
        let lives = self.lives(held);
        assert!(!lives || !node.is_right() || outcome.is_ok(), "a living session was refused: {outcome:?}");
        let Ok(pair) = outcome else { return };
        let held = &mut self.sessions[session];
        if !is_same {
            held.revoked = held.access.len();
        }
        held.access.push(pair.access.expose().to_owned());
        if is_lost {
            held.proof_lost_at = self.now;
        } else {
            held.refresh.push(pair.refresh.expose().to_owned());
            held.proof_lost_at = Timestamp::default();
        }
    }

    async fn keep_alone(&mut self, node: usize, session: usize) {
        let (node, held) = (&self.nodes[node], &self.sessions[session]);
        let off = node.off;
        let account = self.users.find_by_id(USERS[held.user]).await.expect("memory").expect("a user");
        // Without rotation who came with a token from elsewhere has no other refresh token.
        let sid = session_of(held.access.last().expect("a token"));
        let outcome = node.auth.end_other_sessions(&account, sid, Client::default()).await;
        assert!(!self.lives(held) || !node.is_right() || outcome.is_ok(), "a living session: {outcome:?}");
        let Ok(pair) = outcome else { return };
        let user = held.user;
        for (number, held) in self.sessions.iter_mut().enumerate().filter(|(_, held)| held.user == user) {
            held.is_over |= number != session;
        }
        let held = &mut self.sessions[session];
        held.revoked = held.access.len();
        held.access.push(pair.access.expose().to_owned());
        held.refresh.push(pair.refresh.expose().to_owned());
        held.proof_lost_at = Timestamp::default();
        self.note_epoch(user, off);
    }

    async fn log_out(&mut self, node: usize, session: usize) {
        let (node, held) = (&self.nodes[node], &self.sessions[session]);
        let outcome = node.auth.blacklist(held.refresh.last().expect("a token")).await;
        assert!(!self.lives(held) || !node.is_right() || outcome.is_ok(), "a living session: {outcome:?}");
        self.sessions[session].is_over |= outcome.is_ok();
    }

    async fn log_out_everywhere(&mut self, node: usize, user: usize) {
        let off = self.nodes[node].off;
        self.nodes[node].auth.end_all_sessions(USERS[user]).await.expect("the store answers");
        self.sessions.iter_mut().filter(|held| held.user == user).for_each(|held| held.is_over = true);
        self.note_epoch(user, off);
    }

    /// A user's epoch was raised by a clock that is so far off.
    fn note_epoch(&mut self, user: usize, off: i64) {
        self.raised_at[user] = self.raised_at[user].max(at(self.now, off));
        // Of tokens from elsewhere only their time is known, and so only what a clock says that is right, or ahead.
        let meant = self.foreign.iter_mut().filter(|foreign| foreign.user == user && off >= 0);
        meant.for_each(|foreign| foreign.is_revoked = true);
    }

    async fn adopt(&mut self, node: usize, foreign: usize) {
        let node = &self.nodes[node];
        if !node.is_right() {
            return;
        }
        let Foreign { user, token, is_revoked } = self.foreign.swap_remove(foreign);
        let outcome = node.auth.refresh(&token, Client::default()).await;
        if is_revoked {
            assert!(outcome.is_err(), "it was issued before its user logged out everywhere");
            self.foreign.push(Foreign { user, token, is_revoked });
            return;
        }
        let issued = Timestamp::from_seconds(payload(&token).get::<u64>("iat").expect("a number").expect("a time"));
        // An issuer's clock may be ahead by the leeway.
        let is_too_old = expiry(&token) <= self.now || issued <= self.raised_at[user].after(seconds(30));
        assert!(outcome.is_ok() || is_too_old, "nobody has ended it: {outcome:?}");
        let Ok(got) = outcome else { return };
        let next = got.refresh.map(|refresh| refresh.expose().to_owned());
        let refresh = [token].into_iter().chain(next).collect();
        self.sessions.push(Held::new(user, refresh, got.access.expose().to_owned()));
    }

    async fn use_ticket(&mut self, node: usize, session: usize) {
        let auth = &self.nodes[node].auth;
        let Ok(token) = auth.authenticate(self.sessions[session].access.last().expect("a token")).await else { return };
        let ticket = auth.ticket_for(&token).expect("a ticket").expose().to_owned();
        auth.authenticate_ticket(&ticket).await.expect("used once, on the node that made it");
        self.used_tickets.push(ticket);
    }

    /// What holds at every moment on every node whose clock is right.
    async fn look(&self) {
        for node in self.nodes.iter().filter(|node| node.is_right()) {
            for held in &self.sessions {
                for (number, access) in held.access.iter().enumerate() {
                    let outcome = node.auth.authenticate(access).await;
                    let claims = payload(access);
                    let is_over = held.is_over || number < held.revoked;
                    assert!(!is_over || outcome.is_err(), "a revoked access token opens routes: {claims:?}");
                    // Issued by a clock that was right, and in its time.
                    let issued = Timestamp::from_seconds(claims.get::<u64>("iat").expect("a number").expect("a time"));
                    let is_good = issued <= self.now && self.now < expiry(access);
                    assert!(is_over || !is_good || outcome.is_ok(), "number {number} is refused: {outcome:?}");
                }
                if held.is_over {
                    for refresh in &held.refresh {
                        node.auth.verify(refresh).await.expect_err("a revoked refresh token is good");
                    }
                }
            }
            for ticket in &self.used_tickets {
                node.auth.authenticate_ticket(ticket).await.expect_err("a used ticket opens a route");
            }
        }
    }
}
