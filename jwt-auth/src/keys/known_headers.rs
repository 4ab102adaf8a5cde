//! Which headers of tokens need no second look.

use super::{Algorithm, VerifyingKey, header_segment};
use std::sync::OnceLock;

/// What a header says that matters: everything else in it was refused or means nothing.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<Box<str>>,
}

/// Headers that were read before, as the bytes they have in a token: an issuer writes very few different ones.
#[derive(Debug)]
pub(crate) struct KnownHeaders {
    standard: Vec<(Box<str>, Header)>,
    /// Filled once each, and only after a signature was good, so strangers cannot take the places.
    learned: [OnceLock<(Box<str>, Header)>; 8],
}

impl KnownHeaders {
    /// Knows from the start what SimpleJWT and we ourselves write for these keys.
    pub(crate) fn for_keys(keys: &[VerifyingKey]) -> Self {
        let mut standard: Vec<(Box<str>, Header)> = Vec::new();
        for key in keys {
            for key_id in [None, key.key_id()] {
                let segment = header_segment(key.algorithm(), key_id).into_boxed_str();
                if standard.iter().all(|(known, _)| *known != segment) {
                    let header = Header { algorithm: key.algorithm(), key_id: key_id.map(Into::into) };
                    standard.push((segment, header));
                }
            }
        }
        Self { standard, learned: Default::default() }
    }

    pub(crate) fn find(&self, segment: &str) -> Option<&Header> {
        let learned = self.learned.iter().map_while(OnceLock::get);
        self.standard.iter().chain(learned).find(|(known, _)| **known == *segment).map(|(_, header)| header)
    }

    /// Remembers a header whose token had a good signature, while there is room.
    pub(crate) fn learn(&self, segment: &str, header: Header) {
        let mut entry = (segment.into(), header);
        for place in &self.learned {
            match place.set(entry) {
                Ok(()) => return,
                Err(refused) => entry = refused,
            }
        }
    }
}
