//! The contract of SimpleJWT's two tables.

use super::OutstandingToken;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::store::StoreTime;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Where issued and spent tokens are noted, token by token, as SimpleJWT does. `DjangoStore` is the one over its tables.
///
/// No call is made with a token whose id does not [fit](OutstandingToken::fits).
///
/// *Every call is atomic and durable when it returns.* Of any number of simultaneous [`rotate`](Self::rotate) calls with one
/// token, one answers `true`. Trouble is an error, never an answer: it becomes 503.
#[doc(alias = "token_blacklist")]
#[doc(alias = "BlacklistedToken")]
pub trait TokenBlacklist: fmt::Debug + Send + Sync + 'static {
    /// Notes a token that was issued, unless its id is known.
    ///
    /// # Errors
    /// [`StoreError`]
    fn outstand(&self, token: &OutstandingToken) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Blacklists a token, known or not; `false` when it was blacklisted already.
    ///
    /// # Errors
    /// [`StoreError`]
    fn blacklist(
        &self,
        token: &OutstandingToken,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Blacklists one token and notes the next, both or neither; `false`, and nothing done, when the first was blacklisted
    /// already.
    ///
    /// # Errors
    /// [`StoreError`]
    fn rotate(
        &self,
        spent: &OutstandingToken,
        next: &OutstandingToken,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Whether a token of this id is blacklisted.
    ///
    /// # Errors
    /// [`StoreError`]
    fn is_blacklisted(&self, jti: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Whether it can be used at this moment: one cheap look, for `/healthz`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn health(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What time it is to it. Defaults to [`StoreTime::Unknown`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn time(&self) -> impl Future<Output = Result<StoreTime, StoreError>> + Send {
        std::future::ready(Ok(StoreTime::Unknown))
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The twin of [`TokenBlacklist`] that can be a trait object.
pub(crate) trait DynTokenBlacklist: fmt::Debug + Send + Sync {
    fn outstand<'a>(&'a self, token: &'a OutstandingToken) -> Answer<'a, ()>;
    fn blacklist<'a>(&'a self, token: &'a OutstandingToken, now: Timestamp) -> Answer<'a, bool>;
    fn rotate<'a>(
        &'a self,
        spent: &'a OutstandingToken,
        next: &'a OutstandingToken,
        now: Timestamp,
    ) -> Answer<'a, bool>;
    fn is_blacklisted<'a>(&'a self, jti: &'a str) -> Answer<'a, bool>;
    fn health(&self) -> Answer<'_, ()>;
    fn time(&self) -> Answer<'_, StoreTime>;
}

/// Any [`TokenBlacklist`], its type forgotten.
pub(crate) type AnyTokenBlacklist = Arc<dyn DynTokenBlacklist>;

impl<B: TokenBlacklist> DynTokenBlacklist for B {
    fn outstand<'a>(&'a self, token: &'a OutstandingToken) -> Answer<'a, ()> {
        Box::pin(TokenBlacklist::outstand(self, token))
    }

    fn blacklist<'a>(&'a self, token: &'a OutstandingToken, now: Timestamp) -> Answer<'a, bool> {
        Box::pin(TokenBlacklist::blacklist(self, token, now))
    }

    fn rotate<'a>(
        &'a self,
        spent: &'a OutstandingToken,
        next: &'a OutstandingToken,
        now: Timestamp,
    ) -> Answer<'a, bool> {
        Box::pin(TokenBlacklist::rotate(self, spent, next, now))
    }

    fn is_blacklisted<'a>(&'a self, jti: &'a str) -> Answer<'a, bool> {
        Box::pin(TokenBlacklist::is_blacklisted(self, jti))
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(TokenBlacklist::health(self))
    }

    fn time(&self) -> Answer<'_, StoreTime> {
        Box::pin(TokenBlacklist::time(self))
    }
}
