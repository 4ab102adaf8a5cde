//! The agreed times of all keys, and how they are changed.

use super::{KeyMark, KeyState, KeyTimes, ScheduledKey};
use crate::clock::Timestamp;
use std::time::Duration;

/// The agreed times of the keys of one namespace. A key that is not in it is accepted for as long as it stands in the settings.
///
/// A schedule is changed by making the next one from it, and exchanging the two in the store
/// ([`TokenStore::reschedule`](crate::store::TokenStore::reschedule)):
///
/// ```
/// use jwt_auth::clock::Timestamp;
/// use jwt_auth::keys::{KeyMark, KeySchedule, KeyState, KeyTimes};
/// use jwt_auth::{Secret, Settings};
///
/// let (now, times) = (Timestamp::from_seconds(1_800_000_000), KeyTimes::of(&Settings::new(Secret::generate()?)));
/// let (first, next) = (KeyMark::from_text("first"), KeyMark::from_text("next"));
/// let schedule = KeySchedule::default().take_over(&first, "first", now).stage(&next, "next", now)?;
/// let tomorrow = now.after(times.announced);
/// let schedule = schedule.activate(&next, tomorrow, &times, now)?;
/// assert_eq!(schedule.state(&next, now), Some(KeyState::Staged));
/// assert_eq!(schedule.state(&next, tomorrow), Some(KeyState::Active));
/// assert_eq!(schedule.state(&first, tomorrow), Some(KeyState::Retiring));
/// assert_eq!(schedule.state(&first, tomorrow.after(times.kept)), Some(KeyState::Removed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySchedule {
    /// By their marks.
    keys: Vec<ScheduledKey>,
}

/// Why a schedule cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// It is in the schedule already.
    #[error("it is {0} already")]
    Already(KeyState),
    /// Only a staged key becomes active.
    #[error("it is not staged: let every node start with it in `key_ring`, then `jwt-auth keys stage`")]
    NotStaged,
    /// What was removed never comes back.
    #[error("it was removed, and no key comes back from that: generate another one")]
    Removed,
    /// Some node may not have heard of it by then.
    #[error(
        "no node may sign with a key that it has not seen staged for two intervals of `revocation_sync_interval`: {0} is the earliest"
    )]
    TooSoon(Timestamp),
    /// There would be nothing to sign with.
    #[error(
        "no other key could sign in its place: let every node start with another one in `key_ring`, and stage that first"
    )]
    NoOther,
}

impl KeySchedule {
    /// Of these rows.
    pub fn new(mut keys: Vec<ScheduledKey>) -> Self {
        keys.sort_by(|one, other| one.mark.cmp(&other.mark));
        Self { keys }
    }

    /// Its rows, in the order of their marks.
    pub fn keys(&self) -> &[ScheduledKey] {
        &self.keys
    }

    /// Whether nothing was ever agreed.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The row of a key.
    pub fn get(&self, mark: &KeyMark) -> Option<&ScheduledKey> {
        self.keys.iter().find(|key| key.mark == *mark)
    }

    /// Where a key stands at this moment; `None` of one that is not in the schedule.
    pub fn state(&self, mark: &KeyMark, now: Timestamp) -> Option<KeyState> {
        self.get(mark).map(|key| key.state(now))
    }

    /// The row of the key that is to sign at this moment, whoever holds it.
    pub fn signer(&self, now: Timestamp) -> Option<&ScheduledKey> {
        let active = self.keys.iter().filter(|key| key.state(now) == KeyState::Active);
        active.max_by_key(|key| (key.active_from, &key.mark))
    }

    /// The last change up to this moment, and the first one after it.
    pub(super) fn span(&self, now: Timestamp) -> (Timestamp, Option<Timestamp>) {
        let changes = || self.keys.iter().flat_map(ScheduledKey::changes);
        (changes().filter(|at| *at <= now).max().unwrap_or_default(), changes().filter(|at| *at > now).min())
    }

    /// A key of the settings that signs without being in the schedule is in it from now on, as one that always did.
    #[must_use]
    pub fn take_over(&self, mark: &KeyMark, key_id: &str, now: Timestamp) -> Self {
        if self.get(mark).is_some() {
            return self.clone();
        }
        let active_from = Some(Timestamp::default());
        self.with(ScheduledKey { active_from, ..ScheduledKey::staged(mark.clone(), key_id, now) })
    }

    /// Nodes have this key from now on; when it signs is still to be agreed.
    ///
    /// # Errors
    /// [`ScheduleError::Already`], [`ScheduleError::Removed`].
    pub fn stage(&self, mark: &KeyMark, key_id: &str, now: Timestamp) -> Result<Self, ScheduleError> {
        match self.state(mark, now) {
            Some(KeyState::Removed) => Err(ScheduleError::Removed),
            Some(state) => Err(ScheduleError::Already(state)),
            None => Ok(self.with(ScheduledKey::staged(mark.clone(), key_id, now))),
        }
    }

