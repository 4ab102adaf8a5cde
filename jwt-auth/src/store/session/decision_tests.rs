use super::*;
use crate::claims::Claims;
use crate::store::{NewSession, SessionId};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

const START: Timestamp = Timestamp::from_seconds(1_000_000);

const RULES: SessionRules = SessionRules {
    grace: Duration::from_secs(30),
    recovery_window: Duration::from_secs(3600),
    policy: ReusePolicy::Recover,
    max_replays: 3,
    idle_lifetime: Duration::from_secs(7200),
};

fn at(seconds: u64) -> Timestamp {
    START.after(Duration::from_secs(seconds))
}

fn session() -> Session {
    NewSession {
        sid: SessionId::from_bytes([1; 16]),
        user_id: "7".to_owned(),
        created_at: START,
        idle_expires_at: at(7200),
        expires_at: at(20_000),
        keep_until: Timestamp::default(),
        auth_time: START,
        amr: Vec::new(),
        acr: None,
        claims: Claims::new(),
        ip: None,
        user_agent: None,
    }
    .into_session(0)
}

/// Plays `(presented, second)` in turn and returns the last decision.
fn play(session: &mut Session, rules: &SessionRules, turns: &[(u64, u64)]) -> Decision {
    let mut last = Decision::Conflict;
    for &(presented, second) in turns {
        last = session.present(presented, at(second), rules);
        session.apply(last, at(second), rules);
    }
    last
}

#[test]
fn every_row_of_the_table() {
    use Decision::{Conflict, Ended, Recover, Replay, Rotate, Theft};
    type Case = (&'static str, &'static [(u64, u64)], Decision);
    let cases: [Case; 17] = [
        ("newest", &[(0, 5)], Rotate),
        ("parent at once", &[(0, 5), (0, 5)], Replay),
        ("parent at the end of the grace", &[(0, 5), (0, 35)], Replay),
        ("parent after it", &[(0, 5), (0, 36)], Recover),
        ("half a grace after a replay", &[(0, 5), (0, 35), (0, 50)], Replay),
        ("and later", &[(0, 5), (0, 35), (0, 51)], Recover),
        ("too many replays", &[(0, 5), (0, 5), (0, 5), (0, 5), (0, 5)], Conflict),
        ("too many replays, later", &[(0, 5), (0, 5), (0, 5), (0, 5), (0, 36)], Recover),
        ("at the end of recovery", &[(0, 5), (0, 3605)], Recover),
        ("after it", &[(0, 5), (0, 3606)], Theft),
        ("orphan at once", &[(0, 5), (0, 40), (1, 70)], Conflict),
        ("orphan later", &[(0, 5), (0, 40), (1, 71)], Theft),
        ("older at once", &[(0, 5), (1, 40), (0, 70)], Conflict),
        ("older later", &[(0, 5), (1, 40), (0, 71)], Theft),
        ("parent once more after a recovery", &[(0, 5), (0, 40), (0, 80)], Recover),
        ("never made", &[(1, 5)], Ended(EndReason::Unknown)),
        ("after theft", &[(0, 5), (1, 40), (0, 71), (2, 72)], Ended(EndReason::TokenReused)),
    ];
    for (name, turns, expected) in cases {
        assert_eq!(play(&mut session(), &RULES, turns), expected, "{name}");
    }
}

#[test]
fn revoke_ends_at_once_what_recover_forgives() {
    let strict = SessionRules { policy: ReusePolicy::Revoke, ..RULES };
    let mut row = session();
    assert_eq!(play(&mut row, &strict, &[(0, 5), (0, 35)]), Decision::Replay);
    assert_eq!(play(&mut row, &strict, &[(0, 51)]), Decision::Theft);
    assert_eq!(row.ended, Some(EndReason::TokenReused));
}

#[test]
fn expiry_is_on_the_moment_and_before_everything_else() {
    let expired = Decision::Ended(EndReason::SessionExpired);
    assert_eq!(play(&mut session(), &RULES, &[(0, 7199)]), Decision::Rotate);
    assert_eq!(play(&mut session(), &RULES, &[(0, 7200)]), expired);
    let hourly: Vec<_> = (0..5).map(|n| (n, 3600 * (n + 1))).collect();
    let mut row = session();
    assert_eq!(play(&mut row, &RULES, &hourly), Decision::Rotate);
    assert_eq!(row.idle_expires_at, at(20_000), "capped");
    assert_eq!(play(&mut row, &RULES, &[(5, 20_000)]), expired);
}

#[test]
fn a_clock_that_steps_back_ends_nothing() {
    let mut row = session();
    play(&mut row, &RULES, &[(0, 5000)]);
    assert_eq!(play(&mut row, &RULES, &[(0, 10)]), Decision::Replay);
    assert_eq!(play(&mut row, &RULES, &[(1, 11)]), Decision::Rotate);
    assert_eq!(play(&mut row, &RULES, &[(0, 12)]), Decision::Conflict);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever presents what and when: the line never forks, and what is over stays over.
    #[test]
    fn one_line_of_generations(
        turns in prop::collection::vec((0_u64..5, -40_i64..400), 1..120),
        recover in any::<bool>(),
    ) {
        let policy = if recover { ReusePolicy::Recover } else { ReusePolicy::Revoke };
        let rules = SessionRules { policy, ..RULES };
        let mut row = session();
        let mut now = at(0);
        // The token of a generation, as far as the row makes it.
        let mut tokens = HashMap::new();
        for (back, step) in turns {
            let by = Duration::from_secs(step.unsigned_abs());
            now = if step < 0 { now.before(by) } else { now.after(by) };
            let presented = (row.generation + 1).saturating_sub(back);
            let before = row.clone();
            let decision = before.present(presented, now, &rules);
            row.apply(decision, now, &rules);

            prop_assert_eq!(row.expires_at, before.expires_at);
            prop_assert!(row.idle_expires_at <= row.expires_at);
            prop_assert!(row.replays <= rules.max_replays);
            prop_assert!(row.parent.is_none_or(|parent| parent < row.generation));
            let moves = u64::from(matches!(decision, Decision::Rotate | Decision::Recover));
            prop_assert_eq!(row.generation, before.generation + moves);
            if before.ended.is_some() {
                prop_assert_eq!(&row, &before);
            }
            if matches!(decision, Decision::Rotate | Decision::Replay | Decision::Recover) {
                let token = (row.moved_at, row.idle_expires_at);
                prop_assert_eq!(*tokens.entry(row.generation).or_insert(token), token);
            } else {
                prop_assert!(row == before || decision == Decision::Theft);
            }
        }
    }
}
