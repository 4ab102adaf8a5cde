//! Settings that nothing keeps where there are SimpleJWT's tables and no sessions.

use crate::settings::{Settings, SettingsFault};

/// What was set and would be ignored; a default that would be is warned of.
pub(crate) fn unkept_by_tables(settings: &Settings) -> Vec<SettingsFault> {
    let mut faults = Vec::new();
    let mut fault = |name: &str, reason: &str, remedy: &str| {
        faults.push(SettingsFault {
            name: name.to_owned(),
            origin: "code".to_owned(),
            reason: reason.to_owned(),
            remedy: format!("{remedy}, or give the builder a `.store(..)` beside the tables"),
        });
    };
    let reason = "SimpleJWT's tables know tokens and no logins, so nothing ends after that time";
    if settings.session_lifetime.is_some() {
        // Only the hardened profile has a default.
        if settings.session_lifetime == Settings::new("").session_lifetime && !settings.profile.is_simple_jwt() {
            tracing::warn!(target: "jwt_auth", setting = "session_lifetime", reason, "a default that is not kept");
        } else {
            fault("session_lifetime", reason, "write `null`");
        }
    }
    // The default is no demand.
    if settings.max_sessions_per_user.is_some_and(|max| max != Settings::MAX_SESSIONS_PER_USER) {
        fault(
            "max_sessions_per_user",
            "SimpleJWT's tables know tokens and no logins that could be counted",
            "leave it out",
        );
    }
    if !settings.namespace.is_empty() {
        fault("namespace", "SimpleJWT's tables know no namespaces: who shares them shares all of them", "leave it out");
    }
    faults
}
