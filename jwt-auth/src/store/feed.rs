//! The revocation feed: what every node must know before it believes an access token.

use super::{LastProof, SessionId};
use crate::clock::Timestamp;
use std::time::Duration;

/// One reading of the revocation feed: a page of it, where there is more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// The entries above the number asked for, in rising order; a store decides by itself how many are a page.
    pub entries: Vec<Revocation>,
    /// Ask from here next time: every entry up to this number has been seen or is over.
    ///
    /// A number *below* the one asked for says that the feed began anew (a restored or replaced database): the
    /// reader starts again at 0.
    pub read_to: u64,
    /// Whether this reading came to the end of the feed as it was at that moment. Without it a reader asks again until it gets no
    /// entries, which beside busy writers may be never.
    pub is_up_to_date: bool,
}

/// One entry of the revocation feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Its number; numbers only rise.
    pub seq: u64,
    /// What was revoked.
    pub subject: Revoked,
    /// When no access token it concerns can be alive any more: now, the longest access lifetime in use and the leeway.
    pub drop_after: Timestamp,
    /// For how long from now: what a node goes by that hears of it, whatever its clock says ([`Retention`](super::Retention)).
    pub lasts: Duration,
}

/// What a revocation concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// One session.
    Session(SessionId),
    /// The access tokens of a session from before a new proof of identity (OWASP ASVS 7.2.4): those whose `auth_gen` is below its
    /// generation, and those without.
    BeforeProof {
        /// The session.
        sid: SessionId,
        /// The proof. Its `auth_time` counts where its generation is 0: entries of releases before this one.
        proof: LastProof,
    },
    /// All of a user's tokens with an epoch below this one.
    User {
        /// The user.
        user_id: String,
        /// The lowest epoch still good.
        epoch: u64,
        /// When it was raised: tokens that say no epoch are good when they were issued after it.
        raised_at: Timestamp,
    },
}
