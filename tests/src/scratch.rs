//! A directory of files that are gone after the test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh directory, removed on drop.
#[derive(Debug)]
pub struct Scratch {
    directory: PathBuf,
    databases: AtomicU32,
}

impl Scratch {
    /// A new directory whose name begins with this word.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(word: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("jwt-auth-{word}-{}-{count}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).expect("a scratch directory can be made");
        Self { directory, databases: AtomicU32::new(0) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.directory
    }

    /// The address of an SQLite database in it that does not exist yet.
    pub fn next_database(&self) -> String {
        let count = self.databases.fetch_add(1, Ordering::Relaxed);
        format!("sqlite://{}/{count}.db", self.directory.display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
