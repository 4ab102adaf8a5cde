//! Settings: SimpleJWT's names, plus our own.

mod check;
mod document;
pub mod duration;
mod fault;
mod input;
mod load;
mod names;
mod refused;
mod suggestion;
mod table;

pub use duration::{DurationError, days, hours, minutes, parse_duration, seconds};
pub use fault::{SettingsError, SettingsFault};
pub use load::Loader;

use crate::keys::Algorithm;
use crate::secret::Secret;
use crate::tokens::TokenClass;
use std::time::Duration;

/// Everything that can be configured, as plain data.
///
/// Nothing reads this as a global: two `JwtAuth` with different settings live in one process.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which checks and defaults apply. Set by the constructor. Defaults to [`Profile::Hardened`].
    pub profile: Profile,
    pub access_token_lifetime: Duration,
    pub refresh_token_lifetime: Duration,
    pub rotate_refresh_tokens: bool,
    pub blacklist_after_rotation: bool,
    pub update_last_login: bool,
    pub algorithm: Algorithm,
    pub signing_key: Option<Secret>,
    pub verifying_key: Option<Secret>,
    pub fallback_keys: Vec<Secret>,
    pub key_id: Option<String>,
    pub audience: Vec<String>,
    pub issuer: Option<String>,
    pub leeway: Duration,
    pub max_token_bytes: usize,
    pub auth_header_types: Vec<String>,
    pub auth_header_name: String,
    pub user_id_field: String,
    pub user_id_claim: String,
    pub auth_token_classes: Vec<TokenClass>,
    pub token_type_claim: Option<String>,
    pub jti_claim: Option<String>,
    pub check_user_is_active: bool,
    pub refresh_reuse_policy: ReusePolicy,
    pub refresh_reuse_grace: Duration,
    pub refresh_recovery_window: Duration,
    pub session_lifetime: Option<Duration>,
    pub max_sessions_per_user: Option<u32>,
    pub revocation_sync_interval: Duration,
    pub revocation_max_staleness: Duration,
    pub revocation_fail_closed: bool,
    pub permissions_claim: String,
    pub scope_claim: String,
    pub roles_claim: String,
    pub permissions_source: PermissionsSource,
    #[doc(hidden)]
    pub __more: (),
}

/// A set of defaults and the strictness that goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Every check of this crate: the default.
    #[default]
    Hardened,
}

/// What happens when the parent of the current refresh token comes back after the grace time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReusePolicy {
    /// The session moves on and what was issued meanwhile is orphaned: a lost answer logs nobody out.
    #[default]
    Recover,
    /// The session ends at once.
    Revoke,
}

/// Where `#[protected(Perm::X)]` looks for permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PermissionsSource {
    /// In the token's `permissions_claim`.
    #[default]
    Claims,
    /// In the loaded user: every rule that names a permission then loads the user.
    User,
}

impl Settings {
    /// The hardened profile.
    pub fn new(signing_key: impl Into<Secret>) -> Self {
        Self {
            profile: Profile::Hardened,
            access_token_lifetime: minutes(5),
            refresh_token_lifetime: days(1),
            rotate_refresh_tokens: true,
            blacklist_after_rotation: true,
            update_last_login: false,
            algorithm: Algorithm::HS256,
            signing_key: Some(signing_key.into()),
            verifying_key: None,
            fallback_keys: Vec::new(),
            key_id: None,
            audience: Vec::new(),
            issuer: None,
            leeway: seconds(30),
            max_token_bytes: 8192,
            auth_header_types: vec!["Bearer".to_owned()],
            auth_header_name: "Authorization".to_owned(),
            user_id_field: "id".to_owned(),
            user_id_claim: "user_id".to_owned(),
            auth_token_classes: vec![TokenClass::Access],
            token_type_claim: Some("token_type".to_owned()),
            jti_claim: Some("jti".to_owned()),
            check_user_is_active: true,
            refresh_reuse_policy: ReusePolicy::Recover,
            refresh_reuse_grace: seconds(30),
            refresh_recovery_window: hours(24),
            session_lifetime: Some(days(30)),
            max_sessions_per_user: None,
            revocation_sync_interval: seconds(2),
            revocation_max_staleness: seconds(30),
            revocation_fail_closed: false,
            permissions_claim: "permissions".to_owned(),
            scope_claim: "scope".to_owned(),
            roles_claim: "roles".to_owned(),
            permissions_source: PermissionsSource::Claims,
            __more: (),
        }
    }
}
