//! A store whose type is known at run time only.

use super::{
    Admission, AuditNote, Capabilities, Ending, FailureBucket, FailureToCount, Failures, Feed, KnownKeys,
    KnownLifetime, Move, NewSession, Presentation, Session, SessionId, SessionLimit, SessionPlace, StoreTime,
    TokenStore,
};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::keys::{KeyMark, KeySchedule};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Any [`TokenStore`], its type forgotten: for programs that choose the store by a setting. Cheap to clone.
///
/// ```
/// use jwt_auth::store::{AnyTokenStore, MemoryStore};
/// let store = AnyTokenStore::new(MemoryStore::new());
/// ```
#[derive(Clone)]
pub struct AnyTokenStore(Arc<dyn DynTokenStore>);

impl AnyTokenStore {
    /// Forgets the type.
    pub fn new(store: impl TokenStore) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for AnyTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

impl TokenStore for AnyTokenStore {
    fn capabilities(&self) -> Capabilities {
        self.0.dyn_capabilities()
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.0.dyn_create(new, limit).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        self.0.dyn_advance(presented).await
    }

    async fn note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> Result<bool, StoreError> {
        self.0.dyn_note_hand_out(sid, now).await
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.0.dyn_adopt(new, now).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        self.0.dyn_find(sid).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.0.dyn_list(user_id, now).await
    }

    async fn list_after(&self, user_id: &str, place: SessionPlace, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.0.dyn_list_after(user_id, place, now).await
    }

    async fn admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> Result<Admission, StoreError> {
        self.0.dyn_admit(keys, now).await
    }

    async fn known_keys(&self, now: Timestamp) -> Result<KnownKeys, StoreError> {
        self.0.dyn_known_keys(now).await
    }

    async fn reset(&self, ending: Ending) -> Result<u64, StoreError> {
        self.0.dyn_reset(ending).await
    }

    async fn key_schedule(&self) -> Result<KeySchedule, StoreError> {
        self.0.dyn_key_schedule().await
    }

    async fn reschedule(&self, before: KeySchedule, after: KeySchedule, now: Timestamp) -> Result<bool, StoreError> {
        self.0.dyn_reschedule(before, after, now).await
    }

    async fn time(&self) -> Result<StoreTime, StoreError> {
        self.0.dyn_time().await
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        self.0.dyn_end(sid, ending).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        self.0.dyn_end_all(user_id, keep, ending).await
    }

    async fn set_claims(&self, sid: SessionId, claims: Claims) -> Result<bool, StoreError> {
        self.0.dyn_set_claims(sid, claims).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        self.0.dyn_epoch(user_id).await
    }

    async fn raised_at(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        self.0.dyn_raised_at(user_id).await
    }

    async fn remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> Result<Vec<KnownLifetime>, StoreError> {
        self.0.dyn_remember_lifetime(lifetime, now).await
    }

    async fn revocations(&self, after: u64, now: Timestamp) -> Result<Feed, StoreError> {
        self.0.dyn_revocations(after, now).await
    }

    async fn news(&self, after: u64) {
        self.0.dyn_news(after).await;
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.0.dyn_spend(id, drop_after, now).await
    }

    async fn failures(&self, buckets: &[FailureBucket], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        self.0.dyn_failures(buckets, now).await
    }

    async fn count_failure(&self, failed: &[FailureToCount], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        self.0.dyn_count_failure(failed, now).await
    }

    async fn forget_failures(&self, buckets: &[FailureBucket]) -> Result<(), StoreError> {
        self.0.dyn_forget_failures(buckets).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.0.dyn_health().await
    }

    fn audited(&self, note: AuditNote) -> Option<AnyTokenStore> {
        self.0.dyn_audited(note)
    }

