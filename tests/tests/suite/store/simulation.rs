//! The session table under browsers that lose answers, and under thieves.
//!
//! Quick by default; `JWT_AUTH_LONG=1` plays ten thousand sessions for each rate of loss.

use jwt_auth::Claims;
use jwt_auth::clock::Timestamp;
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{Decision, EndReason, NewSession, Session, SessionId, SessionRules};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

const RULES: SessionRules = SessionRules {
    grace: Duration::from_secs(30),
    recovery_window: Duration::from_secs(24 * 3600),
    policy: ReusePolicy::Recover,
    max_replays: SessionRules::MAX_REPLAYS,
    idle_lifetime: Duration::from_secs(30 * 24 * 3600),
};

const SECOND: u64 = 1000;

#[test]
fn two_tabs_that_lose_answers_are_never_logged_out() {
    for loss in [0, 10, 30] {
        let logouts = false_logouts(sessions(), loss, true);
        assert_eq!(logouts, 0, "at {loss} % lost answers");
    }
}

/// The simulation can tell a good rule from a bad one: without the half grace after a hand-out, honest browsers
/// are logged out.
#[test]
fn the_simulation_sees_what_the_half_grace_is_for() {
    let logouts = false_logouts(sessions(), 30, false);
    assert!(logouts > 0, "the simulation is too tame to prove anything");
    println!("without the clause: {logouts} of {}", sessions());
}

fn sessions() -> u64 {
    if jwt_auth_tests::long() { 10_000 } else { 500 }
}

fn false_logouts(sessions: u64, loss: u32, half_grace: bool) -> u64 {
    (0..sessions).filter(|seed| Browser::new(*seed, loss, half_grace).ends_logged_out()).count() as u64
}

/// One browser with two tabs and one cookie jar, and the server's row.
struct Browser {
    row: Session,
    /// The generation in the jar. Answers write it when they arrive, in whatever order.
    jar: u64,
    /// Until when each tab's access token lasts, and whether it waits for an answer.
    tabs: [Tab; 2],
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    numbered: u64,
    chance: TestRng,
    loss: u32,
    half_grace: bool,
}

#[derive(Clone, Copy, Default)]
struct Tab {
    access_until: u64,
    request: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A tab is used; it refreshes if its access token is over.
    Wake(usize),
    /// A request reaches the server.
    Arrive { tab: usize, request: u64, token: u64 },
    /// An answer reaches the browser.
    Answer { tab: usize, request: u64, token: u64 },
    /// A 409 reaches the browser.
    Conflict { tab: usize, request: u64 },
    /// The tab gives up waiting.
    GiveUp { tab: usize, request: u64 },
}

impl Browser {
    fn new(seed: u64, loss: u32, half_grace: bool) -> Self {
        let mut seeds = [0; 32];
        seeds[..8].copy_from_slice(&seed.to_le_bytes());
        seeds[8] = loss as u8;
        Self {
            row: session(Timestamp::from_millis(0)),
            jar: 0,
            tabs: [Tab::default(); 2],
            events: BinaryHeap::new(),
            numbered: 0,
            chance: TestRng::from_seed(RngAlgorithm::ChaCha, &seeds),
            loss,
            half_grace,
        }
    }

    /// A working day of refreshes.
    fn ends_logged_out(mut self) -> bool {
        for tab in 0..2 {
            let wake = self.between(0, 60 * SECOND);
            self.at(wake, Event::Wake(tab));
        }
        while let Some(Reverse((now, _, event))) = self.events.pop() {
            if now > 8 * 3600 * SECOND {
                return false;
            }
            if !self.step(now, event) {
                return true;
            }
        }
        false
    }

    fn step(&mut self, now: u64, event: Event) -> bool {
        match event {
            Event::Wake(tab) if now < self.tabs[tab].access_until => {
                // Used all the time, or left alone for a while.
                let pause = if self.hits(5) { self.between(0, 3600 * SECOND) } else { self.between(0, 20 * SECOND) };
                let next = self.tabs[tab].access_until.max(now) + pause;
                self.at(next, Event::Wake(tab));
            }
            Event::Wake(tab) => self.send(now, tab),
            Event::Arrive { tab, request, token } => return self.serve(now, tab, request, token),
            Event::Answer { tab, request, token } => {
                // A request that was given up is aborted, and a browser drops its cookie. Any other answer writes the
                // jar, however late it comes and whatever newer token it overwrites.
                if self.tabs[tab].request == request {
                    self.jar = token;
                    self.tabs[tab].access_until = now + 60 * SECOND;
                    self.at(now, Event::Wake(tab));
                }
            }
            Event::Conflict { tab, request } if self.tabs[tab].request == request => {
                self.at(now + SECOND, Event::Wake(tab));
            }
            Event::GiveUp { tab, request } if self.tabs[tab].request == request => {
                if now >= self.tabs[tab].access_until {
                    let pause = self.between(0, 30 * SECOND);
                    self.tabs[tab].request = 0;
                    self.at(now + pause, Event::Wake(tab));
                }
            }
            Event::Conflict { .. } | Event::GiveUp { .. } => {}
        }
        true
    }

    fn send(&mut self, now: u64, tab: usize) {
        self.numbered += 1;
        let request = self.numbered;
        self.tabs[tab].request = request;
        let token = self.jar;
        if !self.hits(self.loss / 3) {
            let delay = self.between(5, SECOND);
            self.at(now + delay, Event::Arrive { tab, request, token });
        }
        self.at(now + 10 * SECOND, Event::GiveUp { tab, request });
    }

