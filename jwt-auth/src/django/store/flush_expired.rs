//! Deleting what no longer matters.

use super::fault::Fault;
use super::rows::{FlushRow, Rows, Value};
use super::work::Work;
use crate::base64url;
use crate::clock::Timestamp;
use crate::settings::{days, minutes};
use crate::store::KEPT_LONGER;
use serde_json::{Map, Value as Json};
use std::time::Duration;

/// What a flush has to know to delete no row of a token that could still be accepted.
///
/// Django's own command goes by `expires_at` alone: with a leeway, or when a sliding token was refreshed after it was
/// written down, a blacklisted token comes back to life. So it does when the clock of the machine is ahead; here rows are kept
/// [`KEPT_LONGER`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Flush {
    /// The present moment.
    pub now: Timestamp,
    /// For how long expired tokens are accepted. Defaults to 30 seconds, as the setting `leeway` does.
    pub leeway: Duration,
    /// How long a sliding token lives after a refresh. Defaults to 5 minutes.
    pub sliding_token_lifetime: Duration,
    /// For how long sliding tokens can be refreshed: counts for stored tokens that cannot be read, which may be sliding
    /// ones. Defaults to a day.
    pub sliding_token_refresh_lifetime: Duration,
    /// The claim that says `sliding`. Defaults to `token_type`.
    pub token_type_claim: String,
    /// The claim until when a sliding token can be refreshed. Defaults to `refresh_exp`.
    pub sliding_token_refresh_exp_claim: String,
    /// How many rows one call looks at, and so deletes, at most; from 1 to 10,000. Defaults to 250, as whoever refreshes waits for a batch.
    pub batch: u32,
}

/// What one batch of a flush did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flushed {
    /// How many tokens were deleted.
    pub deleted: u64,
    /// Where the next batch begins; none after the last one.
    pub next: Option<i64>,
}

impl Flush {
    /// With the defaults.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            leeway: Duration::from_secs(30),
            sliding_token_lifetime: minutes(5),
            sliding_token_refresh_lifetime: days(1),
            token_type_claim: "token_type".to_owned(),
            sliding_token_refresh_exp_claim: "refresh_exp".to_owned(),
            batch: 250,
        }
    }

    /// What counts as now.
    fn moment(&self) -> Timestamp {
        self.now.before(KEPT_LONGER)
    }

    fn batch(&self) -> u32 {
        self.batch.clamp(1, 10_000)
    }

    /// How long after its `refresh_exp` a sliding token may be alive: it is refreshed within the leeway, lives, and is
    /// accepted for the leeway again.
    fn sliding_tail(&self) -> Duration {
        self.sliding_token_lifetime.saturating_add(self.leeway.saturating_mul(2))
    }

    /// Whether no copy of an expired row's token can be accepted any more.
    fn may_delete(&self, row: &FlushRow) -> bool {
        let Some(token) = &row.token else { return false };
        match self.refreshable_until(token) {
            Refresh::Never => true,
            Refresh::Until(end) => end.after(self.sliding_tail()) <= self.moment(),
            Refresh::Unknown => row.is_past_all,
        }
    }

    fn refreshable_until(&self, token: &str) -> Refresh {
        let payload = token.split('.').nth(1).and_then(|part| base64url::decode(part).ok());
        let claims = payload.and_then(|payload| serde_json::from_slice::<Map<String, Json>>(&payload).ok());
        let Some(claims) = claims else { return Refresh::Unknown };
        let is_sliding = claims.get(&self.token_type_claim).is_some_and(|value| value == "sliding");
        match claims.get(&self.sliding_token_refresh_exp_claim) {
            None if !is_sliding => Refresh::Never,
            Some(end) if end.is_number() => match end.as_f64() {
                // Beyond the range a conversion stops at its end.
                Some(seconds) => Refresh::Until(Timestamp::from_seconds(seconds.ceil() as u64)),
                None => Refresh::Unknown,
            },
            _ => Refresh::Unknown,
        }
    }
}

enum Refresh {
    Never,
    Until(Timestamp),
    Unknown,
}

/// One batch, from the row after this one.
pub(super) struct FlushBatch<'a>(pub(super) &'a Flush, pub(super) i64);

impl Work for FlushBatch<'_> {
    type Answer = Flushed;

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<Flushed, Fault> {
        let Self(flush, after) = *self;
        let batch = flush.batch();
        // By the key and not by expiry, which has no index: each batch costs the same, whatever stands in it.
        let sql = format!(
            "SELECT id, CASE WHEN expires_at <= {expired} THEN token END, expires_at <= {past_all} \
             FROM token_blacklist_outstandingtoken WHERE id > $3 ORDER BY id LIMIT $4",
            expired = C::moment(1),
            past_all = C::moment(2),
        );
        let past_all = flush.sliding_tail().saturating_add(flush.sliding_token_refresh_lifetime);
        let values = vec![
            C::moment_value(flush.moment().before(flush.leeway)),
            C::moment_value(flush.moment().before(past_all)),
            Value::Integer(after),
            Value::Integer(batch.into()),
        ];
        let rows = connection.page(sql, values).await?;
        let next = rows.last().filter(|_| rows.len() as u64 == u64::from(batch)).map(|row| row.id);
        let ids: Vec<String> = rows.iter().filter(|row| flush.may_delete(row)).map(|row| row.id.to_string()).collect();
        if ids.is_empty() {
            return Ok(Flushed { deleted: 0, next });
        }
        let ids = ids.join(",");
        // The foreign key deletes nothing by itself.
        let blacklisted = format!("DELETE FROM token_blacklist_blacklistedtoken WHERE token_id IN ({ids})");
        connection.write(blacklisted, Vec::new()).await?;
        let outstanding = format!("DELETE FROM token_blacklist_outstandingtoken WHERE id IN ({ids})");
        Ok(Flushed { deleted: connection.write(outstanding, Vec::new()).await?, next })
    }
}