    fn in_namespace(&self, namespace: &str) -> Option<AnyTokenStore> {
        self.0.dyn_in_namespace(namespace)
    }
}

/// The twin of [`TokenStore`] that can be a trait object: the same methods with boxed futures.
trait DynTokenStore: fmt::Debug + Send + Sync + 'static {
    fn dyn_capabilities(&self) -> Capabilities;
    fn dyn_create(&self, new: NewSession, limit: Option<SessionLimit>) -> BoxFuture<'_, Session>;
    fn dyn_advance(&self, presented: Presentation) -> BoxFuture<'_, Move>;
    fn dyn_note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> BoxFuture<'_, bool>;
    fn dyn_adopt(&self, new: NewSession, now: Timestamp) -> BoxFuture<'_, ()>;
    fn dyn_find(&self, sid: SessionId) -> BoxFuture<'_, Option<Session>>;
    fn dyn_list<'a>(&'a self, user_id: &'a str, now: Timestamp) -> BoxFuture<'a, Vec<Session>>;
    fn dyn_list_after<'a>(
        &'a self,
        user_id: &'a str,
        place: SessionPlace,
        now: Timestamp,
    ) -> BoxFuture<'a, Vec<Session>>;
    fn dyn_admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> BoxFuture<'_, Admission>;
    fn dyn_known_keys(&self, now: Timestamp) -> BoxFuture<'_, KnownKeys>;
    fn dyn_reset(&self, ending: Ending) -> BoxFuture<'_, u64>;
    fn dyn_key_schedule(&self) -> BoxFuture<'_, KeySchedule>;
    fn dyn_reschedule(&self, before: KeySchedule, after: KeySchedule, now: Timestamp) -> BoxFuture<'_, bool>;
    fn dyn_time(&self) -> BoxFuture<'_, StoreTime>;
    fn dyn_end(&self, sid: SessionId, ending: Ending) -> BoxFuture<'_, bool>;
    fn dyn_end_all<'a>(&'a self, user_id: &'a str, keep: Option<SessionId>, ending: Ending) -> BoxFuture<'a, u64>;
    fn dyn_set_claims(&self, sid: SessionId, claims: Claims) -> BoxFuture<'_, bool>;
    fn dyn_epoch<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, u64>;
    fn dyn_raised_at<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Timestamp>>;
    fn dyn_remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> BoxFuture<'_, Vec<KnownLifetime>>;
    fn dyn_revocations(&self, after: u64, now: Timestamp) -> BoxFuture<'_, Feed>;
    fn dyn_news(&self, after: u64) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    fn dyn_spend<'a>(&'a self, id: &'a str, drop_after: Timestamp, now: Timestamp) -> BoxFuture<'a, bool>;
    fn dyn_failures<'a>(&'a self, buckets: &'a [FailureBucket], now: Timestamp) -> BoxFuture<'a, Vec<Failures>>;
    fn dyn_count_failure<'a>(&'a self, failed: &'a [FailureToCount], now: Timestamp) -> BoxFuture<'a, Vec<Failures>>;
    fn dyn_forget_failures<'a>(&'a self, buckets: &'a [FailureBucket]) -> BoxFuture<'a, ()>;
    fn dyn_health(&self) -> BoxFuture<'_, ()>;
    fn dyn_audited(&self, note: AuditNote) -> Option<AnyTokenStore>;
    fn dyn_in_namespace(&self, namespace: &str) -> Option<AnyTokenStore>;
}

impl<S: TokenStore> DynTokenStore for S {
    fn dyn_capabilities(&self) -> Capabilities {
        self.capabilities()
    }

