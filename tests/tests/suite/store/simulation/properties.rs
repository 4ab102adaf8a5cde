//! Two holders of one session's tokens, and what holds of any number of them.

use super::server::{RULES, Row, Seconds, Who};
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{Decision, EndReason, SessionRules};
use proptest::prelude::*;

const OWNER: Who = Who::new("Firefox", 1);
const THIEF: Who = Who::new("curl", 2);

/// What a holder of tokens makes of an answer; false when the session is over.
fn present(row: &mut Row, token: &mut u64, now: Seconds, who: Who) -> bool {
    match row.present(*token, now, who) {
        Decision::Rotate | Decision::Replay | Decision::Recover => *token = row.session.generation,
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
        gaps in prop::collection::vec(31_u32..3600, 16),
        strict in any::<bool>(),
    ) {
        let policy = if strict { ReusePolicy::Revoke } else { ReusePolicy::Recover };
        let mut now = 1.0;
        let mut row = Row::new(SessionRules { policy, ..RULES });
        let mut client = 0;
        for _ in 0..6 {
            now += 60.0;
            prop_assert!(present(&mut row, &mut client, now, OWNER), "alone, it is never logged out");
        }
        let mut thief = client - stolen_age;
        let mut holders = [(&mut client, OWNER), (&mut thief, THIEF)];
        if thief_begins {
            holders.reverse();
        }

        // Blocks of presentations by one holder: the first, the other, and the first once more.
        let blocks = [(0, turns[0]), (1, turns[1]), (0, 1)];
        let script = blocks.into_iter().enumerate().flat_map(|(block, (holder, count))| {
            std::iter::repeat_n((block, holder), count)
        });
        let mut caught_after = None;
        for ((block, holder), gap) in script.zip(gaps) {
            now += f64::from(gap);
            let who = holders[holder].1;
            if !present(&mut row, holders[holder].0, now, who) {
                caught_after = Some(block);
                break;
            }
        }
        prop_assert!(caught_after.is_some(), "both still have access");
        prop_assert_eq!(row.session.ended, Some(EndReason::TokenReused));
        if strict {
            prop_assert!(caught_after <= Some(1), "revoke ends at the first return");
        }
    }

    /// Any number of holders in any order: one token per generation, ever.
    #[test]
    fn holders_never_get_two_successors_of_one_generation(
        turns in prop::collection::vec((0_usize..4, 0_u32..90, any::<bool>(), any::<bool>()), 1..200),
    ) {
        let mut now: Seconds = 1000.0;
        let mut row = Row::new(RULES);
        let mut holders = [0_u64; 4];
        let mut issued = std::collections::HashMap::new();
        for (holder, step, lost, back) in turns {
            now += if back && step < 20 { -f64::from(step) } else { f64::from(step) };
            let mut token = holders[holder];
            let before = row.session.generation;
            let who = if holder < 2 { OWNER } else { THIEF };
            if !present(&mut row, &mut token, now.max(0.0), who) {
                break;
            }
            prop_assert!(row.session.generation - before <= 1);
            let made = (row.session.refresh_jti(), row.session.moved_at, row.session.idle_expires_at);
            prop_assert_eq!(issued.entry(row.session.generation).or_insert_with(|| made.clone()), &made);
            if !lost {
                holders[holder] = token;
            }
        }
    }
}
