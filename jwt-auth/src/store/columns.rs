//! What the stores over SQL write into a session's columns: one spelling for all of them.

use super::{ClientMark, EndReason, FailureBucket, Failures, LastProof, Session};
use crate::clock::Timestamp;
use crate::keys::{KeyMark, ScheduledKey};
use std::time::Duration;

/// The columns of a session in the order in which each store's `row::session` reads them.
macro_rules! columns {
    () => {
        "sid, user_id, generation, parent, replays, created_at, moved_at, moves, handed_out_at, \
         idle_expires_at, expires_at, keep_until, epoch, auth_time, claims, ip, user_agent, ended, \
         amr, acr, moved_by, proven_at, last_proof, auth_gen"
    };
}
pub(super) use columns;

/// Integers of SQL are signed. What does not fit is later, or more, than anything that matters; far from the largest number, as sums
/// must not overflow.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).map_or(FAR, |number| number.min(FAR))
}

const FAR: i64 = i64::MAX / 4;

pub(super) fn from_sql(number: i64) -> u64 {
    number.max(0).unsigned_abs()
}

pub(super) fn time_to_sql(time: Timestamp) -> i64 {
    to_sql(time.millis())
}

pub(super) fn time_from_sql(millis: i64) -> Timestamp {
    Timestamp::from_millis(from_sql(millis))
}

pub(super) fn duration_to_sql(duration: Duration) -> i64 {
    to_sql(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// The time of it; 0 when it is `auth_time`, as it is unless a session has lost its proof: rows are many.
pub(super) fn last_proof_to_sql(session: &Session) -> i64 {
    let LastProof { auth_time, .. } = session.last_proof;
    if auth_time == session.auth_time { 0 } else { time_to_sql(auth_time) }
}

/// A list of texts can always be written.
pub(super) fn amr_to_sql(session: &Session) -> String {
    serde_json::to_string(&session.amr).unwrap_or_else(|_| "[]".to_owned())
}

pub(super) fn mark_to_sql(mark: Option<ClientMark>) -> Option<Vec<u8>> {
    mark.map(|mark| mark.as_bytes().to_vec())
}

/// None for bytes that are none.
pub(super) fn mark_from_sql(bytes: &[u8]) -> Option<ClientMark> {
    bytes.try_into().ok().map(ClientMark::from_bytes)
}

pub(super) const fn reason_to_sql(reason: EndReason) -> &'static str {
    match reason {
        EndReason::TokenReused => "token_reused",
        EndReason::SessionExpired => "session_expired",
        EndReason::UserDisabled => "user_disabled",
        EndReason::SessionRevoked | EndReason::Unknown => "session_revoked",
    }
}

pub(super) fn reason_from_sql(text: &str) -> EndReason {
    match text {
        "token_reused" => EndReason::TokenReused,
        "session_expired" => EndReason::SessionExpired,
        "user_disabled" => EndReason::UserDisabled,
        // A reason that a newer release wrote: over it is, whatever for.
        _ => EndReason::SessionRevoked,
    }
}

/// Rows of bucket, count and last moment in the order of the buckets that were asked for.
pub(super) fn in_order(buckets: &[FailureBucket], rows: &[(Vec<u8>, i64, i64)]) -> Vec<Failures> {
    let counted = |bucket: &FailureBucket| {
        let (_, count, last) = rows.iter().find(|(bytes, ..)| bytes == bucket.as_bytes())?;
        Some(Failures { count: u32::try_from(from_sql(*count)).unwrap_or(u32::MAX), last: time_from_sql(*last) })
    };
    buckets.iter().map(|bucket| counted(bucket).unwrap_or_default()).collect()
}

/// A key of the schedule: mark, name, and the times.
pub(super) type ScheduleRow = (String, String, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

pub(super) fn key_from_sql(
    (mark, key_id, staged_at, active_from, retiring_from, removed_at, compromised_at): ScheduleRow,
) -> ScheduledKey {
    ScheduledKey {
        mark: KeyMark::from_text(&mark),
        key_id,
        staged_at: time_from_sql(staged_at),
        active_from: active_from.map(time_from_sql),
        retiring_from: retiring_from.map(time_from_sql),
        removed_at: removed_at.map(time_from_sql),
        compromised_at: compromised_at.map(time_from_sql),
    }
}
