//! Whether the file that pooled connections have open is still the one at its place.

use crate::sql::FileId;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The place of a database file, and which file was seen there last.
///
/// SQLite goes on reading and writing a file that was moved or deleted: a user switched off in the file that stands there
/// now would go on logging in.
pub(crate) struct Place {
    path: PathBuf,
    seen: Mutex<Seen>,
}

struct Seen {
    file: Option<FileId>,
    /// Connections from before may have another file open.
    since: Instant,
}

impl Place {
    pub(crate) fn new(path: &Path) -> Self {
        let seen = Seen { file: FileId::of(path).ok(), since: Instant::now() };
        Self { path: path.to_owned(), seen: Mutex::new(seen) }
    }

    /// Whether a connection of this age still leads to the file at the path. The pool closes one that does not, and opens another.
    pub(crate) fn is_current(&self, age: Duration) -> bool {
        let file = FileId::of(&self.path).ok();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.file != file {
            *seen = Seen { file, since: Instant::now() };
        }
        seen.file.is_some() && age < seen.since.elapsed()
    }
}
