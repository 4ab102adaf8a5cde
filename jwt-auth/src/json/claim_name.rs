//! A name out of the settings, to be found among the members of an object.

use super::{Member, NameKey, same_text};

/// A claim's name.
#[derive(Debug)]
pub(crate) struct ClaimName {
    key: NameKey,
    pub(crate) name: Box<str>,
}

impl ClaimName {
    pub(crate) fn new(name: &str) -> Self {
        Self { key: NameKey::of(name), name: name.into() }
    }

    /// Whether the member of this text has it.
    pub(crate) fn is(&self, member: &Member, text: &str) -> bool {
        let whole = self.name.len() <= NameKey::PREFIX;
        self.key == member.key() && (whole || same_text(member.name(text), &self.name))
    }
}