    /// The key signs from this moment on, and the one before it retires by then. One that is retiring may become active again.
    ///
    /// # Errors
    /// [`ScheduleError::NotStaged`], [`ScheduleError::Already`], [`ScheduleError::Removed`], [`ScheduleError::TooSoon`].
    pub fn activate(
        &self,
        mark: &KeyMark,
        at: Timestamp,
        times: &KeyTimes,
        now: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let key = self.get(mark).ok_or(ScheduleError::NotStaged)?;
        match key.state(now) {
            KeyState::Removed => return Err(ScheduleError::Removed),
            // One that signs would have to stop until then.
            KeyState::Active if key.retiring_from.is_none() || at > now => {
                return Err(ScheduleError::Already(KeyState::Active));
            }
            _ => {}
        }
        let earliest = key.staged_at.after(times.heard);
        if at < earliest {
            return Err(ScheduleError::TooSoon(earliest));
        }
        let at = Some(at.max(now));
        let key = ScheduledKey { active_from: at, retiring_from: None, removed_at: None, ..key.clone() };
        Ok(self.with(key).settled(times.kept, now))
    }

    /// A key that does not sign is on its way out: one that never did at once, another when nothing lives any more that it signed.
    ///
    /// # Errors
    /// [`ScheduleError::NoOther`] of the one that signs, [`ScheduleError::Already`].
    pub fn retire(
        &self,
        mark: &KeyMark,
        key_id: &str,
        times: &KeyTimes,
        now: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let staged = ScheduledKey::staged(mark.clone(), key_id, now);
        let key = match self.get(mark) {
            // Of a key that was never agreed on nobody knows what it signed.
            None => ScheduledKey { active_from: Some(Timestamp::default()), ..staged },
            Some(key) => key.clone(),
        };
        let signs = self.signer(now).is_none_or(|signer| signer.mark == *mark);
        let (retiring_from, removed_at) = match key.state(now) {
            KeyState::Staged => (None, Some(now)),
            KeyState::Active if signs => return Err(ScheduleError::NoOther),
            KeyState::Active => (Some(now), Some(now.after(times.kept))),
            state => return Err(ScheduleError::Already(state)),
        };
        let active_from = key.active_from.filter(|at| *at <= now);
        Ok(self.with(ScheduledKey { active_from, retiring_from, removed_at, ..key }).settled(times.kept, now))
    }

    /// Somebody else knows the key: it is removed at once, and where it signed the next one signs at once, the one that was staged last or
    /// else one that is retiring. `has_spare`: the settings have another key that signs without being in the schedule.
    ///
    /// # Errors
    /// [`ScheduleError::Already`], [`ScheduleError::NoOther`].
    pub fn compromise(
        &self,
        mark: &KeyMark,
        key_id: &str,
        has_spare: bool,
        times: &KeyTimes,
        now: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let key = self.get(mark).cloned().unwrap_or_else(|| ScheduledKey::staged(mark.clone(), key_id, now));
        if key.compromised_at.is_some() {
            return Err(ScheduleError::Already(KeyState::Removed));
        }
        let removed_at = Some(key.removed_at.map_or(now, |at| at.min(now)));
        let left = self.with(ScheduledKey { removed_at, compromised_at: Some(now), ..key });
        if left.signer(now).is_some() {
            return Ok(left.settled(times.kept, now));
        }
        let of_state = |state| left.keys.iter().filter(move |key| key.state(now) == state);
        let next = of_state(KeyState::Staged).max_by_key(|key| key.staged_at);
        let next = next.or_else(|| of_state(KeyState::Retiring).max_by_key(|key| key.active_from)).cloned();
        match next {
            Some(next) => {
                let next = ScheduledKey { active_from: Some(now), retiring_from: None, removed_at: None, ..next };
                Ok(left.with(next).settled(times.kept, now))
            }
            None if has_spare => Ok(left),
            None => Err(ScheduleError::NoOther),
        }
    }

    fn with(&self, key: ScheduledKey) -> Self {
        let others = self.keys.iter().filter(|other| other.mark != key.mark).cloned();
        Self::new(others.chain([key.clone()]).collect())
    }

    /// Each key retires when the next one becomes active, and is removed when nothing can live any more that it signed. What has happened
    /// stays as it is, but that nothing is removed sooner than was agreed.
    fn settled(mut self, kept: Duration, now: Timestamp) -> Self {
        let living = |key: &ScheduledKey| key.state(now) != KeyState::Removed;
        let mut starts: Vec<Timestamp> =
            self.keys.iter().filter(|key| living(key)).filter_map(|key| key.active_from).collect();
        starts.sort_unstable();
        for key in self.keys.iter_mut().filter(|key| living(key)) {
            let Some(active_from) = key.active_from else { continue };
            let next = starts.iter().copied().find(|start| *start > active_from);
            match (key.state(now), next) {
                (KeyState::Retiring, _) => {
                    let agreed = key.removed_at;
                    let since = key.retiring_from.unwrap_or(now);
                    key.removed_at = agreed.max(Some(since.after(kept)));
                }
                (_, Some(next)) => {
                    key.retiring_from = Some(next.max(now));
                    key.removed_at = Some(next.max(now).after(kept));
                }
                (_, None) => (key.retiring_from, key.removed_at) = (None, None),
            }
        }
        self
    }
}
