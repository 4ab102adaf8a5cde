//! When a token passes.

use super::Timestamp;
use std::time::Duration;

/// The times of a token that passed, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Validity {
    pub(crate) expires: i64,
    pub(crate) issued: Option<i64>,
    /// From when on it passes whenever it is not expired; before that it is to be judged anew. Without an `iat` it is the moment in which
    /// it was judged, since its life was counted from there.
    starts: i64,
}

impl Validity {
    /// `issued`: the whole seconds before and after `iat`; `latest`: the latest moment that was not in the future.
    pub(crate) fn new(expires: i64, issued: Option<(i64, i64)>, not_before: Option<i64>, latest: Timestamp) -> Self {
        let judged = i64::try_from(latest.seconds()).unwrap_or(i64::MAX).saturating_add(1);
        let starts = issued.map_or(judged, |(_, issued)| issued).max(not_before.unwrap_or(i64::MIN));
        Self { expires, issued: issued.map(|(issued, _)| issued), starts }
    }

    /// Whether it passes at this moment as well. Where it does not, judging it anew says why.
    pub(crate) fn covers(self, now: Timestamp, leeway: Duration) -> bool {
        Timestamp::from_signed(self.expires) > now.before(leeway)
            && Timestamp::from_signed(self.starts) <= now.after(leeway)
    }
}
