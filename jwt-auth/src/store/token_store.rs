//! The contract of a session store.

use super::{EndReason, Move, NewSession, Session, SessionId, SessionRules};
use crate::clock::Timestamp;
use crate::error::StoreError;
use std::future::Future;

/// Where refresh sessions live.
pub trait TokenStore: std::fmt::Debug + Send + Sync + 'static {
    /// Stores a login and returns the row, with the user's present epoch.
    fn create(&self, new: NewSession) -> impl Future<Output = Result<Session, StoreError>> + Send;
    /// Presents a generation.
    fn advance(
        &self,
        sid: SessionId,
        presented: u64,
        now: Timestamp,
        rules: SessionRules,
        drop_after: Timestamp,
    ) -> impl Future<Output = Result<Move, StoreError>> + Send;
    /// Inserts the row if its sid is unknown (a token issued elsewhere, as generation 0); does nothing otherwise.
    fn adopt(&self, new: NewSession) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Reads one session, also an ended one.
    fn find(
        &self,
        sid: SessionId,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;
    /// Ends a session, `drop_after`: see Revocation. True if this call ended it, false if it was over or unknown.
    fn end(
        &self,
        sid: SessionId,
        reason: EndReason,
        now: Timestamp,
        drop_after: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Ends all of a user's sessions and raises the epoch; returns the new one.
    fn end_all(
        &self,
        user_id: &str,
        reason: EndReason,
        now: Timestamp,
        drop_after: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
    /// Revocations numbered above `after`.
    fn revocations(
        &self,
        after: u64,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Revocation>, StoreError>> + Send;
}

/// One entry of the revocation feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Its number; numbers only rise.
    pub seq: u64,
    /// What was revoked.
    pub subject: Revoked,
    /// When no access token it concerns can be alive any more.
    pub drop_after: Timestamp,
}

/// What a revocation concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// One session.
    Session(SessionId),
    /// All of a user's tokens with an epoch below this one.
    User {
        /// The user.
        user_id: String,
        /// The lowest epoch still good.
        epoch: u64,
    },
}
