//! The table of moves, on the store.

use super::{FIRST_CLIENT, RULES, START, created, login, must, present, presentation, seconds, session_id};
use crate::settings::ReusePolicy;
use crate::store::{
    ClientMark, Decision, EndReason, Move, Presentation, Reauthentication, Session, SessionRules, TokenStore,
};

pub(super) async fn moves_follow_the_table(store: &impl TokenStore) {
    created(store, login(1, "7")).await;

    let Move::Rotated(first) = present(store, 1, 0, START.after(seconds(100))).await else {
        panic!("the newest generation rotates")
    };
    assert_eq!((first.generation, first.parent), (1, Some(0)));
    assert_eq!(first.moved_at, START.after(seconds(100)));
    assert_eq!(first.idle_expires_at, START.after(seconds(100) + RULES.idle_lifetime), "idle life begins anew");

    assert_eq!(first.moves.superseded_at(0, first.moved_at), Some(START.after(seconds(100))));
    assert_eq!(first.moved_by, Some(FIRST_CLIENT));

    let Move::Replayed(again) = present(store, 1, 0, START.after(seconds(129))).await else {
        panic!("the parent within the grace gets the same successor")
    };
    assert_eq!((again.generation, again.replays), (1, 1));
    assert_eq!(again.moved_at, first.moved_at, "iat of the successor stays");
    assert_eq!(again.idle_expires_at, first.idle_expires_at);
    let late = present(store, 1, 0, START.after(seconds(143))).await;
    assert!(matches!(late, Move::Replayed(_)), "within half a grace of the last hand-out: {late:?}");

    let Move::Recovered { session: moved, before } = present(store, 1, 0, START.after(seconds(200))).await else {
        panic!("the parent later moves on")
    };
    assert_eq!((moved.generation, moved.parent, moved.replays), (2, Some(0), 0));
    assert_eq!(before, Some(FIRST_CLIENT));
    let same = present(store, 1, 1, START.after(seconds(229))).await;
    assert!(matches!(same, Move::Replayed(_)), "an orphan within the grace, by the same client: {same:?}");
    for client in [Some(ClientMark::from_bytes([2; 16])), None] {
        let another = Presentation { client, ..presentation(session_id(1), 1, START.after(seconds(229))) };
        assert_eq!(must(store.advance(another)).await, Move::Conflict, "by another, or by nobody");
    }
    let Move::Theft(dead) = present(store, 1, 1, START.after(seconds(230))).await else {
        panic!("an orphan after the grace is theft")
    };
    assert_eq!(dead.ended, Some(EndReason::TokenReused));
    for generation in 0..4 {
        assert_eq!(present(store, 1, generation, START.after(seconds(232))).await, Move::Ended(EndReason::TokenReused));
    }
    assert_eq!(present(store, 2, 0, START).await, Move::Ended(EndReason::Unknown));
    for (sid, future) in [(10, 1), (11, u64::MAX)] {
        created(store, login(sid, "7")).await;
        assert_eq!(
            present(store, sid, future, START).await,
            Move::Ended(EndReason::Unknown),
            "a generation that was never made"
        );
    }
    under_revoke(store).await;
}

async fn under_revoke(store: &impl TokenStore) {
    created(store, login(5, "7")).await;
    present(store, 5, 0, START).await;
    let mut late = presentation(session_id(5), 0, START.after(seconds(31)));
    late.rules.policy = ReusePolicy::Revoke;
    let outcome = must(store.advance(late)).await;
    assert!(matches!(outcome, Move::Theft(_)), "{outcome:?}");
}

pub(super) async fn another_users_token_moves_nothing(store: &impl TokenStore) {
    let before = created(store, login(1, "7")).await;
    for user_id in ["8", "", "7 "] {
        let presented = Presentation { user_id: user_id.to_owned(), ..presentation(session_id(1), 0, START) };
        assert_eq!(must(store.advance(presented)).await, Move::Ended(EndReason::Unknown), "{user_id:?}");
        assert_eq!(must(store.find(session_id(1))).await.as_ref(), Some(&before));
    }
}

/// Plays the same throws of the dice on the store and on the pure table, and compares whole rows.
pub(super) async fn the_same_dice_as_the_pure_table(store: &impl TokenStore) {
    let mut dice = Dice(1);
    for game in 0..24 {
        let mut new = login(game, "7");
        new.idle_expires_at = START.after(seconds(600));
        new.expires_at = START.after(seconds(3000));
        let mut expected: Session = created(store, new).await;
        let mut now = START;
        let rules = SessionRules {
            grace: [0, 10, 30, 120].map(seconds)[dice.throw(4) as usize],
            recovery_window: seconds(300),
            policy: if dice.throw(3) == 0 { ReusePolicy::Revoke } else { ReusePolicy::Recover },
            max_replays: 3,
            idle_lifetime: seconds(600),
        };
        for _ in 0..40 {
            let by = |count| std::time::Duration::from_millis(count);
            now = match dice.throw(8) {
                0 => now.before(by(dice.throw(3000))),
                1 => now.after(by(dice.throw(200_000))),
                _ => now.after(by(dice.throw(15_000))),
            };
            let generation = (expected.generation + 1).saturating_sub(dice.throw(5));
            let mut presented = presentation(session_id(game), generation, now);
            presented.rules = rules;
            presented.client =
                [Some(FIRST_CLIENT), Some(ClientMark::from_bytes([2; 16])), None][dice.throw(3) as usize];
            if dice.throw(16) == 0 {
                presented.user_id = "8".to_owned();
            }
            if dice.throw(6) == 0 {
                let acr = (dice.throw(2) == 0).then(|| "mfa".to_owned());
                presented.reauthentication = Some(Reauthentication { amr: vec!["otp".to_owned()], acr });
            }

            let before = expected.clone();
            let decision = presented.decide_and_apply(&mut expected);
            let outcome = must(store.advance(presented.clone())).await;
            assert_eq!(outcome, presented.answer(decision, &before, expected.clone()));
            let stored = must(store.find(session_id(game))).await;
            assert_eq!(stored.as_ref(), Some(&expected), "after {decision:?}");
            if matches!(decision, Decision::Theft) {
                break;
            }
        }
    }
}

/// Chance that repeats itself, so that a failure does too (xorshift64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}