    fn dyn_create(&self, new: NewSession, limit: Option<SessionLimit>) -> BoxFuture<'_, Session> {
        Box::pin(self.create(new, limit))
    }

    fn dyn_advance(&self, presented: Presentation) -> BoxFuture<'_, Move> {
        Box::pin(self.advance(presented))
    }

    fn dyn_note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> BoxFuture<'_, bool> {
        Box::pin(self.note_hand_out(sid, now))
    }

    fn dyn_adopt(&self, new: NewSession, now: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(self.adopt(new, now))
    }

    fn dyn_find(&self, sid: SessionId) -> BoxFuture<'_, Option<Session>> {
        Box::pin(self.find(sid))
    }

    fn dyn_list<'a>(&'a self, user_id: &'a str, now: Timestamp) -> BoxFuture<'a, Vec<Session>> {
        Box::pin(self.list(user_id, now))
    }

    fn dyn_list_after<'a>(
        &'a self,
        user_id: &'a str,
        place: SessionPlace,
        now: Timestamp,
    ) -> BoxFuture<'a, Vec<Session>> {
        Box::pin(self.list_after(user_id, place, now))
    }

    fn dyn_admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> BoxFuture<'_, Admission> {
        Box::pin(self.admit(keys, now))
    }

    fn dyn_known_keys(&self, now: Timestamp) -> BoxFuture<'_, KnownKeys> {
        Box::pin(self.known_keys(now))
    }

    fn dyn_reset(&self, ending: Ending) -> BoxFuture<'_, u64> {
        Box::pin(self.reset(ending))
    }

    fn dyn_key_schedule(&self) -> BoxFuture<'_, KeySchedule> {
        Box::pin(self.key_schedule())
    }

    fn dyn_reschedule(&self, before: KeySchedule, after: KeySchedule, now: Timestamp) -> BoxFuture<'_, bool> {
        Box::pin(self.reschedule(before, after, now))
    }

    fn dyn_time(&self) -> BoxFuture<'_, StoreTime> {
        Box::pin(self.time())
    }

    fn dyn_end(&self, sid: SessionId, ending: Ending) -> BoxFuture<'_, bool> {
        Box::pin(self.end(sid, ending))
    }

    fn dyn_end_all<'a>(&'a self, user_id: &'a str, keep: Option<SessionId>, ending: Ending) -> BoxFuture<'a, u64> {
        Box::pin(self.end_all(user_id, keep, ending))
    }

    fn dyn_set_claims(&self, sid: SessionId, claims: Claims) -> BoxFuture<'_, bool> {
        Box::pin(self.set_claims(sid, claims))
    }

    fn dyn_epoch<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, u64> {
        Box::pin(self.epoch(user_id))
    }

    fn dyn_raised_at<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Timestamp>> {
        Box::pin(self.raised_at(user_id))
    }

    fn dyn_remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> BoxFuture<'_, Vec<KnownLifetime>> {
        Box::pin(self.remember_lifetime(lifetime, now))
    }

    fn dyn_revocations(&self, after: u64, now: Timestamp) -> BoxFuture<'_, Feed> {
        Box::pin(self.revocations(after, now))
    }

    fn dyn_news(&self, after: u64) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.news(after))
    }

    fn dyn_spend<'a>(&'a self, id: &'a str, drop_after: Timestamp, now: Timestamp) -> BoxFuture<'a, bool> {
        Box::pin(self.spend(id, drop_after, now))
    }

    fn dyn_failures<'a>(&'a self, buckets: &'a [FailureBucket], now: Timestamp) -> BoxFuture<'a, Vec<Failures>> {
        Box::pin(self.failures(buckets, now))
    }

    fn dyn_count_failure<'a>(&'a self, failed: &'a [FailureToCount], now: Timestamp) -> BoxFuture<'a, Vec<Failures>> {
        Box::pin(self.count_failure(failed, now))
    }

    fn dyn_forget_failures<'a>(&'a self, buckets: &'a [FailureBucket]) -> BoxFuture<'a, ()> {
        Box::pin(self.forget_failures(buckets))
    }

    fn dyn_health(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.health())
    }

    fn dyn_audited(&self, note: AuditNote) -> Option<AnyTokenStore> {
        self.audited(note)
    }

    fn dyn_in_namespace(&self, namespace: &str) -> Option<AnyTokenStore> {
        self.in_namespace(namespace)
    }
}
