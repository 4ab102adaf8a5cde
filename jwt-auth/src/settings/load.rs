//! Reading settings from TOML, JSON and the environment.
impl super::Settings { pub(crate) fn check(&self) -> Vec<super::SettingsFault> { Vec::new() } }
