//! The settings that nobody has changed.

use super::duration::{days, minutes, seconds};
use super::{Audience, Loaded, PermissionsSource, Profile, ReusePolicy, SameSite, Settings, StoreKind};
use crate::keys::Algorithm;
#[cfg(feature = "password")]
use crate::password::HashFormat;
use crate::secret::Secret;
use crate::tokens::TokenClass;

impl Settings {
    /// What [`max_sessions_per_user`](Self::max_sessions_per_user) is unless it is set.
    pub(crate) const MAX_SESSIONS_PER_USER: u32 = 100;

    /// The hardened profile, signing with this key: an HMAC secret, as [`algorithm`](Self::algorithm) is HS256 unless
    /// changed.
    ///
    /// ```
    /// use jwt_auth::{Secret, Settings, settings::minutes};
    /// let key = Secret::generate()?;
    /// let settings = Settings { access_token_lifetime: minutes(15), ..Settings::new(key.clone()) };
    /// # assert!(!format!("{settings:?}").contains(key.expose()));
    /// # Ok::<(), jwt_auth::keys::KeyFileError>(())
    /// ```
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
            audience: Audience::default(),
            issuer: None,
            leeway: seconds(30),
            max_token_bytes: 8192,
            max_token_lifetime: None,
            auth_header_types: vec!["Bearer".to_owned()],
            auth_header_name: "Authorization".to_owned(),
            user_id_field: "id".to_owned(),
            user_id_claim: "user_id".to_owned(),
            auth_token_classes: vec![TokenClass::Access],
            token_type_claim: Some("token_type".to_owned()),
            jti_claim: Some("jti".to_owned()),
            check_user_is_active: true,
            refresh_reuse_policy: ReusePolicy::Recover,
            refresh_reuse_grace: minutes(2),
            refresh_recovery_window: days(7),
            session_lifetime: Some(days(30)),
            max_sessions_per_user: Some(Self::MAX_SESSIONS_PER_USER),
            namespace: String::new(),
            revocation_sync_interval: seconds(2),
            revocation_max_staleness: seconds(30),
            revocation_fail_closed: false,
            permissions_claim: "permissions".to_owned(),
            scope_claim: "scope".to_owned(),
            roles_claim: "roles".to_owned(),
            permissions_source: PermissionsSource::Claims,
            store: StoreKind::Native,
            trusted_proxies: Vec::new(),
            record_client: true,
            cookies: false,
            cookie_secure: true,
            cookie_same_site: SameSite::Lax,
            allowed_origins: Vec::new(),
            #[cfg(feature = "password")]
            password_hashers: vec![HashFormat::Argon2id],
            #[cfg(feature = "password")]
            upgrade_password_hash: true,
            sliding_token_lifetime: minutes(5),
            sliding_token_refresh_lifetime: days(1),
            sliding_token_refresh_exp_claim: "refresh_exp".to_owned(),
            check_revoke_token: false,
            revoke_token_claim: "hash_password".to_owned(),
            user_table: "auth_user".to_owned(),
            username_field: "username".to_owned(),
            __more: Loaded::default(),
        }
    }
}
