//! Where a refresh token stands in the store.

use super::standing::{PASSWORD_CHANGED, Standing};
use super::{Client, Deed};
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason, TokenError};
use crate::store::{AnyTokenStore, NewSession, Session, SessionId, SessionPlace, TokenStore};
use crate::tokens::{TokenClass, own_claims};
use crate::verify::VerifiedToken;
use std::cmp::Reverse;

/// The session and the generation that a verified refresh token stands for.
pub(crate) struct Located {
    pub(crate) sid: SessionId,
    pub(crate) generation: u64,
    pub(crate) user_id: String,
    foreign: Option<Box<Foreign>>,
}

/// A located token whose row is there.
pub(super) struct Adopted {
    pub(super) located: Located,
    /// It has just become a session.
    is_new: bool,
}

/// A token that was issued elsewhere.
struct Foreign {
    /// What it becomes on first use.
    session: NewSession,
    /// How a release before this one called that.
    name_before: SessionId,
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Which session and generation a refresh token stands for.
    pub(super) fn locate(&self, token: &VerifiedToken) -> Result<Located, AuthError> {
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?.to_owned();
        match (token.session_id().and_then(SessionId::parse), token.generation()) {
            (Some(sid), Some(generation)) => return Ok(Located { sid, generation, user_id, foreign: None }),
            (None, None) if token.raw_claim("sid").is_none() && token.raw_claim("gen").is_none() => {}
            // Half of a session: no refresh token of ours, and none from elsewhere.
            _ => return Err(AuthError::InvalidToken(TokenError::BadClaim)),
        }
        let settings = self.settings();
        let jti = token.jti().ok_or(AuthError::InvalidToken(TokenError::MissingId))?;
        let issuer = token.claim::<String>("iss").ok().flatten();
        let sid = SessionId::of_foreign_token(&settings.namespace, issuer.as_deref(), jti, &user_id);
        // Without `iat` it is as old as can be: whatever was ended before now meant it. An issuer whose clock is ahead, as far as the
        // leeway lets it, must not issue tokens that outrun a "log out everywhere".
        let created_at = token.issued_at().map(|issued| issued.before(settings.leeway)).unwrap_or_default();
        let mut claims = own_claims(token, settings);
        self.drop_stale_rights(&mut claims);
        let session = NewSession {
            sid,
            user_id: user_id.clone(),
            created_at,
            idle_expires_at: token.expires_at(),
            expires_at: token.expires_at().max(self.session_end(created_at)),
            auth_time: Timestamp::default(),
            amr: Vec::new(),
            acr: None,
            claims,
            ip: None,
            user_agent: None,
            // Cleared earlier, the same token could be adopted a second time.
            keep_until: token.expires_at().after(settings.leeway),
        };
        let name_before = SessionId::of_foreign_token_before(settings.issuer.as_deref(), jti);
        Ok(Located { sid, generation: 0, user_id, foreign: Some(Box::new(Foreign { session, name_before })) })
    }

    /// The place of a token in the store, where it stands from now on if it came from elsewhere, and its user. The
    /// session of a user who gets no more tokens ends.
    pub(super) async fn locate_and_adopt(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        now: Timestamp,
    ) -> Result<(Located, Standing), AuthError> {
        let located = self.locate(token)?;
        // The user first: a store that cannot say who they are must not cost them their refresh token.
        let user = self.current_standing(token).await?;
        if let Ok(standing) = &user {
            self.rehearse(&located, token, &standing.claims, now)?;
        }
        let adopted = self.adopt(store, token, located, user.as_ref().ok(), now).await?;
        match user {
            Ok(user) => Ok((self.settle(store, adopted, now).await?, user)),
            Err(reason) => Err(self.end_located(store, token, &adopted.located, reason, now).await?),
        }
    }

