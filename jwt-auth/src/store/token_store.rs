//! The contract of a session store.

use super::{
    Admission, AnyTokenStore, AuditNote, Capabilities, Ending, FailureBucket, FailureToCount, Failures, Feed,
    KnownKeys, KnownLifetime, Move, NewSession, Presentation, Session, SessionId, SessionLimit, SessionPlace,
    StoreTime,
};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::keys::{KeyMark, KeySchedule};
use std::fmt;
use std::future::{Future, pending, ready};
use std::time::Duration;

/// Where refresh sessions live. Implementations write `async fn`.
///
/// # The contract
///
/// *One row per login.* The store keeps each [`Session`] whole and changes it by the table only
/// ([`Presentation::decide_and_apply`]), the row's user included: a token that names another one moves nothing.
///
/// *Every call is atomic, and calls on one session happen one after the other.* Of any number of simultaneous
/// [`advance`](Self::advance) calls with one generation, one answers `Rotated`. Once [`end`](Self::end) has returned,
/// no `advance` moves that session any more. Never read a row, decide, and write it back unguarded: between the two,
/// somebody else has moved it.
///
/// *Acknowledged is durable.* A call returns when what it did survives a crash; what was not acknowledged may have
/// happened or not. The future may be dropped at any time; that leaves the call done or not done, never half done.
///
/// *A session and its revocation are one write.* Whatever ends a session, proves it anew or raises an epoch puts the entry into the
/// feed in the same transaction ([`Move::revokes`] says what a move does).
///
/// *Revocations outlive every access token.* An entry's `drop_after` is never earlier than the longest lifetime that was
/// [remembered](Self::remember_lifetime), after the moment at which it is made: the store sees to that in the same transaction, because
/// the node that asks may know of shorter ones only.
///
/// *Feed numbers become visible in order.* When a reader has seen entry 7, no entry below it may turn up later. Numbers
/// given out inside serialised writing transactions have that property; a PostgreSQL sequence does not (a
/// lower number may commit later), so give numbers under a lock held until commit. Gaps are fine.
///
/// *Nothing is left out because of the time.* A reader whose clock is fast would skip what counts, and never ask for it again. Entries
/// are remembered for what [`Retention`](super::Retention) says of the ending and of the last hand-out of the sessions that end.
///
/// *Nothing holds up the feed and single rows.* Lists come in pages of at most [`SESSIONS_PAGE`](super::SESSIONS_PAGE); however long one takes,
/// `find`, `advance` and `revocations` go on beside it.
///
/// *Rows leave by themselves.* `create` and `adopt` delete up to [`CLEARED_PER_WRITE`](super::CLEARED_PER_WRITE) rows
/// whose [`Session::clear_after`] has passed, and as many feed entries two days ([`KEPT_LONGER`](super::KEPT_LONGER)) past their
/// `drop_after`; `spend` as many spent ids two days past theirs. Never earlier: a spent token must be refused as what it is, an
/// adopted token must not find its row gone and be adopted again, and one node's fast clock must not clear what the others need.
///
/// *Namespaces are apart.* Services that share a database and not their users have a namespace each
/// ([`in_namespace`](Self::in_namespace)): what is done in one is seen in no other, be names, users and ids the same.
///
/// *Trouble is an error, never an answer.* A store that cannot be read returns [`StoreError`], which becomes 503;
/// answering "no such session" instead would log everybody out. It recovers by itself when its database does.
///
/// `now` always comes from the caller. A store that has a clock says what time it is ([`time`](Self::time)), so that its nodes can compare.
///
/// With the feature `testing`, `testing::store_contract` runs this contract against any implementation.
///
/// How a move looks over SQL is told at [`Presentation`](Presentation#how-an-implementation-over-sql-looks).
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// What the store can do. Defaults to everything.
    fn capabilities(&self) -> Capabilities {
        Capabilities::FULL
    }

    /// Stores a login and returns the row, in the user's present epoch.
    ///
    /// With a limit, the user's live sessions that were used least recently (by `handed_out_at`, then `created_at`) end as
    /// `SessionRevoked` until the new one fits.
    ///
    /// # Errors
    /// [`StoreError`]; a `sid` that is taken is `Corrupt` and changes nothing.
    fn create(
        &self,
        new: NewSession,
        limit: Option<SessionLimit>,
    ) -> impl Future<Output = Result<Session, StoreError>> + Send;

    /// Presents a generation and makes the move that the table says. An unknown `sid` is
    /// `Move::Ended(EndReason::Unknown)`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn advance(&self, presented: Presentation) -> impl Future<Output = Result<Move, StoreError>> + Send;

    /// Notes, before it happens, that tokens are handed out at this moment without a move: of a session, or (`None`) of none, as sliding
    /// tokens are. [`Session::handed_out_at`], or the one moment that a namespace has for all tokens of no session, becomes `now` unless it
    /// is later. `false`, and nothing changed, for a session that was ended or is unknown: then nothing may be handed out.
    ///
    /// [`Retention`](super::Retention) reckons with it, of a session's end with the session's moment and of
    /// [`end_all`](Self::end_all) with the latest of the user's sessions and of tokens of none; and the limit of sessions goes by it.
    ///
    /// Defaults to noting nothing: then a revocation may be forgotten while tokens live that a clock handed out which was ahead, and without
    /// rotation the session used least recently is the one of the oldest login.
    ///
    /// # Errors
    /// [`StoreError`]
    fn note_hand_out(
        &self,
        sid: Option<SessionId>,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let _ = now;
        async move {
            let Some(sid) = sid else { return Ok(true) };
            Ok(self.find(sid).await?.is_some_and(|session| session.ended.is_none()))
        }
    }

    /// Inserts the row if its `sid` is unknown (a token issued elsewhere, as generation 0), as
    /// [`NewSession::into_adopted`] makes it; else does nothing. `now` also says which rows may be cleared.
    ///
    /// # Errors
    /// [`StoreError`]
    fn adopt(&self, new: NewSession, now: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Reads one session, also an ended one.
    ///
    /// # Errors
    /// [`StoreError`]
    fn find(&self, sid: SessionId) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// A user's sessions that are alive at `now`, the youngest first: the first page of them. At most
    /// [`SESSIONS_PAGE`](super::SESSIONS_PAGE).
    ///
    /// # Errors
    /// [`StoreError`]
    fn list(&self, user_id: &str, now: Timestamp) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;

    /// The page after this place; none on it means that there are no more.
    ///
    /// Defaults to what [`list`](Self::list) has after the place, which is right for a store whose users have one page at most.
    ///
    /// # Errors
    /// [`StoreError`]
    fn list_after(
        &self,
        user_id: &str,
        place: SessionPlace,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send {
        async move {
            let mut page = self.list(user_id, now).await?;
            page.retain(|session| SessionPlace::of(session) < place);
            Ok(page)
        }
    }

    /// Ends a session. True if this call ended it; false if it was ended before, is unknown, or had expired so long ago that no access
    /// token of it can open anything ([`Session::opens_something`]).
    ///
    /// # Errors
    /// [`StoreError`]
    fn end(&self, sid: SessionId, ending: Ending) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends all of a user's sessions and raises the user's epoch by one; returns the new epoch. When that was is said by
    /// [`Ending::raises_at`], and never moves back.
    ///
    /// One session may be kept ("all others"): it moves into the new epoch, and its access tokens must be issued anew.
    ///
    /// # Errors
    /// [`StoreError`]
    fn end_all(
        &self,
        user_id: &str,
        keep: Option<SessionId>,
        ending: Ending,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Puts other claims in the place of a session's; `false`, and nothing changed, for one that was ended or is unknown.
    ///
    /// Defaults to an error, for stores from before there was this method: `JwtAuth::end_other_sessions` fails with it, before
    /// it has ended anything.
    ///
    /// # Errors
    /// [`StoreError`]
    fn set_claims(&self, sid: SessionId, claims: Claims) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let _ = (sid, claims);
        ready(Err(StoreError::corrupt(
            "this store cannot change a session's claims: implement `TokenStore::set_claims`",
        )))
    }

    /// A node with these keys comes to this namespace: [`KnownKeys::admit`] decides. If it may, its keys are remembered; where none of the known
    /// ones is among them they are forgotten, since nobody lives there any more who had one.
    ///
    /// Defaults to `Granted`, of a store that remembers no keys.
    ///
    /// # Errors
    /// [`StoreError`]
    fn admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> impl Future<Output = Result<Admission, StoreError>> + Send {
        let _ = (keys, now);
        ready(Ok(Admission::Granted))
    }

    /// The keys that are remembered of this namespace, and how many sessions live in it. Defaults to none, of a store that remembers no keys.
    ///
    /// # Errors
    /// [`StoreError`]
    fn known_keys(&self, now: Timestamp) -> impl Future<Output = Result<KnownKeys, StoreError>> + Send {
        let _ = now;
        ready(Ok(KnownKeys::default()))
    }

    /// Ends living sessions of this namespace, whoever's: as many as one write should; how many. Once it ends none, it forgets the keys as well.
    /// Epochs, revocations and used ids stay, and so do ended rows: what was refused before is refused after it.
    ///
    /// Defaults to an error, of a store that cannot.
    ///
    /// # Errors
    /// [`StoreError`]
    fn reset(&self, ending: Ending) -> impl Future<Output = Result<u64, StoreError>> + Send {
        let _ = ending;
        ready(Err(StoreError::unavailable("this store cannot be reset")))
    }

    /// The agreed times of the keys of this namespace. Read at the start and with each look for revocations. Defaults to none, of a store that
    /// keeps no schedule.
    ///
    /// # Errors
    /// [`StoreError`]
    fn key_schedule(&self) -> impl Future<Output = Result<KeySchedule, StoreError>> + Send {
        ready(Ok(KeySchedule::default()))
    }

    /// Puts another schedule in the place of this one, in one atomic step; `false`, and nothing changed, where it is not the present one any
    /// more. It is small, and changed by hand. No row ever leaves it. Defaults to an error, of a store that keeps none.
    ///
    /// # Errors
    /// [`StoreError`]
    fn reschedule(
        &self,
        before: KeySchedule,
        after: KeySchedule,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let _ = (before, after, now);
        ready(Err(StoreError::unavailable("this store keeps no schedule of keys")))
    }

    /// What time it is to this store. Defaults to [`StoreTime::Unknown`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn time(&self) -> impl Future<Output = Result<StoreTime, StoreError>> + Send {
        ready(Ok(StoreTime::Unknown))
    }

    /// The user's epoch: how often [`end_all`](Self::end_all) was called; 0 for a user never heard of.
    ///
    /// # Errors
    /// [`StoreError`]
    fn epoch(&self, user_id: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// When the user's epoch was last raised, [`Ending::raises_at`]; `None` when it never was, and the default: nobody knows, so what says
    /// no epoch is over once there is one.
    ///
    /// # Errors
    /// [`StoreError`]
    fn raised_at(&self, user_id: &str) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send {
        let _ = user_id;
        ready(Ok(None))
    }

    /// Remembers that access tokens of this life are in use, and answers every lifetime that is remembered in this namespace. From
    /// this call on no revocation is kept shorter than the longest. One that is no longer than the longest changes nothing.
    ///
    /// [`KnownLifetime::since`] is now, or later where the store knows of a revocation after that; and the beginning of time while nothing
    /// was ever revoked.
    ///
    /// Defaults to remembering nothing: then every access token is looked up in the store when a node meets it, and again now and then.
    ///
    /// # Errors
    /// [`StoreError`]
    fn remember_lifetime(
        &self,
        lifetime: Duration,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<KnownLifetime>, StoreError>> + Send {
        let _ = (lifetime, now);
        ready(Ok(Vec::new()))
    }

    /// Reads the feed above the number `after`: a page of it, see [`Feed`]. `now` is the reader's time; no entry is left out for it.
    ///
    /// # Errors
    /// [`StoreError`]
    fn revocations(&self, after: u64, now: Timestamp) -> impl Future<Output = Result<Feed, StoreError>> + Send;

    /// Waits until the feed has an entry above this number, as far as the store hears of that by itself: then whoever follows the feed reads it
    /// at once, and need not wait for `revocation_sync_interval`. It may return too early, too late or never; what it says is never more than
    /// a reason to look.
    ///
    /// Defaults to never, of a store that is asked now and then.
    fn news(&self, after: u64) -> impl Future<Output = ()> + Send {
        let _ = after;
        pending()
    }

    /// Notes that an id is used up: true for one caller, false for every later one, over all nodes of this store.
    ///
    /// What may be used once (a ticket) carries such an id and cannot be used from `drop_after` on; then the id may be
    /// forgotten.
    ///
    /// # Errors
    /// [`StoreError`]
    fn spend(
        &self,
        id: &str,
        drop_after: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What is counted of failed logins in these buckets, in their order; nothing of a count whose time is over. See
    /// [`count_failure`](Self::count_failure).
    ///
    /// Defaults to an error, of a store whose [`Capabilities`] do not name it.
    ///
    /// # Errors
    /// [`StoreError`]
    fn failures(
        &self,
        buckets: &[FailureBucket],
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Failures>, StoreError>> + Send {
        let _ = (buckets, now);
        ready(Err(StoreError::unavailable("this store does not count failed logins")))
    }

    /// Counts a failed login in each of these buckets, and answers what is counted now, in their order. Each is one atomic step: of any number
    /// of failures at once, on whichever nodes, every one is counted. The count begins anew where the last one was counted at
    /// [`FailureToCount::over_at`] or before, or its time is over.
    ///
    /// At most [`FAILURE_ROWS`](super::FAILURE_ROWS) are kept (a few hundred more, where rows leave in batches).
    ///
    /// Defaults to an error, of a store whose [`Capabilities`] do not name it.
    ///
    /// # Errors
    /// [`StoreError`]
    fn count_failure(
        &self,
        failed: &[FailureToCount],
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Failures>, StoreError>> + Send {
        let _ = (failed, now);
        ready(Err(StoreError::unavailable("this store does not count failed logins")))
    }

    /// Forgets what is counted in these buckets. Defaults to an error, as [`count_failure`](Self::count_failure).
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget_failures(&self, buckets: &[FailureBucket]) -> impl Future<Output = Result<(), StoreError>> + Send {
        let _ = buckets;
        ready(Err(StoreError::unavailable("this store does not count failed logins")))
    }

    /// Whether the store can be used at this moment: one cheap look, for `/healthz`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn health(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// This store, for calls that are written down as well ([`AuditNote`]), in the transaction that does what they do: there is never a row of
    /// what did not happen, nor a change without its row.
    ///
    /// Defaults to `None`: the store has no such table, and a service that sets `audit_table` does not start with it.
    fn audited(&self, note: AuditNote) -> Option<AnyTokenStore> {
        let _ = note;
        None
    }

    /// This store for the rows of another namespace (the setting `namespace`); the database is the same, and nothing of one
    /// namespace is seen in another. The empty one is where a store begins.
    ///
    /// Defaults to `None`: the store knows no namespaces, and a service that sets one does not start with it.
    fn in_namespace(&self, namespace: &str) -> Option<AnyTokenStore> {
        let _ = namespace;
        None
    }
}
