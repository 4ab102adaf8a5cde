//! What is wrong with the settings: all of it at once.

use std::fmt;

/// Everything that is wrong with a configuration; one [`SettingsFault`] each.
///
/// `Debug` prints what `Display` does, so that `fn main() -> Result<(), Box<dyn Error>>` shows a list to work through.
pub struct SettingsError {
    faults: Vec<SettingsFault>,
}

/// One thing that is wrong: which setting, where it came from, why it cannot stand, and what to write instead.
///
/// Never holds the value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// The setting: `access_token_lifetime`.
    pub name: String,
    /// Where it was read: ``environment variable `JWT_AUTH_LEEWAY` ``, `settings.toml`, `code`.
    pub origin: String,
    /// Why it cannot stand.
    pub reason: String,
    /// What to write instead.
    pub remedy: String,
}

impl SettingsError {
    pub(crate) fn new(faults: Vec<SettingsFault>) -> Self {
        Self { faults }
    }

    /// The faults, at least one.
    pub fn faults(&self) -> &[SettingsFault] {
        &self.faults
    }
}

impl fmt::Display for SettingsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, origin, reason, remedy } = self;
        write!(f, "`{name}` ({origin}): {reason}; {remedy}")
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.faults[..] {
            [one] => write!(f, "1 setting needs attention:\n  - {one}"),
            many => {
                write!(f, "{} settings need attention:", many.len())?;
                many.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
            }
        }
    }
}

impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SettingsError {}
