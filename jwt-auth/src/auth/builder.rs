//! From settings and stores to a `JwtAuth`: everything is checked here, nothing at the first request.

use super::StartError;
use super::admission::admit;
use super::issuers::Trust;
use super::key_watch::{KeyWatch, fault_of_removed, schedule_of};
use super::load_settings::{fault, key_fault};
use super::seen::SeenTokens;
use super::user_check;
use crate::audit::{AuditSink, Auditor};
use crate::auth::{Inner, JwtAuth, NoUser, late, longest_opening};
use crate::clock::{Clock, SystemClock};
use crate::django::{Ledger, Tables};
use crate::flows::{Hints, Throttle};
use crate::jwks::{AnyJwksClient, JwksClient};
use crate::keys::{KeyRing, ScheduledRing};
#[cfg(feature = "password")]
use crate::password::{AnyPasswordPolicy, HashFormat, PasswordHasher, PasswordPolicy, StandardPasswordPolicy};
use crate::revocation::{Beside, ClockCheck, Follower, Revocations};
use crate::settings::{Settings, SettingsError, SettingsWarning};
use crate::store::{AnyTokenStore, AuditNote, ClientKey, MemoryStore, TokenStore};
use crate::tokens::{CsrfKeys, DeviceKeys, Issuer, own_keys};
use crate::user::{DynUserStore, UserStore};
use crate::verify::Verifier;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::sync::watch;

/// Assembles a [`JwtAuth`]; see [`JwtAuth::builder`].
///
/// ```no_run
/// # #[cfg(all(feature = "sqlite", feature = "password"))]
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// use jwt_auth::{AuthUser, JwtAuth, Secret, Settings, SqlUserStore, store::SqliteStore};
///
/// let users = SqlUserStore::connect("sqlite:app.db").await?;
/// let store = SqliteStore::connect("sqlite:app.db").await?;
/// let settings = Settings::new(Secret::load_or_generate("app.key")?);
/// let auth: JwtAuth<AuthUser> = JwtAuth::builder(settings).users(users).store(store).start().await?;
/// # Ok(())
/// # }
/// ```
pub struct Builder<U = NoUser> {
    settings: Settings,
    clock: Arc<dyn Clock>,
    users: Option<Arc<dyn DynUserStore<U>>>,
    store: Option<AnyTokenStore>,
    audit: Option<Arc<dyn AuditSink>>,
    trust: Trust,
    /// SimpleJWT's.
    pub(crate) tables: Tables,
    #[cfg(feature = "password")]
    hasher: Option<PasswordHasher>,
    #[cfg(feature = "password")]
    policy: AnyPasswordPolicy,
}

impl JwtAuth {
    /// Starts to assemble one: `JwtAuth::builder(settings).users(users).store(store).start().await`.
    pub fn builder(settings: Settings) -> Builder {
        Builder {
            settings,
            clock: Arc::new(SystemClock),
            users: None,
            store: None,
            audit: None,
            trust: Trust::default(),
            tables: Tables::default(),
            #[cfg(feature = "password")]
            hasher: None,
            #[cfg(feature = "password")]
            policy: Arc::new(StandardPasswordPolicy::default()),
        }
    }
}

