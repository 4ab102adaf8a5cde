//! The memory that Argon2 works in.

use argon2::Block;
use zeroize::Zeroize;

/// Working memory for one hash at a time. A thread that hashes again and again keeps what a usual hash needs: given back each
/// time, it would stay with the allocator all the same, once for each thread that has ever hashed.
///
/// After each hash it is wiped, also when the hash panics: it holds what the password was made into.
#[derive(Default)]
pub(crate) struct Memory {
    kept: Vec<Block>,
    /// In blocks of 1 KiB.
    keep: usize,
}

impl Memory {
    /// Keeps so many blocks of 1 KiB, from the first hash on that needs any.
    pub(super) fn keeping(blocks: usize) -> Self {
        Self { kept: Vec::new(), keep: blocks }
    }

    /// Lends so many blocks. What is more than is kept is allocated for this once. `None` when there is no such memory.
    pub(super) fn lend<T>(&mut self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> Option<T> {
        if blocks > self.keep {
            let mut lent = zeroed(blocks)?;
            return Some(work(Wiped(&mut lent).0));
        }
        if self.kept.is_empty() {
            self.kept = zeroed(self.keep)?;
        }
        let lent = Wiped(self.kept.get_mut(..blocks)?);
        Some(work(lent.0))
    }
}

fn zeroed(blocks: usize) -> Option<Vec<Block>> {
    let mut memory = Vec::new();
    // Not the end of the process, where there is no more: the parameters stand in a user's row.
    memory.try_reserve_exact(blocks).ok()?;
    memory.resize(blocks, Block::new());
    Some(memory)
}

/// Zero again when it is given back.
struct Wiped<'m>(&'m mut [Block]);

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|block| block.as_mut().zeroize());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn fill(blocks: &mut [Block]) {
        blocks.iter_mut().for_each(|block| block.as_mut().fill(7));
    }

    fn is_wiped(memory: &Memory) -> bool {
        memory.kept.iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
    }

    #[test]
    fn what_was_lent_is_kept_and_wiped() {
        let mut memory = Memory::keeping(8);
        assert_eq!(memory.kept.capacity(), 0, "nothing is taken before it is needed");
        let place = memory.lend(8, |blocks| {
            fill(blocks);
            blocks.as_ptr()
        });
        assert!(is_wiped(&memory));
        assert_eq!(memory.lend(3, |blocks| (blocks.len(), blocks.as_ptr())), place.map(|place| (3, place)));
        assert!(
            catch_unwind(AssertUnwindSafe(|| memory.lend(8, |blocks| -> () {
                fill(blocks);
                panic!("in a hash")
            })))
            .is_err()
        );
        assert!(is_wiped(&memory) && memory.kept.len() == 8);
    }

    #[test]
    fn more_than_is_kept_is_lent_once() {
        let mut memory = Memory::keeping(8);
        assert_eq!(memory.lend(9, |blocks| blocks.len()), Some(9));
        assert_eq!(memory.kept.capacity(), 0);
        assert_eq!(memory.lend(usize::MAX / 2, |_| ()), None, "there is no such memory");
    }
}
