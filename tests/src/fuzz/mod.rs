//! What is fuzzed: a function for each reader of what strangers send or operators write.
//!
//! `fuzz/` calls them with whatever libFuzzer makes up, and `cargo test` with the corpus that was kept, in `tests/corpus/<target>/`. Each holds the crate
//! to a property and not only to being alive: mostly that a second reader, written here without a look at the first one, is of the same opinion.

mod claims;
mod door;
mod hash;
mod header;
pub mod independent;
mod key;
mod mount;
mod settings;
mod token;

use std::fs;
use std::path::PathBuf;

/// A function to call with any bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Of its binary and of the folder of its corpus.
    pub name: &'static str,
    /// Panics where a property does not hold.
    pub run: fn(&[u8]),
    /// The most bytes that it may hold at once, beside [`PER_BYTE`] for each byte of its input.
    pub most_bytes: u64,
}

/// Bytes of memory for a byte of input: JSON's shortest members (`"a":1,`) are kept by their places, and compared by a second reader.
pub const PER_BYTE: u64 = 160;

/// In the order of the README.
pub const TARGETS: [Target; 11] = [
    Target { name: "token", run: token::token, most_bytes: 32 * 1024 },
    Target { name: "header", run: header::header, most_bytes: 32 * 1024 },
    Target { name: "claims", run: claims::claims, most_bytes: 32 * 1024 },
    Target { name: "jwks", run: key::jwks, most_bytes: 256 * 1024 },
    Target { name: "key", run: key::key, most_bytes: 256 * 1024 },
    Target { name: "cookie", run: door::cookie, most_bytes: 64 * 1024 },
    Target { name: "authorization", run: door::authorization, most_bytes: 64 * 1024 },
    Target { name: "forwarded", run: door::forwarded, most_bytes: 64 * 1024 },
    Target { name: "mount", run: mount::mount, most_bytes: 64 * 1024 },
    Target { name: "hash", run: hash::hash, most_bytes: 128 * 1024 },
    Target { name: "settings", run: settings::settings, most_bytes: 256 * 1024 },
];

impl Target {
    /// The one of this name.
    ///
    /// # Panics
    /// When there is none.
    pub fn named(name: &str) -> Self {
        *TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("no target {name}"))
    }

    /// What was kept: the name of the file and its bytes.
    ///
    /// # Panics
    /// When there is nothing.
    pub fn corpus(&self) -> Vec<(String, Vec<u8>)> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(self.name);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut kept: Vec<_> = files
            .map(|file| {
                let path = file.expect("a file").path();
                (path.display().to_string(), fs::read(&path).expect("a file"))
            })
            .collect();
        kept.sort();
        kept
    }
}
