//! SimpleJWT's tables, as the builder was given them.

use super::TokenBlacklist;
use super::blacklist::AnyTokenBlacklist;
use crate::auth::Builder;
use crate::settings::{Settings, SettingsFault};
use std::sync::Arc;

/// What [`Builder::token_blacklist`] was called with, if it was.
#[derive(Default)]
pub(crate) struct Tables(Option<AnyTokenBlacklist>);

impl<U: Send + Sync + 'static> Builder<U> {
    /// SimpleJWT's tables: with them alone tokens are noted and blacklisted one by one, as SimpleJWT does it.
    ///
    /// Beside a [`store`](Self::store), what is blacklisted in them does not become a session: the last step of the move
    /// from a Django service.
    #[must_use]
    pub fn token_blacklist(mut self, blacklist: impl TokenBlacklist) -> Self {
        self.tables = Tables(Some(Arc::new(blacklist)));
        self
    }
}

impl Tables {
    pub(crate) const fn are_given(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn into_inner(self) -> Option<AnyTokenBlacklist> {
        self.0
    }

    /// What cannot stand with or without them.
    pub(crate) fn faults(&self, settings: &Settings, has_store: bool) -> Vec<SettingsFault> {
        if has_store {
            return Vec::new();
        }
        if self.are_given() {
            return unkept(settings);
        }
        if !(settings.profile.rules().copies_claims && settings.blacklist_after_rotation) {
            return Vec::new();
        }
        vec![SettingsFault {
            name: "blacklist_after_rotation".to_owned(),
            origin: "code".to_owned(),
            reason:
                "it is on and there is no store to keep blacklisted tokens in, where SimpleJWT would silently do nothing"
                    .to_owned(),
            remedy: "give the builder a `.token_blacklist(..)` or a `.store(..)`, or switch it off".to_owned(),
        }]
    }
}

/// What was set and nothing keeps where there are tables and no sessions; a default that would be ignored is warned of.
fn unkept(settings: &Settings) -> Vec<SettingsFault> {
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
        if settings.session_lifetime == Settings::new("").session_lifetime && !settings.profile.rules().copies_claims {
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
