//! SimpleJWT's tables, as the builder was given them.

use super::TokenBlacklist;
use super::blacklist::AnyTokenBlacklist;
use crate::auth::Builder;
use crate::settings::{Profile, Settings, SettingsFault};
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
        let fault = |name: &str, reason: &str, remedy: &str| {
            let (name, origin) = (name.to_owned(), "code".to_owned());
            vec![SettingsFault { name, origin, reason: reason.to_owned(), remedy: remedy.to_owned() }]
        };
        let copies = settings.profile == Profile::SimpleJwt;
        match settings.session_lifetime {
            _ if has_store => Vec::new(),
            _ if copies && settings.blacklist_after_rotation && !self.are_given() => fault(
                "blacklist_after_rotation",
                "it is on and there is no store to keep blacklisted tokens in, where SimpleJWT would silently do nothing",
                "give the builder a `.token_blacklist(..)` or a `.store(..)`, or switch it off",
            ),
            Some(lifetime) if self.are_given() && !copies => {
                let name = "session_lifetime";
                let reason = "SimpleJWT's tables know tokens and no logins, so nothing ends after that time";
                if Some(lifetime) == Settings::new("").session_lifetime {
                    tracing::warn!(target: "jwt_auth", setting = name, reason, "a default that is not kept");
                    return Vec::new();
                }
                fault(name, reason, "write `null`, or give the builder a `.store(..)` beside the tables")
            }
            _ => Vec::new(),
        }
    }
}