impl<U: Send + Sync + 'static> Builder<U> {
    /// Where the users are. Needed for the obtain view, `CurrentUser` and the option `user`.
    pub fn users<S: UserStore>(self, users: S) -> Builder<S::User> {
        Builder {
            settings: self.settings,
            clock: self.clock,
            users: Some(Arc::new(users)),
            store: self.store,
            audit: self.audit,
            trust: self.trust,
            tables: self.tables,
            #[cfg(feature = "password")]
            hasher: self.hasher,
            #[cfg(feature = "password")]
            policy: self.policy,
        }
    }

    /// Where refresh sessions are. Needed for rotation, logout and revocation.
    #[must_use]
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Some(AnyTokenStore::new(store));
        self
    }

    /// What time it is. Defaults to [`SystemClock`]; tests turn a clock of their own.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Who is told of logins, refreshes, logouts and denials, beside `tracing`. Defaults to nobody. A second call takes the place of
    /// the first.
    #[must_use]
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.audit = Some(Arc::new(sink));
        self
    }

    /// Accepts the tokens of a further issuer beside those of the builder's settings, by settings of their own:
    /// [`Settings::of_issuer`] or [`Settings::verify_only`]. Each call adds one.
    ///
    /// A token is that issuer's when its `iss` is the issuer's name letter by letter, and then only the issuer's own keys, algorithm, audience
    /// and claim names count. It opens guarded routes and nothing else: no token view takes it, it belongs to no session, its user is
    /// named with the issuer (`"https://partner.example/ 42"`) wherever this crate names one, [`TokenUser::id`](crate::TokenUser::id)
    /// above all, `is_staff` and `is_superuser` in it mean nothing, and the option `user` finds whom
    /// [`UserStore::find_by_foreign_id`] says. Of the settings, those of sessions, cookies, users and headers mean nothing here.
    #[must_use]
    pub fn trust(mut self, issuer: Settings) -> Self {
        self.trust.further.push(issuer);
        self
    }

    /// Who fetches the keys of issuers. Defaults to the ready client of the feature `jwks-client`; this one takes its place for all of them.
    #[must_use]
    pub fn jwks_client(mut self, client: impl JwksClient) -> Self {
        self.trust.client = Some(AnyJwksClient::new(client));
        self
    }

    /// How passwords are hashed. Defaults to what the setting `password_hashers` says.
    #[cfg(feature = "password")]
    #[must_use]
    pub fn password_hasher(mut self, hasher: PasswordHasher) -> Self {
        self.hasher = Some(hasher);
        self
    }

    /// Which passwords [`JwtAuth::hash_password`] makes hashes of. Defaults to [`StandardPasswordPolicy`]: at least eight characters, not a
    /// common one, not the user's name.
    #[cfg(feature = "password")]
    #[must_use]
    pub fn password_policy(mut self, policy: impl PasswordPolicy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// Checks everything, loads the live revocations and starts following them.
    ///
    /// The background task ends when the last clone of the [`JwtAuth`] is dropped. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`StartError::Settings`] with every fault at once, [`StartError::Store`] and [`StartError::Users`] when a store cannot be
    /// read.
    pub async fn start(mut self) -> Result<JwtAuth<U>, StartError> {
        let mut faults = self.settings.check();
        let keys = match KeyRing::from_settings(&self.settings) {
            Ok(keys) => Some(keys),
            Err(of_keys) => {
                faults.extend(of_keys.iter().map(key_fault));
                None
            }
        };
        let (trust, of_trust) = self.trust.prepare(&self.settings);
        faults.extend(of_trust);
        let has_store = self.store.is_some();
        faults.extend(self.tables.faults(&self.settings, has_store));
        let keeps_tokens = has_store || self.tables.are_given();
        let safe_rotation = self.settings.profile.rules().safe_rotation;
        if let Some(users) = &self.users
            && users.user_id_field() != self.settings.user_id_field
        {
            faults.push(fault(
                "user_id_field",
                format!("the user store identifies users by `{}`", users.user_id_field()),
                "remove it, and return that field as `id` in `User::identity`, or tell the store",
            ));
        }
        if self.settings.rotate_refresh_tokens && !keeps_tokens && safe_rotation {
            faults.push(fault(
                "rotate_refresh_tokens",
                "rotation is on and there is no store to keep refresh sessions in",
                "give the builder a `.store(..)`, or set it to `false` for stateless tokens that cannot be logged out",
            ));
        }
        let spends = has_store || (keeps_tokens && safe_rotation);
        if spends && self.settings.token_type_claim.is_none() && self.settings.signing_key.is_some() {
            faults.push(fault(
                "token_type_claim",
                "without it an access token would be taken for a refresh token and turned into new ones",
                "leave it as it is, or do without a store",
            ));
        }
        if self.settings.audit_table.is_some() && !has_store {
            faults.push(fault(
                "audit_table",
                "it is a table of the session store, and there is none",
                "give the builder a `.store(..)`, or leave it out",
            ));
        }
        if self.settings.cookies && !has_store {
            faults.push(fault(
                "cookies",
                "they need sessions, which CSRF tokens and logout are bound to, and there is no store",
                "give the builder a `.store(..)`, or leave it out",
            ));
        }
        let mut in_namespace = None;
        if let Some(store) = &self.store {
            let mut add = |name, reason, remedy| faults.push(fault(name, reason, remedy));
            let able = store.capabilities();
            // The default is no demand.
            let demanded = self.settings.max_sessions_per_user.filter(|max| *max != Settings::MAX_SESSIONS_PER_USER);
            if demanded.is_some() && !able.sessions {
                add(
                    "max_sessions_per_user",
                    "this store cannot list a user's sessions",
                    "leave it out, or use another store",
                );
            }
            if let Some(keep) = self.settings.audit_table
                && !can_be_audited(store, keep)
            {
                add(
                    "audit_table",
                    "this store has no audit table",
                    "leave it out, use a store over SQL, or implement `TokenStore::audited`",
                );
            }
            if !self.settings.namespace.is_empty() {
                match store.in_namespace(&self.settings.namespace) {
                    Some(store) => in_namespace = Some(store),
                    None => add(
                        "namespace",
                        "this store knows no namespaces",
                        "leave it out, use another store, or implement `TokenStore::in_namespace`",
                    ),
                }
            }
            if !able.revocations {
                tracing::warn!(target: "jwt_auth", "this store has no revocation feed: access tokens outlive a logout until they expire");
            }
        }
        self.store = in_namespace.or(self.store);
        for SettingsWarning { name, reason, remedy } in self.settings.insecure() {
            tracing::warn!(target: "jwt_auth", setting = name, reason, remedy, "insecure settings");
        }
        let Some(keys) = keys.filter(|_| faults.is_empty()) else {
            return Err(StartError::Settings(SettingsError::new(faults)));
        };
        let schedule = schedule_of(self.store.as_ref()).await.map_err(StartError::Store)?;
        let keys = Arc::new(ScheduledRing::new(keys, schedule));
        let verifying = keys.verifying(self.clock.now());
        let removed = fault_of_removed(&keys, self.clock.now());
        if let Some(fault) = removed.filter(|_| !self.settings.fetches_keys()) {
            return Err(StartError::Settings(SettingsError::new(vec![fault])));
        }
        let audit = Auditor::new(Arc::clone(&self.clock), self.audit);
        if let Some(users) = &self.users {
            user_check::check(&**users).await?;
        }
        #[cfg(feature = "password")]
        let hasher = match (self.hasher, self.settings.password_hashers.first()) {
            (None, Some(format)) => PasswordHasher::writing(*format).reading(&self.settings.password_hashers),
            (hasher, _) => hasher.unwrap_or_default(),
        };
        #[cfg(feature = "password")]
        if let Some(users) = &self.users {
            check_hashes(&**users, &hasher).await?;
        }
        let settings = Arc::new(self.settings);
        let verifier = Arc::new(Verifier::new(&settings, verifying));
        // Keys that are fetched are known to whoever fetches them.
        if !settings.fetches_keys() {
            verifier.follow(&keys);
        }
        let issuers = trust.start(&settings, &verifier, &self.clock).await?;
        let clock_check = Arc::new(ClockCheck::new(Arc::clone(&self.clock), settings.leeway));
        let ledger = Ledger::new(self.tables, &settings, has_store);
        ledger.health(&clock_check).await.map_err(StartError::Store)?;
        let keep = longest_opening(&settings).saturating_add(late(&settings));
        let revocations = Arc::new(Revocations::new(Arc::clone(&self.clock), keep, settings.leeway));
        let (stop, stopped) = watch::channel(false);
        if let Some(store) = self.store.clone() {
            clock_check.compare(store.time()).await.map_err(StartError::Store)?;
            let seen = match settings.signing_key {
                Some(_) => store.known_keys(self.clock.now()).await.map_err(StartError::Store)?.marks,
                None => Vec::new(),
            };
            // Of an issuer that is not to be reached there are none yet, and it is no other one by that.
            let known = verifier.keys();
            let refused = match known.is_empty() {
                true => None,
                false => admit(&store, &known, &settings, self.clock.now()).await.map_err(StartError::Store)?,
            };
            if let Some(fault) = refused {
                return Err(StartError::Settings(SettingsError::new(vec![fault])));
            }
            if store.capabilities().revocations {
                // Before anything is issued that lives so long.
                let known = store.remember_lifetime(keep, self.clock.now()).await.map_err(StartError::Store)?;
                revocations.know(&known);
            }
            revocations.sync(&store).await.map_err(StartError::Store)?;
            let (ring, clock) = (Arc::clone(&keys), Arc::clone(&self.clock));
            let watch = KeyWatch { ring, clock, audit: audit.clone() };
            watch.warn_of_missing();
            watch.warn_of_unseen(&settings, &seen);
            let follower = Follower::new(store, Arc::clone(&revocations), Arc::clone(&clock_check), &settings);
            follower.with(Beside::new(move |store| watch.clone().read(store))).start(stopped);
        }
        let client_key = own_keys(&settings, ClientKey::PURPOSE).and_then(ClientKey::from_keys);
        let csrf_keys = settings.cookies.then(|| CsrfKeys::of(&settings)).flatten();
        let throttle = Throttle::of(&settings, self.store.as_ref());
        let device_keys = throttle.as_ref().filter(|_| settings.cookies).and_then(|_| DeviceKeys::of(&settings));
        let issuer =
            || Issuer::new(Arc::clone(&settings), Arc::clone(&keys), Arc::clone(&self.clock), Arc::clone(&verifier));
        Ok(JwtAuth::assemble(Inner {
            id: JwtAuth::<U>::next_id(),
            issuer: settings.signing_key.as_ref().map(|_| issuer()),
            keys,
            verifier,
            seen: SeenTokens::new(settings.token_cache_bytes),
            issuers,
            settings,
            audit,
            clock: self.clock,
            users: self.users,
            spent: self.store.clone().unwrap_or_else(|| AnyTokenStore::new(MemoryStore::new())),
            store: self.store,
            client_key,
            csrf_keys,
            device_keys,
            throttle,
            ledger,
            hand_out_noted: AtomicU64::default(),
            revocations,
            clock_check,
            hints: Hints::default(),
            #[cfg(feature = "password")]
            passwords: crate::password::PasswordQueue::new(hasher),
            #[cfg(feature = "password")]
            password_policy: self.policy,
            stop,
        }))
    }
}

