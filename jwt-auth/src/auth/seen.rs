//! Tokens that passed before: what depends on their text and the keys alone is not computed again.

use crate::clock::Timestamp;
use crate::secret::Secret;
use crate::verify::{KeySet, VerifiedToken, Verifier};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A bounded cache of verified tokens.
///
/// Found by a keyed hash of the signature's end and told apart by the whole text, which is wiped when it leaves. Only what was verified gets
/// in, so forged tokens take no room; and where there is no room left, only what came twice in a short while, so that a flood of
/// tokens that come once pushes nothing out. Times are judged anew each time, and keys that have changed make every entry void;
/// who is revoked or unknown is for others to ask.
pub(crate) struct SeenTokens {
    /// Nobody can foresee where a token lies.
    secret: [u64; 2],
    /// A part of the hash of each place's token, 0 for none: what is not here costs a look at these, so they are small.
    tags: Box<[AtomicU32]>,
    places: Box<[Place]>,
    /// Parts of hashes that came lately while there was no room.
    doorstep: Box<[AtomicU16]>,
    /// The bytes of all entries, and how many they may be.
    used: AtomicUsize,
    most: usize,
    /// Where the search for what can leave goes on.
    hand: AtomicUsize,
    #[cfg(feature = "testing")]
    found: std::sync::atomic::AtomicU64,
}

/// A token that passed, and what it passed.
pub(crate) struct Seen {
    pub(crate) token: VerifiedToken,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) keys: Arc<KeySet>,
}

/// A text that was looked for and not found, by its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unseen {
    tag: u64,
}

#[derive(Default)]
struct Place {
    entry: RwLock<Option<Box<Entry>>>,
    /// Found since the hand last came by.
    was_used: AtomicBool,
}

struct Entry {
    text: Secret,
    seen: Seen,
    bytes: usize,
}

/// How many places a token may have.
const WAYS: usize = 4;

