//! What is open around the place that is being read.

use super::{BadJson, MAX_DEPTH, Name};

/// The containers that are open inside a member's value.
#[derive(Default)]
pub(super) struct Nested {
    pub(super) names: Vec<Name>,
    /// One bit for each open container, the innermost lowest: whether it is an object.
    objects: u32,
    /// Where the names of each open container begin in `names`.
    bases: [u32; MAX_DEPTH as usize],
    depth: usize,
}

impl Nested {
    pub(super) fn open(&mut self, object: bool) -> Result<(), BadJson> {
        // The object that all this is in is the first level.
        if self.depth + 1 >= MAX_DEPTH as usize {
            return Err(BadJson);
        }
        self.objects = self.objects << 1 | u32::from(object);
        if let Some(base) = self.bases.get_mut(self.depth) {
            *base = self.names.len() as u32;
        }
        self.depth += 1;
        Ok(())
    }

    /// `true` when that was the outermost one.
    pub(super) fn close(&mut self) -> bool {
        let base = self.base();
        self.names.truncate(base);
        self.objects >>= 1;
        self.depth = self.depth.saturating_sub(1);
        self.depth == 0
    }

    pub(super) fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    pub(super) fn names_of_level(&self) -> &[Name] {
        self.names.get(self.base()..).unwrap_or_default()
    }

    fn base(&self) -> usize {
        let level = self.depth.checked_sub(1);
        level.and_then(|level| self.bases.get(level)).map_or(0, |base| *base as usize)
    }
}
