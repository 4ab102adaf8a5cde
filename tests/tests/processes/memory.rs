//! What a million live revocations cost a node.

use crate::crew::{Child, number, say, told};
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::revocation::Revocations;
use jwt_auth::store::{SqliteStore, TokenStore};
use jwt_auth_tests::long;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::open;
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;
use std::time::Duration;

const MOST: u64 = 64 << 20;

/// What a measurement is off by.
const NOISE: u64 = 1 << 19;

/// What there is an entry of: a session that was logged out, a session with a new proof of identity, a user who logged out everywhere.
const KINDS: [(&str, &str); 3] = [
    ("sessions", "lower(hex(randomblob(16))), NULL, NULL, NULL, NULL, NULL"),
    ("proofs", "lower(hex(randomblob(16))), NULL, NULL, 1700000000000, 2, NULL"),
    ("users", "NULL, 'user ' || n, 1, NULL, NULL, 1700000000000"),
];

#[test]
fn a_million_live_revocations_are_small() {
    let entries = if long() { 1_000_000 } else { 60_000 };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scratch = Scratch::new("feed");
    for (kind, columns) in KINDS {
        let address = scratch.next_database();
        runtime.block_on(async {
            drop(open(&address).await);
            let fill = format!(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {entries})
                 INSERT INTO jwt_auth_revocations
                     (namespace, drop_after, lasts, sid, user_id, epoch, auth_time, auth_gen, raised_at)
                 SELECT '', 4000000000000, 300000, {columns} FROM numbers"
            );
            let mut operator = SqliteConnection::connect(&address).await.expect("connects");
            sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&mut operator).await.expect("fills");
        });
        let mut child = Child::start("memory", &address);
        assert_eq!(child.hear(), ["ready"]);
        child.tell("read");
        let [_, held, grown] = child.hear().try_into().expect("two numbers");
        let (held, grown) = (number(&held), number(&grown));
        println!("{held} live entries of {kind}: {:.1} MiB", grown as f64 / 1_048_576.0);
        assert_eq!(held, entries);
        assert!(grown <= MOST * entries / 1_000_000 + NOISE, "{kind}: {grown} bytes");
    }
}

/// What a child does: reads the whole feed, and says how many entries it holds and by how much it has grown.
pub(crate) async fn child(address: &str) {
    let store: SqliteStore = open(address).await;
    for _ in told() {
        let revocations = Revocations::new(Arc::new(SystemClock), Duration::from_secs(300), Duration::from_secs(30));
        // What reading costs is no entry's.
        let mut page = store.revocations(0, SystemClock.now()).await.expect("reads");
        while !page.is_up_to_date {
            page = store.revocations(page.read_to, SystemClock.now()).await.expect("reads");
        }
        let before = resident();
        revocations.sync(&store).await.expect("reads");
        say(format!("read {} {}", revocations.len(), resident().saturating_sub(before)));
    }
}

/// In bytes.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    number(pages.split(' ').nth(1).expect("the second number")) * 4096
}
