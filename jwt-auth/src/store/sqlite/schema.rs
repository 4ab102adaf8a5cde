//! Our tables: made when missing, brought up to date when old, and nothing else touched.

use super::fault::Fault;
use sqlx::{Connection, Executor, SqliteConnection};
use std::cmp::Ordering;

/// The steps that lead to the present tables; the number of steps done stands in `jwt_auth_meta`. Add, never change.
const STEPS: [&str; 10] = [
    FIRST,
    HOW_USERS_PROVED_WHO_THEY_ARE,
    SPENT,
    NAMESPACES_AND_MOVERS,
    PROOFS_AND_EPOCHS,
    KEYS_AND_PAGES,
    PROOFS_BY_GENERATION,
    FAILURES,
    AUDIT,
    KEY_SCHEDULE,
];

/// `clear_after` says from when on a row may be deleted; see `Session::clear_after`.
const FIRST: &str = "
CREATE TABLE jwt_auth_sessions (
    sid              TEXT    NOT NULL PRIMARY KEY,
    user_id          TEXT    NOT NULL,
    generation       INTEGER NOT NULL,
    parent           INTEGER,
    replays          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    moved_at         INTEGER NOT NULL,
    previous_move_at INTEGER NOT NULL,
    handed_out_at    INTEGER NOT NULL,
    idle_expires_at  INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    keep_until       INTEGER NOT NULL,
    epoch            INTEGER NOT NULL,
    auth_time        INTEGER NOT NULL,
    claims           TEXT    NOT NULL,
    ip               TEXT,
    user_agent       TEXT,
    ended            TEXT,
    ended_at         INTEGER,
    clear_after      INTEGER NOT NULL AS (MAX(idle_expires_at, keep_until)) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX jwt_auth_sessions_by_user ON jwt_auth_sessions (user_id);
CREATE INDEX jwt_auth_sessions_by_end ON jwt_auth_sessions (clear_after);

CREATE TABLE jwt_auth_epochs (
    user_id   TEXT    NOT NULL PRIMARY KEY,
    epoch     INTEGER NOT NULL,
    raised_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jwt_auth_revocations (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    sid        TEXT,
    user_id    TEXT,
    epoch      INTEGER,
    drop_after INTEGER NOT NULL
) STRICT;
CREATE INDEX jwt_auth_revocations_by_end ON jwt_auth_revocations (drop_after);
";

/// `amr` is a JSON array of texts.
const HOW_USERS_PROVED_WHO_THEY_ARE: &str = "
ALTER TABLE jwt_auth_sessions ADD COLUMN amr TEXT NOT NULL DEFAULT '[]';
ALTER TABLE jwt_auth_sessions ADD COLUMN acr TEXT;
";

/// Ids that are used up.
const SPENT: &str = "
CREATE TABLE jwt_auth_spent (
    id         TEXT    NOT NULL PRIMARY KEY,
    drop_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX jwt_auth_spent_by_end ON jwt_auth_spent (drop_after);
";

/// What there was belongs to the empty namespace. A key cannot be changed in place, so the tables are made anew.
///
/// `moves` is the text of a `MoveLog`: of the moves of before two are known. Who made them nobody knows (`moved_by`), and a client
/// that lost an answer just then waits ten seconds. Whether the newest generation was made on a proof (`proven`) was told by times.
const NAMESPACES_AND_MOVERS: &str = "
CREATE TABLE jwt_auth_sessions_next (
    namespace        TEXT    NOT NULL,
    sid              TEXT    NOT NULL,
    user_id          TEXT    NOT NULL,
    generation       INTEGER NOT NULL,
    parent           INTEGER,
    replays          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    moved_at         INTEGER NOT NULL,
    moves            TEXT    NOT NULL,
    moved_by         BLOB,
    proven           INTEGER NOT NULL,
    handed_out_at    INTEGER NOT NULL,
    idle_expires_at  INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    keep_until       INTEGER NOT NULL,
    epoch            INTEGER NOT NULL,
    auth_time        INTEGER NOT NULL,
    amr              TEXT    NOT NULL,
    acr              TEXT,
    claims           TEXT    NOT NULL,
    ip               TEXT,
    user_agent       TEXT,
    ended            TEXT,
    ended_at         INTEGER,
    clear_after      INTEGER NOT NULL AS (MAX(idle_expires_at, keep_until)) VIRTUAL,
    PRIMARY KEY (namespace, sid)
) STRICT, WITHOUT ROWID;
INSERT INTO jwt_auth_sessions_next
    (namespace, sid, user_id, generation, parent, replays, created_at, moved_at, moves, proven, handed_out_at,
     idle_expires_at, expires_at, keep_until, epoch, auth_time, amr, acr, claims, ip, user_agent, ended, ended_at)
SELECT '', sid, user_id, generation, parent, replays, created_at, moved_at,
       CASE WHEN generation >= 1 THEN printf('%016x%012x', generation - 1, moved_at) ELSE '' END
       || CASE WHEN generation >= 2 THEN printf('%016x%012x', generation - 2, previous_move_at) ELSE '' END,
       auth_time > created_at AND auth_time >= moved_at, handed_out_at,
       idle_expires_at, expires_at, keep_until, epoch, auth_time, amr, acr, claims, ip, user_agent, ended, ended_at
FROM jwt_auth_sessions;
DROP TABLE jwt_auth_sessions;
ALTER TABLE jwt_auth_sessions_next RENAME TO jwt_auth_sessions;
CREATE INDEX jwt_auth_sessions_by_user ON jwt_auth_sessions (namespace, user_id);
CREATE INDEX jwt_auth_sessions_by_end ON jwt_auth_sessions (clear_after);

CREATE TABLE jwt_auth_epochs_next (
    namespace TEXT    NOT NULL,
    user_id   TEXT    NOT NULL,
    epoch     INTEGER NOT NULL,
    raised_at INTEGER NOT NULL,
    PRIMARY KEY (namespace, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO jwt_auth_epochs_next SELECT '', user_id, epoch, raised_at FROM jwt_auth_epochs;
DROP TABLE jwt_auth_epochs;
ALTER TABLE jwt_auth_epochs_next RENAME TO jwt_auth_epochs;

ALTER TABLE jwt_auth_revocations ADD COLUMN namespace TEXT NOT NULL DEFAULT '';

CREATE TABLE jwt_auth_spent_next (
    namespace  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    drop_after INTEGER NOT NULL,
    PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;
INSERT INTO jwt_auth_spent_next SELECT '', id, drop_after FROM jwt_auth_spent;
DROP TABLE jwt_auth_spent;
ALTER TABLE jwt_auth_spent_next RENAME TO jwt_auth_spent;
CREATE INDEX jwt_auth_spent_by_end ON jwt_auth_spent (drop_after);
";

/// An entry of the feed with `sid` and `auth_time` is of a new proof, and one with `user_id` says when the epoch was raised.
const PROOFS_AND_EPOCHS: &str = "
ALTER TABLE jwt_auth_sessions ADD COLUMN last_proof INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jwt_auth_revocations ADD COLUMN auth_time INTEGER;
ALTER TABLE jwt_auth_revocations ADD COLUMN raised_at INTEGER;
UPDATE jwt_auth_revocations SET raised_at =
    (SELECT raised_at FROM jwt_auth_epochs AS epochs
     WHERE epochs.namespace = jwt_auth_revocations.namespace AND epochs.user_id = jwt_auth_revocations.user_id);
";

/// A revocation that was made before is remembered for as long as every node keeps any (`lasts` is a minimum).
///
/// The index serves what looks for the living sessions of a user, page by page.
const KEYS_AND_PAGES: &str = "
CREATE TABLE jwt_auth_keys (
    namespace TEXT NOT NULL,
    mark      TEXT NOT NULL,
    PRIMARY KEY (namespace, mark)
) STRICT, WITHOUT ROWID;
ALTER TABLE jwt_auth_revocations ADD COLUMN lasts INTEGER NOT NULL DEFAULT 0;
DROP INDEX jwt_auth_sessions_by_user;
CREATE INDEX jwt_auth_sessions_by_user ON jwt_auth_sessions (namespace, user_id, created_at, sid) WHERE ended IS NULL;
";

/// Which generation a proof made was told of the newest one only. Of an older proof it counts as the newest: what is not known to be of after
/// the proof is of before it. Tokens of before a proof were told by times, and are where its generation (`auth_gen`) is not known.
const PROOFS_BY_GENERATION: &str = "
ALTER TABLE jwt_auth_sessions ADD COLUMN proven_at INTEGER;
UPDATE jwt_auth_sessions SET proven_at = generation WHERE proven OR (auth_time > 0 AND auth_time <> created_at);
ALTER TABLE jwt_auth_sessions DROP COLUMN proven;
ALTER TABLE jwt_auth_sessions ADD COLUMN auth_gen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jwt_auth_revocations ADD COLUMN auth_gen INTEGER;
";

/// Counts of failed logins. A bucket is a keyed digest: whose it is cannot be told from it.
const FAILURES: &str = "
CREATE TABLE jwt_auth_failures (
    namespace TEXT    NOT NULL,
    bucket    BLOB    NOT NULL,
    failures  INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    PRIMARY KEY (namespace, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX jwt_auth_failures_by_age ON jwt_auth_failures (namespace, last);
CREATE INDEX jwt_auth_failures_by_end ON jwt_auth_failures (ends_at);
";

/// Events that changed something, with `audit_table`: by time for who deletes, by user for who asks.
const AUDIT: &str = "
CREATE TABLE jwt_auth_audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace  TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    code       TEXT,
    user_id    TEXT    NOT NULL,
    sid        TEXT,
    ip         TEXT,
    user_agent TEXT
) STRICT;
CREATE INDEX jwt_auth_audit_by_time ON jwt_auth_audit (namespace, at);
CREATE INDEX jwt_auth_audit_by_user ON jwt_auth_audit (namespace, user_id, at);
";

/// The agreed times of keys (`ScheduledKey`), and nothing of the keys but their marks.
const KEY_SCHEDULE: &str = "
CREATE TABLE jwt_auth_key_schedule (
    namespace      TEXT    NOT NULL,
    mark           TEXT    NOT NULL,
    key_id         TEXT    NOT NULL,
    staged_at      INTEGER NOT NULL,
    active_from    INTEGER,
    retiring_from  INTEGER,
    removed_at     INTEGER,
    compromised_at INTEGER,
    PRIMARY KEY (namespace, mark)
) STRICT, WITHOUT ROWID;
";

/// Whether this is a database in which the tables have been made, by whichever release.
pub(super) async fn is_there(connection: &mut SqliteConnection) -> Result<bool, Fault> {
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'jwt_auth_meta'")
            .fetch_one(&mut *connection)
            .await?;
    if tables == 0 {
        return Ok(false);
    }
    let version: Option<i64> =
        sqlx::query_scalar("SELECT value FROM jwt_auth_meta WHERE name = 'version'").fetch_optional(connection).await?;
    Ok(version.is_some())
}

/// Whether the tables are those of this release.
pub(super) async fn check(connection: &mut SqliteConnection) -> Result<(), Fault> {
    if !is_there(connection).await? {
        return Err(Fault::NoTables);
    }
    let version: i64 =
        sqlx::query_scalar("SELECT value FROM jwt_auth_meta WHERE name = 'version'").fetch_one(connection).await?;
    match version.cmp(&(STEPS.len() as i64)) {
        Ordering::Less => Err(Fault::TooOld(version)),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(Fault::TooNew(version)),
    }
}

/// Makes the tables what this release needs. Several processes may do so at once.
pub(super) async fn prepare(connection: &mut SqliteConnection) -> Result<(), Fault> {
    // Where nothing is to be done nobody has to wait: outside of WAL mode even an empty transaction waits for readers.
    if let known @ (Ok(()) | Err(Fault::TooNew(_))) = check(connection).await {
        return known;
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    transaction
        .execute(
            "CREATE TABLE IF NOT EXISTS jwt_auth_meta
                 (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        )
        .await?;
    let done: Option<i64> = sqlx::query_scalar("SELECT value FROM jwt_auth_meta WHERE name = 'version'")
        .fetch_optional(&mut *transaction)
        .await?;
    let done = done.unwrap_or(0);
    let version = STEPS.len() as i64;
    if done > version {
        return Err(Fault::TooNew(done));
    }
    for step in STEPS.iter().skip(done.max(0) as usize) {
        transaction.execute(*step).await?;
    }
    if done < version {
        sqlx::query(
            "INSERT INTO jwt_auth_meta (name, value) VALUES ('version', $1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(version)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(())
}
