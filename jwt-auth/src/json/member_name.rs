//! A name to look for.

use super::{Member, NameKey, same_text};

/// The name of a member, prepared to be compared.
#[derive(Debug)]
pub(crate) struct MemberName {
    key: NameKey,
    name: Box<str>,
}

impl MemberName {
    pub(crate) fn new(name: &str) -> Self {
        Self { key: NameKey::of(name), name: name.into() }
    }

    /// Whether the member of this text has it.
    pub(crate) fn is(&self, member: &Member, text: &str) -> bool {
        let whole = self.name.len() <= NameKey::PREFIX;
        self.key == member.key() && (whole || same_text(member.name(text), &self.name))
    }
}
