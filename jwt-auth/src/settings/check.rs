//! Which values and combinations cannot stand.

use super::{Settings, SettingsFault};

impl Settings {
    /// Every fault of values and combinations; none means that these settings can be used, given keys that load.
    pub(crate) fn check(&self) -> Vec<SettingsFault> {
        let mut faults = Faults(Vec::new());
        if self.signing_key.is_none() && (self.algorithm.is_symmetric() || self.verifying_key.is_none()) {
            let remedy = if self.algorithm.is_symmetric() {
                "set it, or `signing_key_file`, to a random secret, for example from `openssl rand -base64 64`"
            } else {
                "set it, or `signing_key_file`, to the private key as PEM; to check tokens of another issuer only, set `verifying_key` to its public key"
            };
            faults.add("signing_key", format!("{} has no key", self.algorithm), remedy);
        }
        faults.0
    }
}

struct Faults(Vec<SettingsFault>);

impl Faults {
    fn add(&mut self, name: &str, reason: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(SettingsFault {
            name: name.to_owned(),
            origin: "code".to_owned(),
            reason: reason.into(),
            remedy: remedy.into(),
        });
    }
}
