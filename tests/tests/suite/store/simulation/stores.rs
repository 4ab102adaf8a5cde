//! The same rows over real stores: each session comes to the same as without one.

use super::honest::{Lived, browse, run_native};
use super::server::{RULES, Row, Seconds, Server, Who, login, presentation, revoking};
use super::{LOSSES, TABS, TROUBLES, over_by};
use jwt_auth::store::{AnyTokenStore, Decision, Move, SessionId, SessionRules, TokenStore};
use jwt_auth_tests::long;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::open_any;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use tokio::runtime::{Handle, Runtime};

/// 10,000 sessions that are spread evenly. In the short version 300, most of them of those who refresh seldom, and in the last row, where the table
/// has most to decide, of all: a refresh takes a millisecond of an unoptimised program.
fn sessions_of(trouble: usize, tabs: usize) -> u32 {
    match (long(), trouble, tabs) {
        (true, ..) => 160,
        (false, _, 1) => 23,
        (false, 11, _) | (false, _, 0..3) => 1,
        (false, ..) => 0,
    }
}

fn applications() -> u32 {
    if long() { 67 } else { 1 }
}

/// As many as wait for the disk at once.
const AT_ONCE: usize = 16;

#[test]
fn over_sqlite_each_session_comes_to_the_same() {
    let scratch = Scratch::new("simulation");
    play("SQLite", &scratch.next_database());
}

#[test]
fn over_postgres_each_session_comes_to_the_same() {
    let Some(server) = Postgres::start() else { return };
    play("PostgreSQL", &server.next_database());
}

fn play(name: &str, address: &str) {
    let runtime = Runtime::new().expect("a runtime");
    let store = runtime.block_on(open_any(address));
    let (sessions, moves) = (AtomicU32::new(0), AtomicU64::new(0));
    let open = |rules| {
        let number = sessions.fetch_add(1, Ordering::Relaxed) + 1;
        Stored::log_in(runtime.handle(), &store, number, rules, &moves)
    };
    println!("{name}: logged out");
    for (row, (trouble, _, _, make)) in TROUBLES.into_iter().enumerate() {
        let out = [0, 1, 2, 3, 4].map(|tabs| {
            let (browser, count) = (make(TABS[tabs]), sessions_of(row, tabs));
            let (out, _) = over_by(AT_ONCE, count, |seed| {
                let here = browse(&browser, &mut open(RULES), seed);
                same(here, browse(&browser, &mut Row::new(RULES), seed), trouble, seed)
            });
            format!("{out} of {count}")
        });
        println!("   {trouble}: {}", out.join(", "));
    }
    for (loss, ..) in LOSSES {
        let out = [RULES, revoking()].map(|rules| {
            let (out, _) = over_by(AT_ONCE, applications(), |seed| {
                let here = run_native(loss, &mut open(rules), seed);
                same(here, run_native(loss, &mut Row::new(rules), seed), "an application", seed)
            });
            format!("{out} of {}", applications())
        });
        println!("   an application that loses {:.0} %, and under `revoke`: {}", 100.0 * loss, out.join(", "));
    }
    let (sessions, moves) = (sessions.into_inner(), moves.into_inner());
    println!("{name}: {sessions} sessions, {moves} refreshes: each as without a store");
    assert!(sessions >= if long() { 10_000 } else { 300 }, "{sessions} sessions");
}

fn same(here: Lived, alone: Lived, what: &str, seed: u32) -> Lived {
    assert_eq!(here, alone, "{what}, session {seed}");
    here
}

/// One session in a store.
struct Stored<'a> {
    runtime: &'a Handle,
    store: &'a AnyTokenStore,
    sid: SessionId,
    rules: SessionRules,
    moves: &'a AtomicU64,
}

impl<'a> Stored<'a> {
    fn log_in(
        runtime: &'a Handle,
        store: &'a AnyTokenStore,
        number: u32,
        rules: SessionRules,
        moves: &'a AtomicU64,
    ) -> Self {
        let sid = SessionId::from_bytes(u128::from(number).to_be_bytes());
        runtime.block_on(store.create(login(sid, rules), None)).expect("stores");
        Self { runtime, store, sid, rules, moves }
    }
}

impl Server for Stored<'_> {
    fn refresh(&mut self, token: u64, now: Seconds, who: Who) -> (Decision, u64) {
        self.moves.fetch_add(1, Ordering::Relaxed);
        let presented = presentation(self.sid, self.rules, token, now, Some(who));
        match self.runtime.block_on(self.store.advance(presented)).expect("answers") {
            Move::Rotated(session) => (Decision::Rotate, session.generation),
            Move::Replayed(session) => (Decision::Replay, session.generation),
            Move::Recovered { session, .. } => (Decision::Recover, session.generation),
            Move::Conflict => (Decision::Conflict, 0),
            Move::Theft(_) => (Decision::Theft, 0),
            Move::Ended(reason) => (Decision::Ended(reason), 0),
        }
    }
}
