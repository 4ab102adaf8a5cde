//! What a node makes of the schedule of keys in its store.

use super::load_settings::fault;
use crate::audit::{AuditEvent, Auditor, Subject};
use crate::clock::{Clock, Timestamp};
use crate::error::StoreError;
use crate::keys::{KeyMark, KeySchedule, KeyState, ScheduledKey, ScheduledRing};
use crate::settings::{Settings, SettingsFault};
use crate::store::{AnyTokenStore, TokenStore};
use std::sync::Arc;

/// Follows the schedule, and says what is wrong with this node's keys.
#[derive(Clone, Debug)]
pub(crate) struct KeyWatch {
    pub(crate) ring: Arc<ScheduledRing>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Auditor,
}

impl KeyWatch {
    /// Reads the schedule; what is new in it is said.
    pub(crate) async fn read(self, store: AnyTokenStore) -> Result<(), StoreError> {
        let schedule = store.key_schedule().await?;
        let Some(before) = self.ring.learn(schedule) else { return Ok(()) };
        let was_known = |key: &ScheduledKey| before.get(&key.mark).is_some_and(|old| old.compromised_at.is_some());
        for key in self.ring.schedule().keys() {
            if key.compromised_at.is_some() && !was_known(key) {
                let key_id = key.key_id.clone();
                self.audit.tell(&AuditEvent::KeyCompromised { subject: Subject::default(), key_id });
            }
        }
        self.warn_of_missing();
        Ok(())
    }

    /// Keys that others sign with, or will, and this node refuses.
    pub(crate) fn warn_of_missing(&self) {
        let now = self.clock.now();
        if let Some(ScheduledKey { key_id, .. }) = self.ring.missing_signer(now) {
            tracing::error!(target: "jwt_auth", key_id, "this node does not hold the key that signs now, and signs with an older one: put it into `key_ring` here too");
        }
        for ScheduledKey { mark, key_id, .. } in self.ring.schedule().keys() {
            let is_used = self.ring.schedule().state(mark, now).is_some_and(|state| state != KeyState::Removed);
            if is_used && !self.ring.has(mark) {
                tracing::warn!(target: "jwt_auth", key_id, "this node does not hold a key of the schedule, and refuses what it signs: put it into `key_ring` here too");
            }
        }
    }

    /// A key that signs here, and that the others may not have heard of. `seen`: what nodes have started with before this one.
    pub(crate) fn warn_of_unseen(&self, settings: &Settings, seen: &[KeyMark]) {
        let (now, schedule) = (self.clock.now(), self.ring.schedule());
        // The first node of all has nobody to wait for.
        let Some(signer) = self.ring.signer(now).filter(|_| !schedule.is_empty() || !seen.is_empty()) else { return };
        let heard = settings.revocation_sync_interval.saturating_mul(2);
        let is_seen = |key: &ScheduledKey| key.staged_at.after(heard) <= now || is_from_before(key);
        let mark = signer.verifying_key().mark();
        if !schedule.get(&mark).map_or_else(|| seen.contains(&mark), is_seen) {
            let key_id = signer.key_id();
            tracing::warn!(target: "jwt_auth", key_id, "this node signs with a key that the store has not seen staged: other nodes that do not have it refuse what it signs; put it into `key_ring` everywhere, then `jwt-auth keys stage` and `activate`");
        }
    }
}

/// A key that signed before there was a schedule.
fn is_from_before(key: &ScheduledKey) -> bool {
    key.active_from == Some(Timestamp::default())
}

/// A node whose every key was removed could neither sign nor accept anything.
pub(crate) fn fault_of_removed(ring: &ScheduledRing, now: Timestamp) -> Option<SettingsFault> {
    let reason =
        "it was removed from the schedule of keys, as every other one of these settings: nobody accepts what it signs";
    let remedy = "put the key that signs now into `key_ring`; `jwt-auth keys status` names it";
    ring.verifying(now).is_empty().then(|| fault("signing_key", reason, remedy))
}

/// The schedule of a store, or none without a store.
pub(crate) async fn schedule_of(store: Option<&AnyTokenStore>) -> Result<KeySchedule, StoreError> {
    match store {
        Some(store) => store.key_schedule().await,
        None => Ok(KeySchedule::default()),
    }
}
