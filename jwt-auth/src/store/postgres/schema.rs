//! Our tables: made when missing, brought up to date when old, and nothing else touched.

use super::fault::Fault;
use super::row::to_sql;
use sqlx::{Connection, Executor, PgConnection};
use std::cmp::Ordering;

/// The steps that lead to the present tables; the number of steps done stands in `jwt_auth_meta`. Add, never change.
const STEPS: [&str; 4] = [FIRST, FAILURES, AUDIT, KEY_SCHEDULE];

/// Names and ids are compared byte by byte (`COLLATE "C"`), whatever language the database speaks.
///
/// Most of what is written are moves of sessions. They change no column of any index, but for `clear_hour` once an hour, and each page
/// has room for one more version of its rows: then no index grows by them, and what they leave is tidied up in passing (HOT updates).
/// `clear_hour` is the hour in which a row may be deleted; see `Session::clear_after`.
///
/// `jwt_auth_feeds` has the last number of each namespace's feed, the moment of its last entry, and the longest lifetime in use. Whoever
/// takes a number holds that row to the commit, so that numbers become visible in their order; and by the lifetime that it then has,
/// whoever revokes knows of every one that was remembered before.
const FIRST: &str = r#"
CREATE TABLE jwt_auth_sessions (
    namespace        TEXT COLLATE "C" NOT NULL,
    sid              TEXT COLLATE "C" NOT NULL,
    user_id          TEXT COLLATE "C" NOT NULL,
    generation       BIGINT  NOT NULL,
    parent           BIGINT,
    replays          BIGINT  NOT NULL,
    created_at       BIGINT  NOT NULL,
    moved_at         BIGINT  NOT NULL,
    moves            TEXT    NOT NULL,
    moved_by         BYTEA,
    proven_at        BIGINT,
    handed_out_at    BIGINT  NOT NULL,
    idle_expires_at  BIGINT  NOT NULL,
    expires_at       BIGINT  NOT NULL,
    keep_until       BIGINT  NOT NULL,
    epoch            BIGINT  NOT NULL,
    auth_time        BIGINT  NOT NULL,
    last_proof       BIGINT  NOT NULL,
    auth_gen         BIGINT  NOT NULL,
    amr              TEXT    NOT NULL,
    acr              TEXT,
    claims           TEXT    NOT NULL,
    ip               TEXT,
    user_agent       TEXT,
    ended            TEXT,
    ended_at         BIGINT,
    clear_hour       BIGINT  NOT NULL GENERATED ALWAYS AS (GREATEST(idle_expires_at, keep_until) / 3600000) STORED,
    PRIMARY KEY (namespace, sid)
) WITH (fillfactor = 60);
CREATE INDEX jwt_auth_sessions_by_user ON jwt_auth_sessions (namespace, user_id, created_at, sid) WHERE ended IS NULL;
CREATE INDEX jwt_auth_sessions_by_end ON jwt_auth_sessions (clear_hour);

CREATE TABLE jwt_auth_epochs (
    namespace TEXT COLLATE "C" NOT NULL,
    user_id   TEXT COLLATE "C" NOT NULL,
    epoch     BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, user_id)
);

