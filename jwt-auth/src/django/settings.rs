//! What the profiles `simple_jwt` and `simple_jwt_6` differ in, and the settings they start from.

use crate::django::python;
use crate::password::HashFormat;
use crate::secret::Secret;
use crate::settings::profile::ProfileRules;
use crate::settings::{Profile, Settings};
use std::time::Duration;

/// The differences that are data.
pub(crate) const RULES: &ProfileRules = &ProfileRules {
    defaults,
    strong_secrets: false,
    names_pairs: false,
    bounded_times: false,
    safe_rotation: false,
    one_header: false,
    any_case_scheme: false,
    any_audience: true,
    tells_kinds: false,
    verifies_any_type: true,
    any_user_id: true,
    watches_passwords: false,
    python_texts: true,
    copies_claims: true,
    telling_challenges: false,
    is_true: python::truth,
};

/// Those of `simple_jwt_6`.
pub(crate) const RULES_6: &ProfileRules = &ProfileRules { defaults: defaults_6, ..*RULES };

impl Settings {
    /// SimpleJWT 5.5.1's defaults and behaviour, signing with this key: `SIGNING_KEY`, Django's `SECRET_KEY` there.
    ///
    /// Differs from [`new`](Self::new) in this: refresh tokens neither rotate nor are blacklisted, there is no leeway, a
    /// session has no absolute end, password hashes stay as they are, and tokens are checked as PyJWT checks them. What
    /// is refused all the same stands in docs/from-django.md.
    pub fn simple_jwt(signing_key: impl Into<Secret>) -> Self {
        defaults(Self::new(signing_key))
    }

    /// The same of SimpleJWT's main branch, which is to become 6.0.0; docs/from-django.md says which to take.
    pub fn simple_jwt_6(signing_key: impl Into<Secret>) -> Self {
        defaults_6(Self::new(signing_key))
    }
}

fn defaults(hardened: Settings) -> Settings {
    Settings {
        profile: Profile::SimpleJwt,
        rotate_refresh_tokens: false,
        blacklist_after_rotation: false,
        leeway: Duration::ZERO,
        session_lifetime: None,
        max_sessions_per_user: None,
        login_throttle: false,
        password_hashers: HashFormat::DJANGO.to_vec(),
        upgrade_password_hash: false,
        ..hardened
    }
}

fn defaults_6(hardened: Settings) -> Settings {
    Settings { profile: Profile::SimpleJwt6, ..defaults(hardened) }
}

/// Nothing is missing here.
pub(crate) fn without_deed(_: &Settings) -> [(&'static str, &'static str); 0] {
    []
}
