//! Names of keys that nobody has.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// For so long it is believed that an issuer does not have a key.
const KEPT: Duration = Duration::from_secs(60);

/// How many names are kept; the oldest leaves first.
const MOST: usize = 1024;

/// The names, in the order in which they were learned. A moment is one of the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct UnknownKeys {
    until: HashMap<Box<str>, Duration>,
    order: VecDeque<Box<str>>,
}

impl UnknownKeys {
    pub(super) fn holds(&self, key_id: &str, now: Duration) -> bool {
        self.until.get(key_id).is_some_and(|until| now < *until)
    }

    pub(super) fn note(&mut self, key_id: &str, now: Duration) {
        let until = now.saturating_add(KEPT);
        if let Some(known) = self.until.get_mut(key_id) {
            *known = until;
            return;
        }
        if self.order.len() >= MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.until.remove(&oldest);
        }
        self.until.insert(key_id.into(), until);
        self.order.push_back(key_id.into());
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, MOST, UnknownKeys};
    use std::time::Duration;

    #[test]
    fn names_are_forgotten_in_time_and_for_want_of_room() {
        let mut unknown = UnknownKeys::default();
        unknown.note("a", Duration::ZERO);
        assert!(unknown.holds("a", KEPT - Duration::from_millis(1)));
        assert!(!unknown.holds("a", KEPT) && !unknown.holds("b", Duration::ZERO));
        for number in 0..MOST {
            unknown.note(&number.to_string(), Duration::ZERO);
        }
        assert!(!unknown.holds("a", Duration::ZERO) && unknown.holds("0", Duration::ZERO));
        assert_eq!((unknown.until.len(), unknown.order.len()), (MOST, MOST));
        unknown.note("1", KEPT);
        assert!(unknown.holds("1", KEPT) && unknown.order.len() == MOST);
    }
}