    /// False when the server logs the browser out.
    fn serve(&mut self, now: u64, tab: usize, request: u64, token: u64) -> bool {
        let moment = Timestamp::from_millis(now);
        if !self.half_grace {
            self.row.handed_out_at = self.row.moved_at;
        }
        let decision = self.row.present(token, moment, &RULES);
        self.row.apply(decision, moment, &RULES);
        let answer = match decision {
            Decision::Rotate | Decision::Replay | Decision::Recover => {
                Event::Answer { tab, request, token: self.row.generation }
            }
            Decision::Conflict => Event::Conflict { tab, request },
            Decision::Theft | Decision::Ended(_) => return false,
        };
        if !self.hits(self.loss) {
            // Mostly quick, sometimes from a train.
            let delay = if self.hits(20) { self.between(SECOND, 12 * SECOND) } else { self.between(5, SECOND) };
            self.at(now + delay, answer);
        }
        true
    }

    fn at(&mut self, when: u64, event: Event) {
        self.numbered += 1;
        self.events.push(Reverse((when, self.numbered, event)));
    }

    fn hits(&mut self, percent: u32) -> bool {
        self.between(0, 100) < u64::from(percent)
    }

    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + u64::from(self.chance.next_u32()) % (high - low)
    }
}

fn session(now: Timestamp) -> Session {
    NewSession {
        sid: SessionId::from_bytes([1; 16]),
        user_id: "7".to_owned(),
        created_at: now,
        idle_expires_at: now.after(RULES.idle_lifetime),
        expires_at: now.after(2 * RULES.idle_lifetime),
        keep_until: Timestamp::default(),
        auth_time: now,
        amr: Vec::new(),
        acr: None,
        claims: Claims::new(),
        ip: None,
        user_agent: None,
    }
    .into_session(0)
}

/// What a holder of tokens makes of an answer; false when the session is over.
fn present(row: &mut Session, token: &mut u64, now: Timestamp, rules: &SessionRules) -> bool {
    let decision = row.present(*token, now, rules);
    row.apply(decision, now, rules);
    match decision {
        Decision::Rotate | Decision::Replay | Decision::Recover => *token = row.generation,
        Decision::Conflict => {}
        Decision::Theft => return false,
        Decision::Ended(reason) => {
            assert_eq!(reason, EndReason::TokenReused);
            return false;
        }
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Client and thief hold tokens of one session, the thief's being the current one, its parent, or older. Each may
    /// refresh as often as he likes; whoever begins, at the latest when the first one comes back the session dies.
    #[test]
    fn two_holders_end_in_theft_once_the_other_returns(
        stolen_age in 0_u64..5,
        thief_begins in any::<bool>(),
        turns in prop::array::uniform2(1_usize..6),
        gaps in prop::collection::vec(31_u64..3600, 16),
        strict in any::<bool>(),
    ) {
        let policy = if strict { ReusePolicy::Revoke } else { ReusePolicy::Recover };
        let rules = SessionRules { policy, ..RULES };
        let mut now = Timestamp::from_seconds(1_000_000);
        let mut row = session(now);
        let mut client = 0;
        for _ in 0..6 {
            now = now.after(Duration::from_secs(60));
            prop_assert!(present(&mut row, &mut client, now, &rules), "alone, it is never logged out");
        }
        let mut thief = client - stolen_age;
        let holders = if thief_begins { [&mut thief, &mut client] } else { [&mut client, &mut thief] };

        // Blocks of presentations by one holder: the first, the other, and the first once more.
        let blocks = [(0, turns[0]), (1, turns[1]), (0, 1)];
        let script = blocks.into_iter().enumerate().flat_map(|(block, (holder, count))| {
            std::iter::repeat_n((block, holder), count)
        });
        let mut caught_after = None;
        for ((block, holder), gap) in script.zip(gaps) {
            now = now.after(Duration::from_secs(gap));
            if !present(&mut row, holders[holder], now, &rules) {
                caught_after = Some(block);
                break;
            }
        }
        prop_assert!(caught_after.is_some(), "both still have access");
        prop_assert_eq!(row.ended, Some(EndReason::TokenReused));
        if strict {
            prop_assert!(caught_after <= Some(1), "revoke ends at the first return");
        }
    }

    /// Any number of holders in any order, clock steps included: one token per generation, ever.
    #[test]
    fn holders_never_get_two_successors_of_one_generation(
        turns in prop::collection::vec((0_usize..4, 0_u64..90, any::<bool>(), any::<bool>()), 1..200),
    ) {
        let mut now = Timestamp::from_seconds(1_000_000);
        let mut row = session(now);
        let mut holders = [0_u64; 4];
        let mut issued = std::collections::HashMap::new();
        for (holder, step, lost, back) in turns {
            let by = Duration::from_secs(step);
            now = if back && step < 20 { now.before(by) } else { now.after(by) };
            let mut token = holders[holder];
            let before = row.generation;
            if !present(&mut row, &mut token, now, &RULES) {
                break;
            }
            prop_assert!(row.generation - before <= 1);
            let made = (row.refresh_jti(), row.moved_at, row.idle_expires_at);
            prop_assert_eq!(issued.entry(row.generation).or_insert_with(|| made.clone()), &made);
            if !lost {
                holders[holder] = token;
            }
        }
    }
}
