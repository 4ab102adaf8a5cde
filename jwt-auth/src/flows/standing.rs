//! What the user store says of a user for whom tokens are asked, and whether it is still the same password.

use super::Deed;
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason};
#[cfg(feature = "password")]
use crate::store::SessionPlace;
use crate::store::{AnyTokenStore, Session, SessionId, TokenStore};
use crate::tokens::PASSWORD_MARK;
use crate::user::UserFacts;
use aws_lc_rs::digest::{Context, SHA256};
use std::fmt::Write;

/// Why a session is over whose user has another password.
pub(super) const PASSWORD_CHANGED: &str = "password_changed";

/// What the user store says of a user.
#[derive(Default)]
pub(crate) struct Standing {
    /// What access tokens say.
    pub(crate) claims: Claims,
    /// The stored hash; none where nobody looks whether it changes.
    password_hash: Option<String>,
}

impl Standing {
    /// Notes in the claims of a session's row which password its user has: for as long as that is the stored one, the session is
    /// refreshed. Django keeps a digest of the hash in its sessions for the same reason (`get_session_auth_hash`).
    ///
    /// The mark stays in the row, which stands where hashes stand, or in a database that knows no more than a digest.
    pub(super) fn mark(&self, sid: SessionId, claims: &mut Claims) -> Result<(), AuthError> {
        claims.remove(PASSWORD_MARK);
        if let Some(hash) = self.password_hash.as_deref().filter(|hash| is_usable(hash)) {
            claims.insert(PASSWORD_MARK, [digest(sid, hash), digest(sid, &shape(hash))])?;
        }
        Ok(())
    }

    /// Whether the password is the one of the session's login, as far as can be told: a hash of another format or cost may be the
    /// same password, hashed anew by a login here or by a Django on the same table, and is taken for it.
    pub(super) fn has_password_of(&self, session: &Session) -> bool {
        self.compared(session) != Compared::Another
    }

    fn compared(&self, session: &Session) -> Compared {
        let Some(hash) = self.password_hash.as_deref() else { return Compared::Noted };
        // A session of before this was noted, or one that needed no password.
        let Ok(Some([of_hash, of_shape])) = session.claims.get::<[String; 2]>(PASSWORD_MARK) else {
            return Compared::Noted;
        };
        match digest(session.sid, hash) == of_hash {
            true => Compared::Noted,
            false if is_usable(hash) && digest(session.sid, &shape(hash)) != of_shape => Compared::Renewed,
            false => Compared::Another,
        }
    }

    /// Notes a renewed hash in the row of the session: else the next one of the old look would be taken for another password. That it cannot
    /// be noted, as in a store that changes no claims, fails nothing: the password is the right one.
    async fn note_renewed(&self, store: &AnyTokenStore, session: &Session) {
        if self.compared(session) != Compared::Renewed {
            return;
        }
        let mut claims = session.claims.clone();
        let noted = match self.mark(session.sid, &mut claims) {
            Ok(()) => store.set_claims(session.sid, claims).await.map_err(AuthError::from),
            Err(error) => Err(error),
        };
        if let Err(error) = noted {
            tracing::warn!(target: "jwt_auth", ?error, sid = %session.sid, "a session could not be told that the hash of its password was renewed");
        }
    }
}