CREATE TABLE jwt_auth_feeds (
    namespace  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq        BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    longest    BIGINT NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE jwt_auth_revocations (
    namespace  TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    sid        TEXT COLLATE "C",
    user_id    TEXT COLLATE "C",
    epoch      BIGINT,
    auth_time  BIGINT,
    auth_gen   BIGINT,
    raised_at  BIGINT,
    drop_after BIGINT NOT NULL,
    lasts      BIGINT NOT NULL,
    PRIMARY KEY (namespace, seq)
);
CREATE INDEX jwt_auth_revocations_by_end ON jwt_auth_revocations (drop_after);

CREATE TABLE jwt_auth_lifetimes (
    namespace TEXT COLLATE "C" NOT NULL,
    lifetime  BIGINT NOT NULL,
    since     BIGINT NOT NULL,
    PRIMARY KEY (namespace, lifetime)
);

CREATE TABLE jwt_auth_spent (
    namespace  TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    drop_after BIGINT NOT NULL,
    PRIMARY KEY (namespace, id)
);
CREATE INDEX jwt_auth_spent_by_end ON jwt_auth_spent (drop_after);

CREATE TABLE jwt_auth_keys (
    namespace TEXT COLLATE "C" NOT NULL,
    mark      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (namespace, mark)
);
"#;

/// Counts of failed logins. A bucket is a keyed digest: whose it is cannot be told from it.
const FAILURES: &str = r#"
CREATE TABLE jwt_auth_failures (
    namespace TEXT COLLATE "C" NOT NULL,
    bucket    BYTEA  NOT NULL,
    failures  BIGINT NOT NULL,
    last      BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    PRIMARY KEY (namespace, bucket)
);
CREATE INDEX jwt_auth_failures_by_age ON jwt_auth_failures (namespace, last);
CREATE INDEX jwt_auth_failures_by_end ON jwt_auth_failures (ends_at);
"#;

/// Events that changed something, with `audit_table`: by time for who deletes, by user for who asks.
const AUDIT: &str = r#"
CREATE TABLE jwt_auth_audit (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace  TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    event      TEXT   NOT NULL,
    code       TEXT,
    user_id    TEXT COLLATE "C" NOT NULL,
    sid        TEXT COLLATE "C",
    ip         TEXT,
    user_agent TEXT
);
CREATE INDEX jwt_auth_audit_by_time ON jwt_auth_audit (namespace, at);
CREATE INDEX jwt_auth_audit_by_user ON jwt_auth_audit (namespace, user_id, at);
"#;

/// The agreed times of keys (`ScheduledKey`), and nothing of the keys but their marks.
const KEY_SCHEDULE: &str = r#"
CREATE TABLE jwt_auth_key_schedule (
    namespace      TEXT COLLATE "C" NOT NULL,
    mark           TEXT COLLATE "C" NOT NULL,
    key_id         TEXT   NOT NULL,
    staged_at      BIGINT NOT NULL,
    active_from    BIGINT,
    retiring_from  BIGINT,
    removed_at     BIGINT,
    compromised_at BIGINT,
    PRIMARY KEY (namespace, mark)
);
"#;

/// Whether the tables are those of this release.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), Fault> {
    let is_there: bool =
        sqlx::query_scalar("SELECT to_regclass('jwt_auth_meta') IS NOT NULL").fetch_one(&mut *connection).await?;
    let version = if is_there { version(connection).await? } else { None };
    let version = version.ok_or(Fault::NoTables)?;
    match version.cmp(&to_sql(STEPS.len() as u64)) {
        Ordering::Less => Err(Fault::TooOld(version)),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(Fault::TooNew(version)),
    }
}

/// Makes the tables what this release needs. Several processes may do so at once.
pub(super) async fn prepare(connection: &mut PgConnection) -> Result<(), Fault> {
    // Where nothing is to be done no right to make tables is needed.
    match check(connection).await {
        Err(Fault::NoTables | Fault::TooOld(_)) => {}
        known => return known,
    }
    let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut *connection).await?;
    if encoding != "UTF8" {
        return Err(Fault::Encoding(encoding));
    }
    let mut transaction = connection.begin().await?;
    // One at a time; `IF NOT EXISTS` alone does not keep two from making one table.
    transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('jwt_auth_meta', 0))").await?;
    transaction
        .execute("CREATE TABLE IF NOT EXISTS jwt_auth_meta (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)")
        .await?;
    let done = version(&mut transaction).await?.unwrap_or(0);
    for step in STEPS.iter().skip(usize::try_from(done).unwrap_or(0)) {
        transaction.execute(*step).await?;
    }
    sqlx::query(
        "INSERT INTO jwt_auth_meta AS meta (name, value) VALUES ('version', $1)
         ON CONFLICT (name) DO UPDATE SET value = GREATEST(meta.value, excluded.value)",
    )
    .bind(to_sql(STEPS.len() as u64))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    check(connection).await
}

async fn version(connection: &mut PgConnection) -> Result<Option<i64>, Fault> {
    let version = sqlx::query_scalar("SELECT value FROM jwt_auth_meta WHERE name = 'version'");
    Ok(version.fetch_optional(connection).await?)
}
