//! [`Loader::load`]: what `Loader::read` has read, and what is wrong with the keys in it. It is up here because keys are.

use crate::keys::{KeyFault, KeyRing};
use crate::settings::{Loader, Settings, SettingsError, SettingsFault};

impl Loader {
    /// Reads what was collected, checks it and the keys in it, and returns the settings.
    ///
    /// # Errors
    /// Every fault at once: names, values, combinations that cannot stand, and keys that cannot be used.
    pub fn load(self) -> Result<Settings, SettingsError> {
        let (settings, mut faults, origin_of) = self.read();
        // A key that is missing or unread has been told of already.
        if !faults.iter().any(|fault| KEY_SETTINGS.contains(&fault.name.as_str()))
            && let Err(of_keys) = KeyRing::from_settings(&settings)
        {
            faults.extend(of_keys.iter().map(|fault| {
                let setting = fault.setting.split('[').next().unwrap_or_default();
                SettingsFault { origin: origin_of(setting), ..key_fault(fault) }
            }));
        }
        if faults.is_empty() { Ok(settings) } else { Err(SettingsError::new(faults)) }
    }
}

/// The settings on which keys depend.
const KEY_SETTINGS: [&str; 6] = ["algorithm", "signing_key", "verifying_key", "key_ring", "fallback_keys", "key_id"];

/// A key's fault says what is wrong, then a colon, then what to do.
pub(super) fn key_fault(fault: &KeyFault) -> SettingsFault {
    let text = fault.error.to_string();
    let (reason, remedy) = text.split_once(": ").unwrap_or((&text, "use another key"));
    self::fault(&fault.setting, reason, remedy)
}

/// A fault of settings that were made in code.
pub(super) fn fault(name: &str, reason: impl Into<String>, remedy: impl Into<String>) -> SettingsFault {
    SettingsFault { name: name.to_owned(), origin: "code".to_owned(), reason: reason.into(), remedy: remedy.into() }
}
