//! Making tokens: which claims, in which order.

use super::{TokenClass, TokenPair};
use crate::base64url;
use crate::claims::Claims;
use crate::clock::{Clock, Timestamp};
use crate::error::{AuthError, IssueFault, NotIssued, StoreError, TokenError};
use crate::keys::{ScheduledRing, SigningKey};
use crate::secret::Secret;
use crate::settings::{Audience, PermissionsSource, Settings};
use crate::store::{LastProof, Session, SessionId};
use crate::verify::{VerifiedToken, Verifier};
use std::fmt;
use std::sync::Arc;

/// Signs the tokens of one configuration.
///
/// Claims stand in SimpleJWT's order: type, `exp`, `iat`, `jti`, user, the application's own, `aud`, `iss`; what a
/// session adds (`sid`, `gen`, `ep`, `auth_time`, `amr`, `acr`, `auth_gen`) comes last, so that a SimpleJWT reader meets nothing new before it.
pub(crate) struct Issuer {
    settings: Arc<Settings>,
    keys: Arc<ScheduledRing>,
    clock: Arc<dyn Clock>,
    /// What will be asked about its tokens.
    verifier: Arc<Verifier>,
    /// The length of a token beside its payload, whichever key signs it: header, signature and dots.
    overhead: usize,
}