    /// Ends the session of a user who gets no more tokens, and says why they get none. It has to be theirs: a token that names somebody else
    /// than its row ends nothing, whoever that is.
    async fn end_located(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        located: &Located,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<AuthError, AuthError> {
        let Some(session) = store.find(located.sid).await? else { return Ok(AuthError::SessionEnded(reason)) };
        if session.user_id != located.user_id {
            self.presentation(located, &Client::default(), None, now).raise_alarm(&session);
            return Ok(AuthError::SessionEnded(EndReason::Unknown));
        }
        // With `check_revoke_token`: a token of before the password was changed, of the session that the change has kept.
        let claim = &self.settings().revoke_token_claim;
        let is_kept = reason == EndReason::SessionRevoked && session.claims.raw(claim) != token.raw_claim(claim);
        if !is_kept {
            let code = if reason == EndReason::SessionRevoked { PASSWORD_CHANGED } else { reason.code() };
            self.end(store, located.sid, reason, now, Deed::revoked_because(code)).await?;
        }
        Ok(AuthError::SessionEnded(reason))
    }

    /// Whether what would be issued for a token could be handed out: else it would be spent for nothing. One from elsewhere that leaves no
    /// room for what its successors say besides is refused itself.
    fn rehearse(
        &self,
        located: &Located,
        token: &VerifiedToken,
        user: &Claims,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let issuer = self.issuer()?;
        let Some(foreign) = &located.foreign else { return issuer.rehearse_refresh(token, user, now) };
        let session = foreign.session.clone().into_session(u64::from(u32::MAX));
        let latest = Session { generation: u64::from(u32::MAX), ..session };
        issuer.rehearse(&latest, user, now).map_err(|error| match error {
            AuthError::NotIssued(_) => AuthError::InvalidToken(TokenError::TooLong),
            error => error,
        })
    }

    /// A token from elsewhere becomes a session on first use, unless it was blacklisted there or is one already, or its time is over.
    pub(super) async fn adopt(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        mut located: Located,
        user: Option<&Standing>,
        now: Timestamp,
    ) -> Result<Adopted, AuthError> {
        let Some(mut foreign) = located.foreign.take() else { return Ok(Adopted { located, is_new: false }) };
        if store.find(located.sid).await?.is_some() {
            return Ok(Adopted { located, is_new: false });
        }
        // What was adopted, spent or ended under its old name stays so. Two users' tokens could share that name.
        let before = store.find(foreign.name_before).await?;
        if before.is_some_and(|session| session.user_id == located.user_id) {
            let located = Located { sid: foreign.name_before, ..located };
            return Ok(Adopted { located, is_new: false });
        }
        if foreign.session.idle_expires_at <= now.before(self.settings().leeway) {
            return Err(AuthError::InvalidToken(TokenError::Expired));
        }
        if let Some(error) = self.parts().ledger.objection(token, TokenClass::Refresh).await? {
            return Err(AuthError::InvalidToken(error));
        }
        if let Some(user) = user {
            user.mark(located.sid, &mut foreign.session.claims)?;
        }
        self.audited(store, Deed::ADOPTED).adopt(foreign.session, now).await?;
        Ok(Adopted { located, is_new: true })
    }

    /// An adopted session counts against the limit once it is used. One that is over already (issued before a "log out everywhere")
    /// makes no room for itself.
    pub(super) async fn settle(
        &self,
        store: &AnyTokenStore,
        Adopted { located, is_new }: Adopted,
        now: Timestamp,
    ) -> Result<Located, AuthError> {
        if is_new && store.find(located.sid).await?.is_some_and(|session| session.is_alive(now)) {
            self.keep_to_the_limit(store, &located, now).await?;
        }
        Ok(located)
    }

    /// Ends the sessions that are too many since this one was adopted. It is there when the others are counted, so of several at
    /// once the last one to count sees them all.
    async fn keep_to_the_limit(
        &self,
        store: &AnyTokenStore,
        newcomer: &Located,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let max = self.settings().max_sessions_per_user.filter(|_| store.capabilities().sessions);
        let Some(max) = max else { return Ok(()) };
        let (mut sessions, mut page) = (Vec::new(), store.list(&newcomer.user_id, now).await?);
        while let Some(last) = page.last() {
            let place = SessionPlace::of(last);
            sessions.append(&mut page);
            page = store.list_after(&newcomer.user_id, place, now).await?;
        }
        sessions.retain(|session| session.sid != newcomer.sid);
        sessions.sort_by_key(|session| Reverse((session.handed_out_at, session.created_at, session.sid)));
        let stay = usize::try_from(max.saturating_sub(1)).unwrap_or(usize::MAX);
        for session in sessions.into_iter().skip(stay) {
            let deed = Deed::revoked_because("max_sessions_per_user");
            self.end(store, session.sid, EndReason::SessionRevoked, now, deed).await?;
        }
        Ok(())
    }
}
