use super::*;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::{ClientMark, Move, NewSession, Reauthentication, SessionId};
use proptest::prelude::*;
use std::collections::HashMap;

const START: Timestamp = Timestamp::from_seconds(1_000_000);

const RULES: SessionRules = SessionRules {
    grace: Duration::from_secs(120),
    recovery_window: Duration::from_secs(3600),
    policy: ReusePolicy::Recover,
    max_replays: 3,
    idle_lifetime: Duration::from_secs(7200),
};

/// The one that made the last move, and another.
const A: Option<ClientMark> = Some(ClientMark::from_bytes([1; 16]));
const B: Option<ClientMark> = Some(ClientMark::from_bytes([2; 16]));

fn at(seconds: f64) -> Timestamp {
    START.after(Duration::from_secs_f64(seconds))
}

fn session() -> Session {
    NewSession {
        sid: SessionId::from_bytes([1; 16]),
        user_id: "7".to_owned(),
        created_at: START,
        idle_expires_at: at(7200.0),
        expires_at: at(20_000.0),
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

fn presented(rules: &SessionRules, client: Option<ClientMark>, generation: u64, now: Timestamp) -> Presentation {
    Presentation {
        sid: SessionId::from_bytes([1; 16]),
        user_id: "7".to_owned(),
        generation,
        now,
        rules: *rules,
        drop_after: now,
        client,
        former_client: Vec::new(),
        reauthentication: None,
    }
}

/// Who, what and in which second.
type Turn = (Option<ClientMark>, u64, f64);

/// Plays them in turn and returns the last decision.
fn play(session: &mut Session, rules: &SessionRules, turns: &[Turn]) -> Decision {
    let mut last = Conflict;
    for &(client, generation, second) in turns {
        last = presented(rules, client, generation, at(second)).decide_and_apply(session);
    }
    last
}

use Decision::{Conflict, Ended, Recover, Replay, Rotate, Theft};

#[test]
fn every_row_of_the_table() {
    type Case = (&'static str, &'static [Turn], Decision);
    let cases: &[Case] = &[
        ("newest", &[(A, 0, 5.0)], Rotate),
        ("newest by another", &[(A, 0, 5.0), (B, 1, 5.0)], Rotate),
        ("parent at once", &[(A, 0, 5.0), (A, 0, 5.0)], Replay),
        ("parent before the end of the grace", &[(A, 0, 5.0), (A, 0, 124.999)], Replay),
        ("parent on it", &[(A, 0, 5.0), (A, 0, 125.0)], Recover),
        ("half a short grace after a replay", &[(A, 0, 5.0), (A, 0, 124.0), (A, 0, 138.999)], Replay),
        ("and later", &[(A, 0, 5.0), (A, 0, 124.0), (A, 0, 139.0)], Recover),
        ("an ancestor", &[(A, 0, 5.0), (A, 1, 50.0), (A, 2, 90.0), (A, 0, 124.0)], Replay),
        ("long ago", &[(A, 0, 5.0), (A, 1, 50.0), (A, 2, 90.0), (A, 0, 130.0)], Theft),
        ("however busy a thief is", &[(A, 0, 5.0), (A, 1, 30.0), (A, 2, 55.0), (B, 0, 60.0)], Theft),
        (
            "too many replays are another's",
            &[(A, 0, 5.0), (A, 0, 5.0), (A, 0, 5.0), (A, 0, 5.0), (A, 0, 6.0)],
            Conflict,
        ),
        ("who recovers later", &[(A, 0, 5.0), (A, 0, 5.0), (A, 0, 5.0), (A, 0, 5.0), (A, 0, 15.0)], Recover),
        ("another at once", &[(A, 0, 5.0), (B, 0, 14.999)], Conflict),
        ("another after the hold", &[(A, 0, 5.0), (B, 0, 15.0)], Recover),
        ("a hand-out holds as well", &[(A, 0, 5.0), (A, 0, 14.0), (B, 0, 23.999)], Conflict),
        ("until 30 s after the move", &[(A, 0, 5.0), (A, 0, 14.0), (A, 0, 23.0), (A, 0, 32.0), (B, 0, 35.0)], Recover),
        ("another's ancestor", &[(A, 0, 5.0), (A, 1, 20.0), (B, 0, 34.999)], Conflict),
        ("on the end of a short grace", &[(A, 0, 5.0), (A, 1, 20.0), (B, 0, 35.0)], Theft),
        ("nobody is not the same as nobody", &[(None, 0, 5.0), (None, 0, 6.0)], Conflict),
        ("at the end of recovery", &[(A, 0, 5.0), (A, 0, 3605.0)], Recover),
        ("after it", &[(A, 0, 5.0), (A, 0, 3605.001)], Theft),
        ("an orphan within the grace", &[(A, 0, 5.0), (A, 0, 130.0), (A, 1, 249.0)], Replay),
        ("an orphan later", &[(A, 0, 5.0), (A, 0, 130.0), (A, 1, 250.0)], Theft),
        ("never made", &[(A, 1, 5.0)], Ended(EndReason::Unknown)),
        ("after theft", &[(A, 0, 5.0), (A, 1, 40.0), (B, 0, 171.0), (A, 2, 172.0)], Ended(EndReason::TokenReused)),
    ];
    for (name, turns, expected) in cases {
        assert_eq!(play(&mut session(), &RULES, turns), *expected, "{name}");
    }
}

/// A move by a clock that was ahead holds nobody off until its time comes; one that is a little ahead holds as any other.
#[test]
fn a_move_that_lies_far_ahead_holds_nobody_off() {
    for (ahead, expected) in [(0.0, Conflict), (29.0, Conflict), (31.0, Recover), (86_400.0, Recover)] {
        let long = Session { idle_expires_at: at(200_000.0), expires_at: at(200_000.0), ..session() };
        let mut row = long.clone();
        assert_eq!(play(&mut row, &RULES, &[(A, 0, 5.0 + ahead)]), Rotate);
        assert_eq!(play(&mut row, &RULES, &[(B, 0, 5.0)]), expected, "{ahead} s ahead");
        let mut row = long;
        assert_eq!(
            play(&mut row, &RULES, &[(A, 0, 5.0 + ahead), (A, 0, 5.0)]),
            Replay,
            "for the same client it is young"
        );
    }
}

/// Nor does it keep the token it spent young when others have moved the session since.
#[test]
fn what_a_clock_far_ahead_has_spent_grows_old_with_the_next_moves() {
    for ahead in [29.0, 31.0, 86_400.0] {
        let mut row = Session { idle_expires_at: at(200_000.0), expires_at: at(200_000.0), ..session() };
        assert_eq!(play(&mut row, &RULES, &[(A, 0, ahead), (A, 1, 5.0), (A, 2, 50.0)]), Rotate);
        assert_eq!(play(&mut row.clone(), &RULES, &[(A, 0, 124.0)]), Replay, "{ahead} s ahead, and still young");
        for (policy, late) in [(ReusePolicy::Recover, Recover), (ReusePolicy::Revoke, Theft)] {
            let rules = SessionRules { policy, ..RULES };
            assert_eq!(play(&mut row.clone(), &rules, &[(A, 2, 171.0)]), late, "{ahead} s ahead: the parent");
        }
        assert_eq!(play(&mut row, &RULES, &[(A, 3, 126.0), (A, 0, 155.0)]), Theft, "{ahead} s ahead");
    }
}

#[test]
fn one_parent_recovers_eight_times() {
    let mut row = session();
    assert_eq!(play(&mut row, &RULES, &[(A, 0, 0.0)]), Rotate);
    for turn in 1..8 {
        let client = if turn % 2 == 0 { A } else { B };
        assert_eq!(play(&mut row, &RULES, &[(client, 0, 11.0 * f64::from(turn))]), Recover, "{turn}");
    }
    assert_eq!(row.generation, 8);
    assert_eq!(play(&mut row, &RULES, &[(A, 0, 100.0)]), Recover);
    assert_eq!(play(&mut row, &RULES, &[(B, 0, 130.0)]), Theft);
}

#[test]
fn revoke_waits_for_young_ones_and_forgives_no_late_ones() {
    let strict = SessionRules { policy: ReusePolicy::Revoke, ..RULES };
    for (turns, expected) in [
        (&[(A, 0, 5.0), (A, 0, 124.0)], Replay),
        (&[(A, 0, 5.0), (A, 0, 126.0)], Theft),
        (&[(A, 0, 5.0), (B, 0, 34.999)], Conflict),
        (&[(A, 0, 5.0), (B, 0, 35.0)], Theft),
    ] {
        assert_eq!(play(&mut session(), &strict, turns), expected, "{turns:?}");
    }
    let mut row = session();
    play(&mut row, &strict, &[(A, 0, 5.0), (B, 0, 35.0)]);
    assert_eq!(row.ended, Some(EndReason::TokenReused));
}

#[test]
fn a_grace_of_nothing_is_none() {
    for (policy, late) in [(ReusePolicy::Recover, Recover), (ReusePolicy::Revoke, Theft)] {
        let none = SessionRules { grace: Duration::ZERO, policy, ..RULES };
        for client in [A, B, None] {
            assert_eq!(play(&mut session(), &none, &[(A, 0, 5.0), (client, 0, 5.0)]), late, "{policy:?}");
            assert_eq!(play(&mut session(), &none, &[(A, 0, 5.0), (A, 1, 5.0), (client, 0, 5.0)]), Theft, "{policy:?}");
        }
    }
    // And a short one is short for everybody.
    let short = SessionRules { grace: Duration::from_secs(4), ..RULES };
    assert_eq!(play(&mut session(), &short, &[(A, 0, 5.0), (A, 0, 8.999)]), Replay);
    assert_eq!(play(&mut session(), &short, &[(A, 0, 5.0), (B, 0, 8.999)]), Conflict);
    assert_eq!(play(&mut session(), &short, &[(A, 0, 5.0), (B, 0, 9.0)]), Recover);
}

#[test]
fn expiry_is_on_the_moment_and_before_everything_else() {
    let expired = Ended(EndReason::SessionExpired);
    assert_eq!(play(&mut session(), &RULES, &[(A, 0, 7199.999)]), Rotate);
    assert_eq!(play(&mut session(), &RULES, &[(A, 0, 7200.0)]), expired);
    let hourly: Vec<_> = (0..5_u32).map(|n| (A, u64::from(n), 3600.0 * f64::from(n + 1))).collect();
    let mut row = session();
    assert_eq!(play(&mut row, &RULES, &hourly), Rotate);
    assert_eq!(row.idle_expires_at, at(20_000.0), "capped");
    assert_eq!(play(&mut row, &RULES, &[(A, 5, 20_000.0)]), expired);
}

#[test]
fn a_clock_that_steps_back_ends_nothing() {
    let mut row = session();
    play(&mut row, &RULES, &[(A, 0, 5000.0)]);
    assert_eq!(play(&mut row, &RULES, &[(A, 0, 10.0)]), Replay);
    assert_eq!(play(&mut row, &RULES, &[(A, 1, 11.0)]), Rotate);
    assert_eq!(play(&mut row, &RULES, &[(B, 0, 12.0)]), Conflict);
}

#[test]
fn the_list_of_sessions_changes_by_the_clock_and_not_by_a_move() {
    let lifetime = Duration::from_secs(300);
    let mut row = session();
    for second in 0..600 {
        let now = at(f64::from(second));
        let before = row.last_used_at(now, lifetime);
        assert_eq!(before.millis() % 300_000, 0);
        let mut moved = row.clone();
        presented(&RULES, A, row.generation, now).decide_and_apply(&mut moved);
        assert_eq!(moved.last_used_at(now, lifetime), before, "moved in second {second}");
        assert_eq!((&moved.ip, &moved.user_agent), (&row.ip, &row.user_agent));
        if second % 250 == 249 {
            row = moved;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever presents what and when: nobody is handed what another one has proven.
    #[test]
    fn a_proof_is_for_those_who_gave_it(
        turns in prop::collection::vec((0_u64..5, 0_u64..100_000, 0_u8..3, 0_u8..6), 1..80),
    ) {
        let mut row = session();
        let mut now = START;
        // Which class the tokens of a generation say.
        let mut known = HashMap::from([(0, None)]);
        for (number, (back, step, client, proof)) in turns.into_iter().enumerate() {
            now = now.after(Duration::from_millis(step));
            let generation = row.generation.saturating_sub(back);
            // The same proof once more, another one, or mostly none.
            let acr = match proof {
                0 => row.acr.clone().or(Some("mfa".to_owned())),
                1 => Some(number.to_string()),
                _ => None,
            };
            let client = [A, B, None][usize::from(client)];
            let reauthentication = acr.clone().map(|acr| Reauthentication { amr: Vec::new(), acr: Some(acr) });
            let presented = Presentation { reauthentication, ..presented(&RULES, client, generation, now) };
            if !presented.decide_and_apply(&mut row).hands_out() {
                continue;
            }
            match acr {
                Some(_) => prop_assert_eq!(&row.acr, &acr),
                None => prop_assert!(row.acr.is_none() || row.acr == known[&generation], "turn {}: {:?}", number, row.acr),
            }
            known.insert(row.generation, row.acr.clone());
        }
    }

    /// Whoever presents what and when: the line never forks, and what is over stays over.
    #[test]
    fn one_line_of_generations(
        turns in prop::collection::vec((0_u64..5, -40_000_i64..400_000, 0_u8..3), 1..120),
        recover in any::<bool>(),
    ) {
        let policy = if recover { ReusePolicy::Recover } else { ReusePolicy::Revoke };
        let rules = SessionRules { policy, ..RULES };
        let mut row = session();
        let mut now = START;
        // The token of a generation, as far as the row makes it.
        let mut tokens = HashMap::new();
        for (back, step, client) in turns {
            let by = Duration::from_millis(step.unsigned_abs());
            now = if step < 0 { now.before(by) } else { now.after(by) };
            let generation = (row.generation + 1).saturating_sub(back);
            let before = row.clone();
            let client = [A, B, None][usize::from(client)];
            let presented = presented(&rules, client, generation, now);
            let decision = presented.decide(&before);
            prop_assert_eq!(presented.decide_and_apply(&mut row), decision);

            prop_assert_eq!(row.expires_at, before.expires_at);
            prop_assert!(row.idle_expires_at <= row.expires_at);
            prop_assert!(row.replays <= rules.max_replays);
            prop_assert!(row.parent.is_none_or(|parent| parent < row.generation));
            let moves = u64::from(matches!(decision, Rotate | Recover));
            prop_assert_eq!(row.generation, before.generation + moves);
            prop_assert_eq!(row.moved_by, if moves == 1 { client } else { before.moved_by });
            if before.ended.is_some() {
                prop_assert_eq!(&row, &before);
            }
            if decision.hands_out() {
                let token = (row.moved_at, row.idle_expires_at);
                prop_assert_eq!(*tokens.entry(row.generation).or_insert(token), token);
            } else {
                prop_assert!(row == before || decision == Theft);
            }
        }
    }
}

/// As the log has it: by a key that is changed, nobody becomes another client.
#[test]
fn a_recovery_names_another_client_where_it_was_one() {
    let code = |before, former_client| {
        let presented = Presentation { former_client, ..presented(&RULES, A, 0, START) };
        Move::Recovered { session: session(), before }.audited(&presented).expect("an event").1
    };
    for (before, former, expected) in
        [(A, None, None), (B, None, Some("another_client")), (B, B, None), (None, B, Some("another_client"))]
    {
        assert_eq!(code(before, Vec::from_iter(former)), expected, "{before:?}");
    }
}
