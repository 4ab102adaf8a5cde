//! Whether a token is revoked: known without asking anybody, but for tokens that live longer than was known when revocations were made.

use crate::auth::{JwtAuth, late};
use crate::error::StoreError;
use crate::revocation::TokenFacts;
use crate::store::{AnyTokenStore, SessionId, TokenStore};
use crate::verify::VerifiedToken;
use aws_lc_rs::digest::{SHA256, digest};
use std::time::Duration;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Whether a token of our own belongs to a session that was ended or proven anew since, or to an epoch that has passed.
    ///
    /// A token that lives longer than the store remembers was issued elsewhere (by Django with the same secret, by the command line,
    /// before there was a store) or before lifetimes were shortened: a revocation that meant it may be forgotten. Its life is
    /// remembered first, so that none is forgotten from now on, and then the store is asked.
    pub(crate) async fn is_revoked(&self, token: &VerifiedToken) -> Result<bool, StoreError> {
        match self.revoked_here(token) {
            Some(known) => Ok(known),
            // In a box, so that tokens whose lives are known do not carry the room for it.
            None => Box::pin(self.look_up(token)).await,
        }
    }

    /// Whether it is revoked, as far as this node can tell; `None` where it has to ask the store.
    pub(super) fn revoked_here(&self, token: &VerifiedToken) -> Option<bool> {
        // Without a store there are no revocations; with one, its sessions and users are those of the tokens accepted here.
        let inner = self.parts();
        // Mostly there are none, and then nobody needs the token's facts.
        if !inner.revocations.is_empty() && inner.revocations.is_revoked(&TokenFacts::from(token)) {
            return Some(true);
        }
        let life = TokenFacts { issued_at: token.issued_at(), expires_at: token.expires_at(), ..TokenFacts::default() };
        // Lives of somebody else's tokens are no measure for ours, and no session of ours is theirs.
        let is_known = token.is_further() || inner.revocations.covers(&life);
        let is_alone = || !inner.store.as_ref().is_some_and(|store| store.capabilities().revocations);
        (is_known || is_alone()).then_some(false)
    }

    async fn look_up(&self, token: &VerifiedToken) -> Result<bool, StoreError> {
        let inner = self.parts();
        let Some(store) = &inner.store else { return Ok(false) };
        let facts = TokenFacts::from(token);
        let digest = digest_of(token);
        if inner.revocations.was_looked_up(&digest) {
            return Ok(false);
        }
        let begun = inner.clock.monotonic();
        let known = store.remember_lifetime(self.life_to_remember(&facts), self.now()).await?;
        inner.revocations.know(&known);
        let is_revoked = self.is_revoked_in(store, &facts).await?;
        if !is_revoked {
            inner.revocations.note_look_up(digest, begun);
        }
        Ok(is_revoked)
    }

    /// What the store says of a token by its session and its user, whatever was forgotten.
    pub(crate) async fn is_revoked_in(
        &self,
        store: &AnyTokenStore,
        token: &TokenFacts<'_>,
    ) -> Result<bool, StoreError> {
        if let Some(sid) = token.sid.and_then(SessionId::parse) {
            // Rows stay as long as an access token may live.
            let Some(session) = store.find(sid).await? else { return Ok(true) };
            let is_its_user = Some(session.user_id.as_str()) == token.user_id;
            if session.ended.is_some() || !is_its_user || token.is_before_proof(session.last_proof) {
                return Ok(true);
            }
        }
        let Some(user_id) = token.user_id else { return Ok(false) };
        let epoch = store.epoch(user_id).await?;
        let raised_at = if epoch > 0 && token.epoch.is_none() { store.raised_at(user_id).await? } else { None };
        Ok(token.is_before_epoch(epoch, raised_at, self.settings().leeway))
    }

    /// How long revocations have to be kept for such a token. Beyond what is known it is a power of two of seconds, so that a hundred
    /// slightly different lives are remembered as one.
    fn life_to_remember(&self, token: &TokenFacts<'_>) -> Duration {
        let life = token.expires_at.since(token.issued_at.unwrap_or_else(|| self.now()));
        let life = life.saturating_add(late(self.settings()));
        if life <= self.parts().revocations.keep() {
            return life;
        }
        let seconds = life.as_secs().saturating_add(1);
        Duration::from_secs(seconds.checked_next_power_of_two().unwrap_or(seconds))
    }
}

/// The claims are all that was verified, and a signature may be written in more than one way.
fn digest_of(token: &VerifiedToken) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.payload().as_bytes()).as_ref());
    bytes
}