/// What a stored hash is to the one that is noted in a session's row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compared {
    /// The same, or nobody looks.
    Noted,
    /// Of another look, so it may be the same password.
    Renewed,
    Another,
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    pub(super) fn standing_of(&self, facts: &UserFacts) -> Result<Standing, AuthError> {
        let claims = self.claims_of(facts)?;
        Ok(Standing { claims, ..self.watched(&facts.password_hash) })
    }

    /// Without claims. SimpleJWT watches passwords by `CHECK_REVOKE_TOKEN` only.
    pub(super) fn watched(&self, password_hash: &str) -> Standing {
        let is_watched = self.settings().profile.rules().watches_passwords;
        Standing { claims: Claims::new(), password_hash: is_watched.then(|| password_hash.to_owned()) }
    }

    /// Whether the password that the user has now is the one of the session. Between reading the user and reading the row the password may
    /// have been changed and the session kept, so one that does not fit is read once more.
    pub(super) async fn is_of_their_password(&self, session: &Session, user: &Standing) -> Result<bool, AuthError> {
        let inner = self.parts();
        let Some(users) = inner.users.as_ref().filter(|_| !user.has_password_of(session)) else { return Ok(true) };
        let stored = users.allowed_password(&session.user_id, inner.settings.check_user_is_active).await?;
        let Some(password_hash) = stored else { return Ok(false) };
        Ok(self.watched(&password_hash).has_password_of(session))
    }

    /// After the hash of a password was computed anew: the sessions of the user that went by the old one go by the new one.
    #[cfg(feature = "password")]
    pub(super) async fn renew_password_of_sessions(
        &self,
        user_id: &str,
        old_hash: &str,
        new_hash: &str,
    ) -> Result<(), AuthError> {
        let (old, new) = (self.watched(old_hash), self.watched(new_hash));
        let sessions = self.parts().store.as_ref().filter(|store| store.capabilities().sessions);
        let Some(store) = sessions.filter(|_| new.password_hash.is_some()) else { return Ok(()) };
        let now = self.now();
        let mut page = store.list(user_id, now).await?;
        while let Some(last) = page.last().map(SessionPlace::of) {
            for session in page.iter().filter(|session| old.has_password_of(session)) {
                new.note_renewed(store, session).await;
            }
            page = store.list_after(user_id, last, now).await?;
        }
        Ok(())
    }

    /// Ends the session whose user's password was changed behind this crate's back: whoever changes it here says so,
    /// [`password_changed`](Self::password_changed).
    pub(super) async fn check_password_of(
        &self,
        store: &AnyTokenStore,
        session: &Session,
        user: &Standing,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        if user.has_password_of(session) {
            user.note_renewed(store, session).await;
            return Ok(());
        }
        if self.is_of_their_password(session, user).await? {
            return Ok(());
        }
        let deed = Deed::revoked_because(PASSWORD_CHANGED);
        self.end(store, session.sid, EndReason::SessionRevoked, now, deed).await?;
        Err(AuthError::SessionEnded(EndReason::SessionRevoked))
    }
}

/// Whether somebody can log in by it. Django marks users without a password by `!`.
fn is_usable(hash: &str) -> bool {
    !hash.is_empty() && !hash.starts_with('!')
}

/// What two hashes of one format and cost have in common: the name of the format and its parameters; of salt and hash their lengths.
///
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` and every format of Django are parts between `$`, the first that is not empty being
/// the format's name; parameters are short numbers, or pairs of a name and a value.
fn shape(hash: &str) -> String {
    let is_number = |part: &str| part.len() <= 10 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_pairs = |part: &str| {
        part.split(',').all(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or_default();
            !name.is_empty() && name.len() <= 4 && is_number(value) && !value.is_empty()
        })
    };
    let mut shape = String::with_capacity(hash.len());
    let mut is_named = false;
    for part in hash.split('$') {
        let is_name = !is_named && !part.is_empty();
        is_named |= is_name;
        // Writing to a `String` cannot fail.
        let _ = match is_name || is_number(part) || is_pairs(part) {
            true => write!(shape, "{part}$"),
            false => write!(shape, "#{}$", part.len()),
        };
    }
    shape
}

/// In the name of the session, so that no two rows of one user look alike.
fn digest(sid: SessionId, text: &str) -> String {
    let mut hash = Context::new(&SHA256);
    hash.update(b"jwt-auth password 1\0");
    hash.update(sid.as_bytes());
    hash.update(text.as_bytes());
    hash.finish().as_ref().iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn a_shape_tells_format_and_cost_and_no_password() {
        for (hash, expected) in [
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$v=19$m=19456,t=2,p=1$#11$#6$"),
            ("pbkdf2_sha256$1000000$NSzQeUKd3IBG$RtPikrdp8TjGz=", "pbkdf2_sha256$1000000$#12$#14$"),
            ("bcrypt$$2b$12$SvQ2AXg8VieBgd4F9j71pu", "bcrypt$$#2$12$#22$"),
            ("scrypt$16384$salt$8$5$oDoSm==", "scrypt$16384$#4$8$5$#7$"),
            ("$2b$12$SvQ2AXg8VieBgd4F9j71pu", "$2b$12$#22$"),
        ] {
            assert_eq!(shape(hash), expected, "{hash}");
        }
    }
}
