//! What wakes the follower before its time.

use crate::store::{AnyTokenStore, TokenStore};
use std::time::Duration;
use tokio::time::Instant;

/// Rests between two readings of the feed, unless the store says that there is something to read.
#[derive(Default)]
pub(super) struct Alarm {
    /// The number above which there was to be something when it last rang.
    rung: Option<u64>,
}

/// Several logouts that come together are one reading.
const GATHERING: Duration = Duration::from_millis(10);

impl Alarm {
    /// Rests for so long, or until the store has [`news`](TokenStore::news) above this number.
    pub(super) async fn rest(&mut self, pause: Duration, store: &AnyTokenStore, after: u64) {
        let until = Instant::now() + pause;
        // A store that said so, and had nothing, is asked when its time has come: else it would be asked all the time.
        if self.rung.take() != Some(after) {
            let store = store.clone();
            // In a task of its own: one that panics takes nothing else along.
            let mut waiting = Waiting(tokio::spawn(async move { store.news(after).await }));
            if let Ok(Ok(())) = tokio::time::timeout_at(until, &mut waiting.0).await {
                self.rung = Some(after);
                tokio::time::sleep(GATHERING.min(pause)).await;
                return;
            }
        }
        tokio::time::sleep_until(until).await;
    }
}

/// Nobody waits for what nobody asks for any more.
struct Waiting(tokio::task::JoinHandle<()>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    #[tokio::test(start_paused = true)]
    async fn a_store_that_says_nothing_leaves_the_pause_as_it_is() {
        let store = AnyTokenStore::new(MemoryStore::new());
        let begun = Instant::now();
        Alarm::default().rest(Duration::from_secs(40), &store, 0).await;
        assert_eq!(begun.elapsed().as_secs(), 40);
    }
}
