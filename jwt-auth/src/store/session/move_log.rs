//! When the last generations stopped being the newest.

use crate::clock::Timestamp;
use std::fmt::Write;
use std::time::Duration;

/// The last moves of a session: for each of at most 16 slots of time, the newest generation that was superseded in it, and when.
///
/// Slots are a fifteenth of the grace, so 16 of them reach back that far however fast a client refreshes; what is older was
/// superseded too long ago to ask when. Of two generations superseded in one slot the older one counts as superseded with the
/// newer, which makes it younger by at most that fifteenth.
///
/// Kept as the text that stands in databases, newest entry first: 16 hex digits for the generation, 12 for the moment
/// in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveLog(String);

/// Hex digits of an entry.
const ENTRY: usize = 28;
/// Hex digits of its generation.
const GENERATION: usize = 16;
/// Entries at most.
const SLOTS: usize = 16;

impl MoveLog {
    /// Nothing moved yet.
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// From its text; `None` for what is none.
    pub fn parse(text: String) -> Option<Self> {
        let fits = text.len().is_multiple_of(ENTRY) && text.len() <= SLOTS * ENTRY;
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (fits && digits).then_some(Self(text))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// When `generation` was superseded: the moment of the oldest entry of a generation not below it. `None` when nobody knows.
    ///
    /// A moment after `latest` was written by a clock that was ahead, and would make what is long spent young until its time comes. The
    /// generation was superseded before all that came after it, so the next moment counts that can be believed, if there is one.
    pub fn superseded_at(&self, generation: u64, latest: Timestamp) -> Option<Timestamp> {
        let (mut told, mut believed) = (None, None);
        for (_, moment) in self.entries().take_while(|(superseded, _)| *superseded >= generation) {
            told = Some(moment);
            believed = told.filter(|moment| *moment <= latest).or(believed);
        }
        believed.or(told)
    }

    /// Notes that `generation` is superseded now, in the entry of the last move when both fall into one slot.
    pub(super) fn note(&mut self, generation: u64, now: Timestamp, last_move: Timestamp, slot: Duration) {
        let slot = u64::try_from(slot.as_millis()).unwrap_or(u64::MAX).max(1);
        let is_same_slot = last_move.millis() / slot == now.millis() / slot;
        let kept = self.0.get(if is_same_slot { ENTRY } else { 0 }..).unwrap_or_default();
        let mut text = String::with_capacity(SLOTS * ENTRY);
        // Writing to a String cannot fail.
        let _ = write!(text, "{generation:016x}{:012x}", now.millis() & 0xffff_ffff_ffff);
        let room = (SLOTS - 1) * ENTRY;
        text.push_str(kept.get(..room).unwrap_or(kept));
        self.0 = text;
    }

    /// Generation and moment, the newest first.
    fn entries(&self) -> impl Iterator<Item = (u64, Timestamp)> + '_ {
        (0..self.0.len() / ENTRY).filter_map(|at| {
            let entry = self.0.get(at * ENTRY..(at + 1) * ENTRY)?;
            let (generation, moment) = entry.split_at_checked(GENERATION)?;
            let generation = u64::from_str_radix(generation, 16).ok()?;
            Some((generation, Timestamp::from_millis(u64::from_str_radix(moment, 16).ok()?)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    #[test]
    fn a_fast_client_loses_nothing_within_sixteen_slots() {
        let slot = Duration::from_secs(8);
        let (mut log, mut last) = (MoveLog::new(), at(0));
        // One move each second for ten minutes.
        for generation in 0..600 {
            log.note(generation, at(generation), last, slot);
            last = at(generation);
        }
        assert_eq!(log.as_str().len(), 16 * 28);
        assert_eq!(MoveLog::parse(log.as_str().to_owned()), Some(log.clone()));
        for back in 0..120 {
            let told = log.superseded_at(599 - back, at(599)).expect("remembered");
            let late = told.since(at(599 - back));
            assert!(late < slot, "{back} moves ago: {late:?} too young");
        }
        assert!(at(599).since(log.superseded_at(0, at(599)).expect("the oldest entry")) >= 15 * slot, "too long ago");
        assert_eq!(log.superseded_at(600, at(599)), None, "the newest is not superseded");
    }

    #[test]
    fn a_moment_that_lies_ahead_counts_where_there_is_no_other() {
        let (slot, mut log) = (Duration::from_secs(8), MoveLog::new());
        log.note(0, at(0), at(0), slot);
        log.note(1, at(9000), at(0), slot);
        log.note(2, at(8000), at(9000), slot);
        let told = |log: &MoveLog, generation| log.superseded_at(generation, at(40));
        assert_eq!([0, 1, 2].map(|generation| told(&log, generation)), [at(0), at(9000), at(8000)].map(Some));
        log.note(3, at(30), at(8000), slot);
        log.note(4, at(40), at(30), slot);
        let moments = [at(0), at(30), at(30), at(30), at(40)];
        assert_eq!([0, 1, 2, 3, 4].map(|generation| told(&log, generation)), moments.map(Some));
    }

    #[test]
    fn what_is_no_log_is_not_read() {
        for wrong in ["0", &"g".repeat(28), &"A".repeat(28), &"0".repeat(28 * 17), "é"] {
            assert_eq!(MoveLog::parse(wrong.to_owned()), None, "{wrong}");
        }
        assert_eq!(MoveLog::parse(String::new()), Some(MoveLog::new()));
    }
}
