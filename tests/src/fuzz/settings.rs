//! Settings as somebody wrote them: a TOML or JSON document, or variables of the environment.

use super::independent;
use jwt_auth::Settings;
use jwt_auth::settings::SettingsError;

/// The first byte chooses the form. They are read, or refused with a reason and a remedy for each fault, and no word of a key.
pub(super) fn settings(data: &[u8]) {
    let [form, rest @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    // What names a file is read, whatever file that is.
    if text.to_ascii_lowercase().contains("file") || text.contains("\\u") {
        return;
    }
    match form % 3 {
        0 => told(Settings::from_toml(text)),
        1 => {
            let read = Settings::from_json(text);
            assert!(read.is_err() || independent::object(text).is_some(), "{text:?}");
            told(read);
        }
        _ => {
            let lines = text.lines().filter_map(|line| line.split_once('='));
            let vars = lines.map(|(name, value)| (format!("JWT_AUTH_{name}"), value.to_owned())).collect::<Vec<_>>();
            let read = Settings::from_vars(vars.clone());
            if let Err(error) = &read {
                let shown = format!("{error} {error:?}");
                let is_key = |name: &str| name.ends_with("SIGNING_KEY");
                // What is no secret may be shown, also where it reads as a key does.
                let is_told = |key: &str| {
                    let others = vars.iter().filter(|(name, _)| !is_key(name)).map(|(_, value)| value);
                    vars.iter().map(|(name, _)| name).chain(others).any(|text| text.contains(key))
                };
                let mut keys = vars.iter().filter(|(name, key)| is_key(name) && key.len() >= 24 && !is_told(key));
                assert!(keys.all(|(_, key)| !shown.contains(&**key)), "{shown}");
            }
            told(read);
        }
    }
}

fn told(read: Result<Settings, SettingsError>) {
    match read {
        // Nobody starts with what is worse than the start's own checks.
        Ok(settings) => drop(settings.insecure()),
        Err(error) => {
            assert!(!error.faults().is_empty());
            for fault in error.faults() {
                assert!(!fault.reason.is_empty() && !fault.remedy.is_empty(), "{fault}");
            }
        }
    }
}
