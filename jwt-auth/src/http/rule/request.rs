//! What a rule sees.

use super::RuleError;
use crate::auth::Demands;
use crate::http::state::{AuthState, StateUser};
use crate::permissions::{PermissionSet, TextForm, Unreadable, bit_of, claim_path, names, permission_bits};
use crate::settings::Settings;
use crate::user::DynUserStore;
use crate::verify::VerifiedToken;
use ::http::request::Parts;
use std::any::TypeId;
use std::fmt;
use std::sync::OnceLock;

/// The request a rule judges: its head, the verified token, the state, and the user when it was loaded.
pub struct RuleRequest<'r, S: AuthState> {
    parts: &'r Parts,
    state: &'r S,
    token: &'r VerifiedToken,
    user: Option<&'r S::User>,
    /// What the guard has asked because the rule as a whole says so.
    asked: Demands,
    // A rule that names more than one permission enum reads the others again at each leaf.
    permissions: OnceLock<(TypeId, u128)>,
}

/// The store, and the user whom the guard has loaded from it.
type Loaded<'r, U> = (&'r dyn DynUserStore<U>, &'r U);

impl<'r, S: AuthState> RuleRequest<'r, S> {
    pub(crate) fn new(
        parts: &'r Parts,
        state: &'r S,
        token: &'r VerifiedToken,
        user: Option<&'r S::User>,
        asked: Demands,
    ) -> Self {
        Self { parts, state, token, user, asked, permissions: OnceLock::new() }
    }

    /// Whether the options of a `rule!` were asked. The guard sees those of the whole rule, and none inside of another one.
    pub(crate) fn has_asked(&self, options: Demands) -> bool {
        options == Demands::NONE || options == self.asked
    }

    /// Method, URI, headers and extensions. The body has not been read.
    pub fn parts(&self) -> &'r Parts {
        self.parts
    }

    /// The router's state.
    pub fn state(&self) -> &'r S {
        self.state
    }

    /// The verified token.
    pub fn token(&self) -> &'r VerifiedToken {
        self.token
    }

    /// The user, when the guard has the option `user` or `permissions_source = user` called for it; active.
    pub fn user(&self) -> Option<&'r S::User> {
        self.user
    }

    /// Whether the caller has this permission: by the user when it was loaded, else by the claim `permissions_claim`.
    ///
    /// # Errors
    /// [`RuleError::Refused`] when the claim is neither a string nor an array; [`RuleError::NoUsers`] when permissions are to
    /// come from the user and none was loaded.
    pub fn has<E: PermissionSet>(&self, permission: &E) -> Result<bool, RuleError> {
        let bit = 1_u128.checked_shl(u32::try_from(permission.index()).unwrap_or(u32::MAX)).unwrap_or(0);
        Ok(self.permission_bits::<E>()? & bit != 0)
    }

    /// Whether the claim `scope_claim` holds this scope (words in one string, or an array).
    ///
    /// # Errors
    /// [`RuleError::Refused`] when the claim is neither a string nor an array.
    pub fn has_scope(&self, scope: &str) -> Result<bool, RuleError> {
        self.claim_names(&self.settings_of_token().scope_claim, TextForm::Words, scope)
    }

    /// Whether the claim `roles_claim` holds this role (an array, or one role as a string).
    ///
    /// # Errors
    /// [`RuleError::Refused`] when the claim is neither a string nor an array.
    pub fn has_role(&self, role: &str) -> Result<bool, RuleError> {
        self.claim_names(&self.settings_of_token().roles_claim, TextForm::Whole, role)
    }

    /// Whether the caller is staff: by the user when it was loaded, else by the claim `is_staff`, which must be `true`.
    pub fn is_staff(&self) -> bool {
        match self.user {
            Some(user) => user.__is_staff(),
            // Who is staff here is no other issuer's to say.
            None if self.token.is_further() => false,
            None => self.token.raw_claim("is_staff").is_some_and(self.settings().profile.rules().is_true),
        }
    }

    /// Whether the user has this permission of Django, `app_label.codename`, by what
    /// [`UserStore::has_perm`](crate::UserStore::has_perm) says: `SqlUserStore` asks Django's tables.
    ///
    /// # Errors
    /// [`RuleError::Unavailable`] when the store cannot be asked; [`RuleError::NoUsers`] when no user was loaded: a rule of
    /// your own that calls this stands in a guard with the option `user`.
    pub async fn has_perm(&self, permission: &str) -> Result<bool, RuleError> {
        let (users, user) = self.loaded()?;
        Ok(users.has_perm(user, permission).await?)
    }

    /// Whether the user is in the group of Django of this name, by what
    /// [`UserStore::in_group`](crate::UserStore::in_group) says.
    ///
    /// # Errors
    /// As [`has_perm`](Self::has_perm).
    pub async fn in_group(&self, group: &str) -> Result<bool, RuleError> {
        let (users, user) = self.loaded()?;
        Ok(users.in_group(user, group).await?)
    }

    fn loaded(&self) -> Result<Loaded<'r, S::User>, RuleError> {
        let users = self.state.jwt_auth().parts().users.as_deref();
        users.zip(self.user).ok_or(RuleError::NoUsers)
    }

    pub(crate) fn settings(&self) -> &'r Settings {
        self.state.jwt_auth().settings()
    }

    /// Those that name the claims.
    fn settings_of_token(&self) -> &'r Settings {
        self.state.jwt_auth().settings_of(self.token)
    }

    /// The caller's permissions of one enum; of the first one that the rule names, read once.
    pub(super) fn permission_bits<E: PermissionSet>(&self) -> Result<u128, RuleError> {
        let id = TypeId::of::<E>();
        match self.permissions.get() {
            Some((known, bits)) if *known == id => Ok(*bits),
            known => {
                let bits = self.read_permissions::<E>()?;
                if known.is_none() {
                    self.permissions.get_or_init(|| (id, bits));
                }
                Ok(bits)
            }
        }
    }

    fn read_permissions<E: PermissionSet>(&self) -> Result<u128, RuleError> {
        use crate::settings::PermissionsSource;

        if let Some(user) = self.user {
            let held = user.__permissions();
            return Ok(held.iter().fold(0, |bits, name| bits | bit_of::<E>(name)));
        }
        match self.settings().permissions_source {
            PermissionsSource::User => Err(RuleError::NoUsers),
            PermissionsSource::Claims => claim_path::find(self.token, &self.settings_of_token().permissions_claim)
                .map_or(Ok(0), permission_bits::<E>)
                .map_err(|Unreadable| RuleError::Refused),
        }
    }

    fn claim_names(&self, claim: &str, text: TextForm, wanted: &str) -> Result<bool, RuleError> {
        claim_path::find(self.token, claim)
            .map_or(Ok(false), |raw| names(raw, text, wanted))
            .map_err(|Unreadable| RuleError::Refused)
    }
}

impl<S: AuthState> fmt::Debug for RuleRequest<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleRequest")
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("user_loaded", &self.user.is_some())
            .finish_non_exhaustive()
    }
}
