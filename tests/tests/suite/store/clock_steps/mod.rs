//! Three nodes over one store, whose clocks are set by up to a day either way at any time.
//!
//! A revoked token is never accepted again by a node whose clock is right; no living session is refused by such a node, and none loses its
//! row to a node whose clock is wrong.

mod deed;
mod world;

use deed::{Deed, deed};
use jwt_auth::store::{AnyTokenStore, MemoryStore, SqliteStore};
use jwt_auth_tests::long;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::open_any;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use world::World;

const NODES: usize = 3;
const DAY: i64 = 86_400;
const USERS: [&str; 2] = ["1", "2"];

fn cases(usual: u32, many: u32) -> ProptestConfig {
    let config = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(if long() { many } else { usual }),
    };
    ProptestConfig { failure_persistence: None, max_shrink_iters: 400, ..config }
}

fn play(store: impl AsyncFn() -> AnyTokenStore, deeds: &[Deed]) {
    for rotates in [true, false] {
        play_with(&store, rotates, deeds);
    }
}

fn play_with(store: &impl AsyncFn() -> AnyTokenStore, rotates: bool, deeds: &[Deed]) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut world = World::begin(store().await, rotates).await;
        for deed in deeds {
            world.play(deed).await;
        }
    });
}

proptest! {
    #![proptest_config(cases(24, 3000))]

    #[test]
    fn in_memory(deeds in prop::collection::vec(deed(), 10..40)) {
        play(async || AnyTokenStore::new(MemoryStore::new()), &deeds);
    }
}

proptest! {
    #![proptest_config(cases(8, 1000))]

    #[test]
    fn in_a_file(deeds in prop::collection::vec(deed(), 10..40)) {
        let scratch = Scratch::new("clock-steps");
        play(async || in_file(&scratch).await, &deeds);
    }
}

/// Its server has a clock of its own, which nothing of this may go by.
#[test]
fn in_postgres() {
    let Some(server) = Postgres::start() else { return };
    let store = async || open_any(&server.next_database()).await;
    play(store, &a_second_logout());
    let config = ProptestConfig { cases: if long() { 300 } else { 2 }, ..cases(2, 300) };
    let outcome = TestRunner::new(config).run(&prop::collection::vec(deed(), 10..40), |deeds| {
        play(store, &deeds);
        Ok(())
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
}

async fn in_file(scratch: &Scratch) -> AnyTokenStore {
    AnyTokenStore::new(SqliteStore::connect(&scratch.next_database()).await.expect("opens"))
}

/// What somebody logged out by a fast clock issued before: the first "log out everywhere" is not undone by a second one whose clock is slow.
#[test]
fn a_second_logout_everywhere_by_a_slow_clock_forgets_nothing_of_the_first() {
    play(async || AnyTokenStore::new(MemoryStore::new()), &a_second_logout());
    let scratch = Scratch::new("second-logout");
    play(async || in_file(&scratch).await, &a_second_logout());
}

fn a_second_logout() -> [Deed; 6] {
    [
        Deed::Foreign { user: 0 },
        Deed::Pass(400),
        Deed::LogOutEverywhere { node: 0, user: 0 },
        Deed::Step { node: 1, off: -DAY },
        Deed::LogOutEverywhere { node: 1, user: 0 },
        Deed::Adopt { node: 2, foreign: 0 },
    ]
}

/// Issued by a clock a day ahead, revoked a moment later, and presented when its time comes.
#[test]
fn a_token_of_a_fast_clock_stays_revoked_when_its_time_comes() {
    for ending in [Deed::LogOut { node: 1, session: 0 }, Deed::LogOutEverywhere { node: 1, user: 0 }] {
        for moves in [false, true] {
            let mut deeds = vec![
                Deed::Step { node: 0, off: DAY },
                Deed::LogIn { node: 0, user: 0 },
                Deed::Step { node: 0, off: 0 },
                Deed::Pass(1),
            ];
            if moves {
                deeds.push(Deed::Refresh { node: 1, session: 0, is_lost: false });
            }
            deeds.push(ending.clone());
            deeds.extend([
                Deed::Pass(40_000),
                Deed::Step { node: 2, off: DAY },
                Deed::Pass(400),
                Deed::LogIn { node: 2, user: 1 },
            ]);
            deeds.extend([Deed::Step { node: 2, off: 0 }, Deed::Pass(46_000), Deed::Restart { node: 1 }]);
            play(async || AnyTokenStore::new(MemoryStore::new()), &deeds);
        }
    }
}