/// Whether the store writes down what it changes.
fn can_be_audited(store: &AnyTokenStore, keep: Duration) -> bool {
    store.audited(AuditNote { event: "start", code: None, ip: None, user_agent: None, keep }).is_some()
}

/// A table whose every hash is in a format that is not read would let nobody log in, and each login look like a typing error.
#[cfg(feature = "password")]
async fn check_hashes<U>(users: &dyn DynUserStore<U>, hasher: &PasswordHasher) -> Result<(), StartError> {
    let beginnings: Vec<String> = hasher.readable().iter().map(|format| format.beginning().to_owned()).collect();
    let hash = match users.unreadable_hash(&beginnings).await {
        Ok(Some(hash)) => hash,
        Ok(None) => return Ok(()),
        // The table has answered before; one that is too large to be searched must not keep the service down.
        Err(error) => {
            tracing::warn!(target: "jwt_auth", error = &error as &dyn std::error::Error, "which formats the users' password hashes have could not be looked up");
            return Ok(());
        }
    };
    // Only a name that is known may be shown: what stands there could be a password in clear.
    let Some(found) = HashFormat::of(&hash) else { return Ok(()) };
    let listed: Vec<_> = hasher.readable().iter().map(|format| format!("\"{format}\"")).collect();
    let feature = found.missing_feature();
    let feature = feature.map_or_else(String::new, |feature| format!(", which the feature `{feature}` reads"));
    Err(StartError::Settings(SettingsError::new(vec![fault(
        "password_hashers",
        format!("the users' password hashes are in none of its formats, but in `{found}`: nobody could log in"),
        format!("write `[{}, \"{found}\"]`{feature}; new hashes are written in the first one", listed.join(", ")),
    )])))
}

impl<U> fmt::Debug for Builder<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
