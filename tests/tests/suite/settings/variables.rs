//! Settings from variables of the environment, and the fault that is found in one of them.

use jwt_auth::Settings;
use jwt_auth::settings::{SettingsError, SettingsFault};

pub(super) const KEY: &str = "a signing key of the settings suite, longer than 64 bytes, which nobody may see";

/// Settings from `JWT_AUTH_` variables of these names, with a signing key unless one is among them.
pub(super) fn from_env(set: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let has_key = set.iter().any(|(name, _)| *name == "signing_key");
    let key = (!has_key).then_some(("signing_key", KEY));
    let all: Vec<_> = key.into_iter().chain(set.iter().copied()).collect();
    Settings::from_vars(vars(&all))
}

pub(super) fn vars(set: &[(&str, &str)]) -> Vec<(String, String)> {
    set.iter().map(|(name, value)| (variable(name), (*value).to_owned())).collect()
}

/// Upper case, unless the case is what a test is about.
fn variable(name: &str) -> String {
    if name.to_lowercase() == name { format!("JWT_AUTH_{}", name.to_uppercase()) } else { format!("JWT_AUTH_{name}") }
}

pub(super) fn fault_of(result: Result<Settings, SettingsError>, name: &str) -> SettingsFault {
    let error = result.expect_err(name);
    let fault = error.faults().iter().find(|fault| fault.name == name);
    fault.unwrap_or_else(|| panic!("no fault of {name}: {error}")).clone()
}
