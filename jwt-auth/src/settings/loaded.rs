//! What a loader found that is no value of a setting.

use std::fmt;

/// Facts about where settings came from. Kept with them, so that warnings can tell of it.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct Loaded {
    /// Keys in files that others may read.
    pub(super) exposed: Vec<&'static str>,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // On one line, however the settings around it are printed.
        write!(f, "{:?}", self.exposed)
    }
}