/// When a token was made and when it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Issuer {
    pub(crate) fn new(
        settings: Arc<Settings>,
        keys: Arc<ScheduledRing>,
        clock: Arc<dyn Clock>,
        verifier: Arc<Verifier>,
    ) -> Self {
        let overhead = |key: &SigningKey| key.sign("{}").len() - base64url::encode("{}").len();
        let overhead = keys.all_signing().iter().map(overhead).max().unwrap_or_default();
        Self { settings, keys, clock, verifier, overhead }
    }

    /// The key that signs at this moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] on a node that holds none that may: every one of its keys was removed.
    pub(crate) fn key(&self) -> Result<&SigningKey, StoreError> {
        self.keys.signer(self.clock.now()).ok_or_else(|| StoreError::unavailable(NO_SIGNER))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The pair that belongs to a session row: the refresh token is a function of the row, the access token is new.
    pub(crate) fn pair(&self, session: &Session, user: &Claims, now: Timestamp) -> Result<TokenPair, AuthError> {
        Ok(TokenPair { refresh: self.session_refresh(session)?, access: self.session_access(session, user, now)? })
    }

    /// Whether the [`pair`](Self::pair) of a row could be handed out: to be asked before the row is stored.
    pub(crate) fn rehearse(&self, session: &Session, user: &Claims, now: Timestamp) -> Result<(), AuthError> {
        self.check(&self.refresh_claims(session)?)?;
        self.check(&self.access_claims(session, user, now, &session.refresh_jti())?)
    }

    /// Whether an access token could be handed out for a refresh token, with what the user store says now: to be asked before the
    /// refresh token is spent.
    pub(crate) fn rehearse_refresh(
        &self,
        token: &VerifiedToken,
        user: &Claims,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        self.key()?;
        if user.is_empty() {
            return Ok(());
        }
        let mut claims = token.claims();
        claims.remove("gen");
        claims.remove("nbf");
        if let (Some(name), Some(kind)) = (&self.settings.token_type_claim, TokenClass::Access.token_type()) {
            set(&mut claims, name, kind)?;
        }
        set(&mut claims, "exp", now.after(self.settings.access_token_lifetime).seconds())?;
        set(&mut claims, "iat", now.seconds())?;
        self.audience_and_issuer(&mut claims)?;
        claims.extend(user);
        self.check(&claims)
    }

    /// Refuses claims of the application that no token would carry. What says the same as the token does no harm.
    pub(crate) fn check_own(&self, user_id: &str, claims: &Claims) -> Result<(), AuthError> {
        let named = named_claims(&self.settings);
        let mut ours = Claims::new();
        set(&mut ours, &self.settings.user_id_claim, user_id)?;
        self.audience_and_issuer(&mut ours)?;
        let is_dropped =
            |name: &str, raw: &str| (RESERVED.contains(&name) || named.contains(&name)) && ours.raw(name) != Some(raw);
        match claims.iter().find(|(name, raw)| is_dropped(name, raw)) {
            Some((name, _)) => Err(not_issued(user_id.to_owned(), IssueFault::ReservedClaim(name.to_owned()))),
            None => Ok(()),
        }
    }

    /// The same where the digest of the password has not been put among them.
    pub(crate) fn check_given(&self, user_id: &str, claims: &Claims) -> Result<(), AuthError> {
        if self.settings.check_revoke_token && claims.contains(&self.settings.revoke_token_claim) {
            let claim = self.settings.revoke_token_claim.clone();
            return Err(not_issued(user_id.to_owned(), IssueFault::ReservedClaim(claim)));
        }
        self.check_own(user_id, claims)
    }

    /// The same for what the user and the user store say, the user's permissions being a claim as well.
    pub(crate) fn check_user(&self, user_id: &str, claims: &Claims, permissions: &[String]) -> Result<(), AuthError> {
        self.check_given(user_id, claims)?;
        let Settings { permissions_claim, permissions_source, .. } = &*self.settings;
        let is_written = *permissions_source == PermissionsSource::Claims && !permissions.is_empty();
        let agrees =
            || claims.get::<Vec<String>>(permissions_claim).is_ok_and(|own| own.is_none_or(|own| own == permissions));
        if !is_written || agrees() {
            return Ok(());
        }
        Err(not_issued(user_id.to_owned(), IssueFault::ReservedClaim(permissions_claim.clone())))
    }

    /// The refresh token of a row's newest generation. Any node makes the same one.
    fn session_refresh(&self, session: &Session) -> Result<Secret, AuthError> {
        self.sign(&self.refresh_claims(session)?)
    }

    fn refresh_claims(&self, session: &Session) -> Result<Claims, AuthError> {
        let stamp = Stamp { issued_at: session.moved_at, expires_at: session.idle_expires_at };
        let mut claims = self.base(TokenClass::Refresh, stamp, &session.refresh_jti(), &session.user_id)?;
        extend(&mut claims, &session.claims);
        self.audience_and_issuer(&mut claims)?;
        self.session_claims(&mut claims, session, true)?;
        Ok(claims)
    }

    /// A new access token of a session; it never outlives the session's absolute life.
    pub(crate) fn session_access(&self, session: &Session, user: &Claims, now: Timestamp) -> Result<Secret, AuthError> {
        self.sign(&self.access_claims(session, user, now, &random_id()?)?)
    }

    fn access_claims(&self, session: &Session, user: &Claims, now: Timestamp, id: &str) -> Result<Claims, AuthError> {
        let expires_at = now.after(self.settings.access_token_lifetime).min(session.expires_at);
        let stamp = Stamp { issued_at: now, expires_at };
        let mut claims = self.base(TokenClass::Access, stamp, id, &session.user_id)?;
        // What the user store says now wins over what was set at login.
        let mut own = session.claims.clone();
        own.extend(user);
        extend(&mut claims, &own);
        self.audience_and_issuer(&mut claims)?;
        self.session_claims(&mut claims, session, false)?;
        Ok(claims)
    }

    /// A token that belongs to no session.
    pub(crate) fn stateless(
        &self,
        class: TokenClass,
        user_id: &str,
        own: &Claims,
        stamp: Stamp,
    ) -> Result<Secret, AuthError> {
        let mut claims = self.base(class, stamp, &random_id()?, user_id)?;
        extend(&mut claims, own);
        self.audience_and_issuer(&mut claims)?;
        self.sign(&claims)
    }

    fn base(&self, class: TokenClass, stamp: Stamp, jti: &str, user_id: &str) -> Result<Claims, AuthError> {
        check_somebody(user_id)?;
        let mut claims = Claims::new();
        if let (Some(name), Some(kind)) = (&self.settings.token_type_claim, class.token_type()) {
            set(&mut claims, name, kind)?;
        }
        set(&mut claims, "exp", stamp.expires_at.seconds())?;
        set(&mut claims, "iat", stamp.issued_at.seconds())?;
        if let Some(name) = &self.settings.jti_claim {
            set(&mut claims, name, jti)?;
        }
        set(&mut claims, &self.settings.user_id_claim, user_id)?;
        Ok(claims)
    }

    pub(crate) fn audience_and_issuer(&self, claims: &mut Claims) -> Result<(), AuthError> {
        match &self.settings.audience {
            Audience::One(name) => set(claims, "aud", name)?,
            Audience::List(names) if names.is_empty() => {}
            Audience::List(names) => set(claims, "aud", names)?,
        }
        match &self.settings.issuer {
            Some(issuer) => set(claims, "iss", issuer),
            None => Ok(()),
        }
    }

    fn session_claims(&self, claims: &mut Claims, session: &Session, refresh: bool) -> Result<(), AuthError> {
        set(claims, "sid", session.sid.to_string())?;
        if refresh {
            set(claims, "gen", session.generation)?;
        }
        set(claims, "ep", session.epoch)?;
        if session.auth_time > Timestamp::default() {
            set(claims, "auth_time", session.auth_time.seconds())?;
        }
        if !session.amr.is_empty() {
            set(claims, "amr", &session.amr)?;
        }
        if let Some(acr) = &session.acr {
            set(claims, "acr", acr)?;
        }
        // A refresh token has its own generation. 0: of after a proof that was taken by a release before this one, and forgotten.
        let LastProof { generation, auth_time } = session.last_proof;
        if !refresh && (generation > 0 || auth_time > session.auth_time) {
            set(claims, "auth_gen", generation)?;
        }
        Ok(())
    }

    /// Signs what this service accepts itself, and nothing else.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<Secret, AuthError> {
        let payload = claims.to_json();
        self.check_written(claims, payload.clone())?;
        self.sign_text(&payload)
    }

    /// The same whatever it says: for a token that is handed to nobody.
    pub(crate) fn sign_text(&self, payload: &str) -> Result<Secret, AuthError> {
        Ok(Secret::new(self.key()?.sign(payload)))
    }

    /// Asks the verifier about a token of these claims, as it would be in the moment of its issue.
    pub(super) fn check(&self, claims: &Claims) -> Result<(), AuthError> {
        self.key()?;
        self.check_written(claims, claims.to_json())
    }

    fn check_written(&self, claims: &Claims, payload: String) -> Result<(), AuthError> {
        let bytes = self.length(&payload);
        let issued = claims.get("iat").ok().flatten().map(Timestamp::from_seconds).unwrap_or_default();
        let error = match self.verifier.judge_own(bytes, payload, issued) {
            Ok(_) => return Ok(()),
            // Times are this service's own, as the settings have or had them.
            Err(TokenError::Expired | TokenError::LivesTooLong) => return Ok(()),
            Err(error) => error,
        };
        let user = claims.get(&self.settings.user_id_claim).ok().flatten().unwrap_or_default();
        let claim = claims.raw("sub").filter(|raw| error == TokenError::BadClaim && !raw.starts_with('"'));
        Err(not_issued(
            user,
            match error {
                TokenError::TooLong => {
                    IssueFault::TooLong { bytes, most: self.settings.max_token_bytes, largest: largest(claims) }
                }
                error => IssueFault::Refused { error, claim: claim.map(|_| "sub".to_owned()) },
            },
        ))
    }

    fn length(&self, payload: &str) -> usize {
        self.overhead + (payload.len() * 4).div_ceil(3)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What the log says of a node that has nothing to sign with.
const NO_SIGNER: &str = "every key that this node could sign with was removed from the schedule: give it the one that signs now, in `key_ring`";

/// A token that names nobody would open nothing.
pub(crate) fn check_somebody(user_id: &str) -> Result<(), AuthError> {
    if user_id.is_empty() {
        return Err(not_issued(String::new(), IssueFault::Refused { error: TokenError::MissingUserId, claim: None }));
    }
    Ok(())
}

/// The error of a token that is not handed out, which the log is told of.
pub(crate) fn not_issued(user: String, fault: IssueFault) -> AuthError {
    tracing::error!(target: "jwt_auth", user = ?user, reason = %fault, remedy = fault.remedy(), "a token was not issued");
    AuthError::NotIssued(NotIssued::new(user, fault))
}

pub(crate) fn largest(claims: &Claims) -> String {
    claims.iter().max_by_key(|(_, raw)| raw.len()).map_or_else(String::new, |(name, _)| name.to_owned())
}

/// The claims whose names the settings have, and whose values this crate.
fn named_claims(settings: &Settings) -> Vec<&str> {
    let Settings { token_type_claim, jti_claim, user_id_claim, .. } = settings;
    let named = [token_type_claim.as_deref(), jti_claim.as_deref(), Some(user_id_claim)];
    named.into_iter().flatten().collect()
}

/// The application's own claims of a verified token: all but those that every token gets anew.
pub(crate) fn own_claims(token: &VerifiedToken, settings: &Settings) -> Claims {
    let named = named_claims(settings);
    let mut claims = token.claims();
    claims.retain(|name| !RESERVED.contains(&name) && !named.contains(&name));
    claims
}

/// Claims that every token gets anew and that the application cannot set; the last one is kept in a session's row and stands in
/// no token.
const RESERVED: [&str; 15] = [
    "exp",
    "iat",
    "nbf",
    "aud",
    "iss",
    "sid",
    "gen",
    "ep",
    "auth_time",
    "amr",
    "acr",
    "auth_gen",
    "jti",
    PASSWORD_MARK,
    LOGIN_MARK,
];

/// The claim of a session's row by which a changed password is noticed.
pub(crate) const PASSWORD_MARK: &str = "jwt_auth:password";

/// The claim of a session's row that names, in marks, under which name somebody has logged in and by which client.
pub(crate) const LOGIN_MARK: &str = "jwt_auth:login";

/// 128 random bits in hex: what SimpleJWT's `uuid4().hex` looks like.
pub(crate) fn random_id() -> Result<String, AuthError> {
    Ok(SessionId::random()?.to_string())
}

/// Adds the application's own claims; what this crate says in a token cannot be said by others.
fn extend(claims: &mut Claims, more: &Claims) {
    for (name, value) in more.members() {
        if !RESERVED.contains(&name) && !claims.contains(name) {
            claims.insert_raw(name, value.to_owned());
        }
    }
}

fn set(claims: &mut Claims, name: &str, value: impl serde::Serialize) -> Result<(), AuthError> {
    claims.insert(name, value).map_err(|_| AuthError::Misconfigured("a registered claim could not be written as JSON"))
}
