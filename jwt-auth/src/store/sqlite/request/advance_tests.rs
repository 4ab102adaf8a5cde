//! The statement and the function, on the same random rows.

use super::*;
use crate::claims::Claims;
use crate::settings::ReusePolicy;
use crate::store::sqlite::request::create::insert;
use crate::store::sqlite::schema;
use crate::store::{ClientMark, MoveLog, NewSession, Reauthentication, SessionId, SessionRules};
use proptest::prelude::*;
use sqlx::Connection;
use std::time::Duration;

const START: u64 = 1_700_000_000_000;

fn mark() -> impl Strategy<Value = Option<ClientMark>> {
    prop::sample::select(vec![None, Some(ClientMark::from_bytes([1; 16])), Some(ClientMark::from_bytes([2; 16]))])
}

/// Any row, also one that no series of moves leads to: what the table says of it is what a store must do.
fn row() -> impl Strategy<Value = Session> {
    let counts = (0_u64..20, prop::option::of(0_u64..20), 0_u32..5, prop::option::of(0_u64..20));
    let times = (0_u64..400_000, 0_u64..400_000, 0_u64..900_000, 0_u64..900_000);
    let moves = prop::collection::vec((0_u64..20, 0_u64..400_000), 0..=16);
    (counts, times, moves, mark(), prop::sample::select(vec![None, None, None, Some(EndReason::SessionRevoked)]))
        .prop_map(
            |(
                (generation, parent, replays, proven_at),
                (moved_at, handed_out_at, idle, end),
                moves,
                moved_by,
                ended,
            )| {
                let new = NewSession {
                    sid: SessionId::from_bytes([7; 16]),
                    user_id: "7".to_owned(),
                    created_at: Timestamp::from_millis(START),
                    idle_expires_at: Timestamp::from_millis(START + idle),
                    expires_at: Timestamp::from_millis(START + end),
                    keep_until: Timestamp::default(),
                    // Of a clock that was right, a little ahead, or far.
                    auth_time: Timestamp::from_millis(START + end),
                    amr: vec!["pwd".to_owned()],
                    acr: None,
                    claims: Claims::new(),
                    ip: None,
                    user_agent: Some("at login".to_owned()),
                };
                let moves: String = moves.iter().map(|(at, when)| format!("{at:016x}{:012x}", START + when)).collect();
                Session {
                    generation,
                    parent,
                    replays,
                    proven_at,
                    moved_at: Timestamp::from_millis(START + moved_at),
                    handed_out_at: Timestamp::from_millis(START + handed_out_at),
                    moves: MoveLog::parse(moves).expect("whole entries"),
                    moved_by,
                    ended,
                    ..new.into_session(0)
                }
            },
        )
}

fn presentation() -> impl Strategy<Value = Presentation> {
    let rules = (prop::sample::select(vec![0_u64, 1, 10_007, 30_000, 120_000, 300_000]), any::<bool>());
    let proof = prop::option::weighted(0.2, any::<bool>());
    (0_u64..21, 0_u64..500_000, rules, [mark(), mark()], prop::bool::weighted(0.1), proof).prop_map(
        |(generation, now, (grace, revokes), [client, former], is_anothers, proof)| Presentation {
            sid: SessionId::from_bytes([7; 16]),
            user_id: if is_anothers { "8" } else { "7" }.to_owned(),
            generation,
            now: Timestamp::from_millis(START + now),
            rules: SessionRules {
                grace: Duration::from_millis(grace),
                recovery_window: Duration::from_secs(200),
                policy: if revokes { ReusePolicy::Revoke } else { ReusePolicy::Recover },
                max_replays: 3,
                idle_lifetime: Duration::from_secs(300),
            },
            drop_after: Timestamp::from_millis(START + now),
            client,
            former_client: Vec::from_iter(former),
            reauthentication: proof
                .map(|mfa| Reauthentication { amr: vec!["pwd".to_owned()], acr: mfa.then(|| "mfa".to_owned()) }),
        },
    )
}

#[test]
fn the_statement_does_what_the_function_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let connection = runtime.block_on(async {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("memory opens");
        schema::prepare(&mut connection).await.expect("tables");
        connection
    });
    let connection = std::sync::Mutex::new(connection);
    let config = ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() };
    let rotations = std::cell::Cell::new(0);
    // Half of the presentations are of the newest generation, which is what the statement is for.
    proptest!(config, |(before in row(), presented in presentation(), newest in any::<bool>())| {
        let generation = if newest { before.generation } else { presented.generation };
        let presented = Presentation { generation, ..presented };
        let mut expected = before.clone();
        let decision = presented.decide_and_apply(&mut expected);
        let mut connection = connection.lock().expect("one test");
        let (outcome, stored) = runtime.block_on(async {
            sqlx::query("DELETE FROM jwt_auth_sessions").execute(&mut *connection).await.expect("empties");
            assert!(insert(&mut connection, "a", &before).await.expect("stores"));
            let request = Advance { namespace: "a".into(), audit: None, presented: presented.clone() };
            let outcome = request.run(&mut connection).await.expect("moves");
            let sql = concat!("SELECT ", columns!(), " FROM jwt_auth_sessions");
            let stored = sqlx::query(sql).fetch_one(&mut *connection).await.expect("reads");
            (outcome, row::session(&stored).expect("a session"))
        });
        prop_assert_eq!(&outcome, &presented.answer(decision, &before, expected.clone()));
        prop_assert_eq!(stored, expected);
        rotations.set(rotations.get() + u32::from(matches!(outcome, Move::Rotated(_))));
    });
    assert!(rotations.get() > 200, "only {} rotations: it tried something else", rotations.get());
}