impl SeenTokens {
    /// That takes so many bytes at the most; none for 0.
    pub(crate) fn new(bytes: usize) -> Self {
        /// What a place with an ordinary token takes.
        const EACH: usize = 1024;
        /// How often more tokens than fit can come before one that came is forgotten.
        const DOORSTEP: usize = 4;
        let places = if bytes == 0 { 0 } else { (bytes / EACH).next_power_of_two().max(WAYS) };
        let doorstep = places * DOORSTEP;
        let random = RandomState::new();
        let fixed = places * (size_of::<Place>() + size_of::<AtomicU32>()) + doorstep * size_of::<AtomicU16>();
        Self {
            secret: [0, 1].map(|number: u64| random.hash_one(number)),
            tags: (0..places).map(|_| AtomicU32::new(0)).collect(),
            places: (0..places).map(|_| Place::default()).collect(),
            doorstep: (0..doorstep).map(|_| AtomicU16::new(0)).collect(),
            used: AtomicUsize::new(0),
            most: bytes.saturating_sub(fixed),
            hand: AtomicUsize::new(0),
            #[cfg(feature = "testing")]
            found: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// The token of this text, if it passed before and would pass now.
    pub(crate) fn find(&self, text: &[u8], now: impl Fn() -> Timestamp) -> Result<VerifiedToken, Unseen> {
        let Unseen { tag } = self.unseen(text);
        for at in self.ways(tag) {
            let (Some(known), Some(place)) = (self.tags.get(at), self.places.get(at)) else { continue };
            if known.load(Ordering::Acquire) != mark(tag) {
                continue;
            }
            let entry = place.entry.read().unwrap_or_else(PoisonError::into_inner);
            let Some(Entry { text: known, seen, .. }) = entry.as_deref() else { continue };
            if known.expose().as_bytes() == text && seen.verifier.still_accepts(&seen.token, &seen.keys, now()) {
                if !place.was_used.load(Ordering::Relaxed) {
                    place.was_used.store(true, Ordering::Relaxed);
                }
                #[cfg(feature = "testing")]
                self.found.fetch_add(1, Ordering::Relaxed);
                return Ok(seen.token.clone());
            }
        }
        Err(Unseen { tag })
    }

    /// A text that is to be verified whether it was seen or not.
    pub(crate) fn unseen(&self, text: &[u8]) -> Unseen {
        Unseen { tag: if self.places.is_empty() { 0 } else { self.tag(text) } }
    }

    /// Remembers a token that was verified just now; `seen` is asked for if there is a place for it.
    pub(crate) fn keep(&self, Unseen { tag }: Unseen, text: &str, token: &VerifiedToken, seen: impl FnOnce() -> Seen) {
        if self.places.is_empty() {
            return;
        }
        let bytes = size_of::<Entry>() + text.len() + token.footprint();
        // One that takes an eighth of everything is not worth what would leave for it.
        if bytes > self.most / 8 {
            return;
        }
        let is_tight = self.used.load(Ordering::Relaxed).saturating_add(bytes) > self.most;
        if is_tight && !self.came_before(tag) {
            return;
        }
        let at = match self.free_way(tag) {
            Some(at) => at,
            None if is_tight || self.came_before(tag) => self.least_used_way(tag),
            None => return,
        };
        self.used.fetch_add(bytes, Ordering::Relaxed);
        self.put(at, Some((tag, Box::new(Entry { text: Secret::from(text), seen: seen(), bytes }))));
        self.make_room(at);
    }

    /// How often one was found.
    #[cfg(feature = "testing")]
    pub(crate) fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }

    /// Of the end of its signature, which looks like chance to everybody, and which who has no key cannot choose for what gets in.
    fn tag(&self, text: &[u8]) -> u64 {
        let end = text.last_chunk().copied().map_or(0, u128::from_le_bytes);
        let [one, other] = self.secret;
        let product = u128::from(end as u64 ^ one) * u128::from((end >> 64) as u64 ^ other);
        product as u64 ^ (product >> 64) as u64
    }

    /// The places that a token may have lie side by side.
    fn ways(&self, tag: u64) -> std::ops::Range<usize> {
        let first = tag as usize & self.places.len().saturating_sub(1) & !(WAYS - 1);
        first..first + WAYS
    }

    /// Its own place, or an empty one.
    fn free_way(&self, tag: u64) -> Option<usize> {
        let is =
            |at: &usize, wanted: u32| self.tags.get(*at).is_some_and(|mark| mark.load(Ordering::Acquire) == wanted);
        self.ways(tag).find(|at| is(at, mark(tag))).or_else(|| self.ways(tag).find(|at| is(at, 0)))
    }

    fn least_used_way(&self, tag: u64) -> usize {
        let ways = self.ways(tag);
        let first = ways.start;
        let is_unused =
            |at: &usize| self.places.get(*at).is_some_and(|place| !place.was_used.swap(false, Ordering::Relaxed));
        // By the upper bits, that all get their turn.
        ways.clone().find(is_unused).unwrap_or(first + (tag >> 60) as usize % WAYS)
    }

    fn came_before(&self, tag: u64) -> bool {
        let mark = (tag >> 32) as u16;
        let step = self.doorstep.get(tag as usize & (self.doorstep.len() - 1));
        step.is_some_and(|step| step.swap(mark, Ordering::Relaxed) == mark)
    }

    /// Lets entries leave until the rest fits, but not the one that has just come.
    fn make_room(&self, newest: usize) {
        for _ in 0..self.places.len() * 2 {
            if self.used.load(Ordering::Relaxed) <= self.most {
                return;
            }
            let at = self.hand.fetch_add(1, Ordering::Relaxed) & (self.places.len() - 1);
            let Some(place) = self.places.get(at).filter(|_| at != newest) else { continue };
            if !place.was_used.swap(false, Ordering::Relaxed) {
                self.put(at, None);
            }
        }
    }

    fn put(&self, at: usize, entry: Option<(u64, Box<Entry>)>) {
        let (Some(place), Some(known)) = (self.places.get(at), self.tags.get(at)) else { return };
        let (mark, entry) = entry.map_or((0, None), |(tag, entry)| (mark(tag), Some(entry)));
        let left = {
            let mut room = place.entry.write().unwrap_or_else(PoisonError::into_inner);
            known.store(mark, Ordering::Release);
            std::mem::replace(&mut *room, entry)
        };
        place.was_used.store(false, Ordering::Relaxed);
        if let Some(left) = left {
            self.used.fetch_sub(left.bytes, Ordering::Relaxed);
        }
    }
}

/// What is kept of a hash beside its place, which are its lower bits.
fn mark(tag: u64) -> u32 {
    ((tag >> 32) as u32).max(1)
}

impl fmt::Debug for SeenTokens {
    /// How many bytes, and nothing of any token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenTokens").field("used", &self.used).field("most", &self.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
