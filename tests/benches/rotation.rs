//! Refresh rotation on a durable SQLite file: moves per second with 1, 4 and 64 callers at once.
//!
//! Each caller has a session of its own, as real clients do; those who come together share one commit.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jwt_auth::Claims;
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::settings::{ReusePolicy, days, minutes, seconds};
use jwt_auth::store::{ClientMark, Move, NewSession, Presentation, SessionId, SessionRules, SqliteStore, TokenStore};
use jwt_auth_tests::scratch::Scratch;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Moves of each caller in one measurement.
const MOVES: u64 = 20;

fn rotation(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let scratch = Scratch::new("rotation");
    let mut group = criterion.benchmark_group("rotation/sqlite");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for callers in [1_u64, 4, 64] {
        let store = runtime.block_on(SqliteStore::connect(&scratch.next_database()));
        let store = Arc::new(store.expect("a new file opens"));
        group.throughput(Throughput::Elements(callers * MOVES));
        group.bench_function(BenchmarkId::from_parameter(callers), |bencher| {
            bencher.to_async(&runtime).iter_custom(|rounds| {
                let store = Arc::clone(&store);
                async move {
                    let mut spent = Duration::ZERO;
                    for _ in 0..rounds {
                        spent += round(&store, callers).await;
                    }
                    spent
                }
            });
        });
    }
    group.finish();
}

async fn round(store: &Arc<SqliteStore>, callers: u64) -> Duration {
    let mut sids = Vec::new();
    for _ in 0..callers {
        sids.push(login(store).await);
    }
    let begun = Instant::now();
    let tasks: Vec<_> = sids.into_iter().map(|sid| tokio::spawn(refresh(Arc::clone(store), sid))).collect();
    for task in tasks {
        task.await.expect("a caller finishes");
    }
    begun.elapsed()
}

async fn refresh(store: Arc<SqliteStore>, sid: SessionId) {
    for generation in 0..MOVES {
        let now = SystemClock.now();
        let presentation = Presentation {
            sid,
            user_id: "1".to_owned(),
            generation,
            now,
            rules: SessionRules {
                grace: minutes(2),
                recovery_window: days(7),
                policy: ReusePolicy::Recover,
                max_replays: SessionRules::MAX_REPLAYS,
                idle_lifetime: days(1),
            },
            drop_after: now.after(seconds(330)),
            client: Some(ClientMark::from_bytes([1; 16])),
            former_client: Vec::new(),
            reauthentication: None,
        };
        let moved = store.advance(presentation).await;
        assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
    }
}

async fn login(store: &SqliteStore) -> SessionId {
    let sid = SessionId::random().expect("random numbers");
    let now = SystemClock.now();
    let new = NewSession {
        sid,
        user_id: "1".to_owned(),
        created_at: now,
        idle_expires_at: now.after(days(1)),
        expires_at: now.after(days(30)),
        keep_until: now,
        auth_time: now,
        amr: Vec::new(),
        acr: None,
        claims: Claims::new(),
        ip: None,
        user_agent: None,
    };
    store.create(new, None).await.expect("stores");
    sid
}

criterion_group!(benches, rotation);
criterion_main!(benches);
