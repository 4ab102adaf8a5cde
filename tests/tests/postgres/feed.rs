//! Numbers of the feed in the order of commits.

use jwt_auth::clock::Timestamp;
use jwt_auth::settings::minutes;
use jwt_auth::store::{EndReason, Ending, PostgresStore, Revoked, TokenStore};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::sessions::{START, login, session_id};
use sqlx::{Connection, Executor, PgConnection};
use std::sync::Arc;
use std::time::Duration;

const NOW: Timestamp = START;

/// Of sessions that live when these suites play.
fn logout() -> Ending {
    Ending { reason: EndReason::SessionRevoked, now: NOW, drop_after: NOW.after(minutes(5)) }
}

/// What a node does that takes its number and then is slow to commit.
const TAKE: &str = "INSERT INTO jwt_auth_feeds AS feed VALUES ('', 1, 0, 0)
     ON CONFLICT (namespace) DO UPDATE SET seq = feed.seq + 1";
const TELL: &str = "INSERT INTO jwt_auth_revocations (namespace, seq, sid, drop_after, lasts)
     SELECT '', seq, '00000000000000000000000000000063', 4000000000000, 300000 FROM jwt_auth_feeds WHERE namespace = ''";

/// Who took the lower number commits first, however slow: the others wait, and no reader sees theirs before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_committed_late_is_not_overtaken() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = Arc::new(PostgresStore::connect(&address).await.expect("opens"));
    for number in 0..3 {
        store.create(login(number), None).await.expect("stores");
    }
    assert!(store.end(session_id(0), logout()).await.expect("ends"));
    let begin = store.revocations(0, NOW).await.expect("reads").read_to;

    let mut slow = PgConnection::connect(&address).await.expect("connects");
    for (sid, commits) in [(1, true), (2, false)] {
        let before = store.revocations(begin, NOW).await.expect("reads");
        let mut transaction = slow.begin().await.expect("begins");
        transaction.execute(TAKE).await.expect("a number");
        transaction.execute(TELL).await.expect("an entry");
        let fast = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.end(session_id(sid), logout()).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!fast.is_finished(), "it has overtaken");
        assert_eq!(store.revocations(begin, NOW).await.expect("reads"), before, "neither is to be seen");
        if commits {
            transaction.commit().await.expect("commits");
        } else {
            transaction.rollback().await.expect("rolls back");
        }
        assert!(fast.await.expect("ends").expect("a logout"));
    }
    let seen = store.revocations(begin, NOW).await.expect("reads");
    let subjects: Vec<&Revoked> = seen.entries.iter().map(|entry| &entry.subject).collect();
    let expected = [99, 1, 2].map(|sid| Revoked::Session(session_id(sid)));
    assert_eq!(subjects, expected.each_ref(), "in the order of their commits, and what was rolled back stops nobody");
    assert!(seen.entries.is_sorted_by(|a, b| a.seq < b.seq));
    assert_eq!(store.revocations(seen.read_to, NOW).await.expect("reads").read_to, seen.read_to);
}

/// Should another server take over that has not all entries, a number that a reader has seen is not given away again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_lost_hides_nothing_that_comes_after() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = PostgresStore::connect(&address).await.expect("opens");
    for number in 0..3 {
        store.create(login(number), None).await.expect("stores");
    }
    assert!(store.end(session_id(0), logout()).await.expect("ends"));
    let before = store.revocations(0, NOW).await.expect("reads").read_to;
    assert!(store.end(session_id(1), logout()).await.expect("ends"));
    let seen = store.revocations(0, NOW).await.expect("reads").read_to;
    // The last entry never came to the other server.
    let mut other = PgConnection::connect(&address).await.expect("connects");
    sqlx::query("DELETE FROM jwt_auth_revocations WHERE seq > $1")
        .bind(i64::try_from(before).expect("small"))
        .execute(&mut other)
        .await
        .expect("lost");
    sqlx::query("UPDATE jwt_auth_feeds SET seq = $1")
        .bind(i64::try_from(before).expect("small"))
        .execute(&mut other)
        .await
        .expect("lost");
    let anew = store.revocations(seen, NOW).await.expect("reads");
    assert!(anew.read_to < seen, "the reader is told to begin anew");
    assert!(store.end(session_id(2), logout()).await.expect("ends"));
    let news = store.revocations(seen, NOW).await.expect("reads");
    assert_eq!(news.entries.len(), 1, "and one that has not asked meanwhile misses nothing either");
}
