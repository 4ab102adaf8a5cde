//! What of a token decides whether it is revoked.

use crate::clock::Timestamp;
use crate::json;
use crate::store::LastProof;
use crate::verify::VerifiedToken;

/// The claims of a verified token of our own by which it can be revoked.
///
/// Claims of another issuer's tokens must not be asked about: its users are not ours.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenFacts<'a> {
    /// `sid`: its session.
    pub sid: Option<&'a str>,
    /// Its user.
    pub user_id: Option<&'a str>,
    /// `ep`: its user's epoch when it was issued.
    pub epoch: Option<u64>,
    /// `auth_gen`: the generation that its session's last proof of identity had made.
    pub auth_generation: Option<u64>,
    /// `gen`: that of a refresh token.
    pub generation: Option<u64>,
    /// `auth_time` in seconds.
    pub auth_time: Option<u64>,
    /// `iat`; without it a token is as old as can be.
    pub issued_at: Option<Timestamp>,
    /// `exp`.
    pub expires_at: Timestamp,
}

impl<'a> From<&'a VerifiedToken> for TokenFacts<'a> {
    fn from(token: &'a VerifiedToken) -> Self {
        Self {
            sid: token.session_id(),
            user_id: token.user_id(),
            epoch: token.epoch(),
            auth_generation: token
                .raw_claim("auth_gen")
                .and_then(json::as_integer)
                .map(|said| said.max(0).unsigned_abs()),
            generation: token.generation(),
            auth_time: token.auth_time(),
            issued_at: token.issued_at(),
            expires_at: token.expires_at(),
        }
    }
}

impl TokenFacts<'_> {
    /// Whether a proof that its session was given makes it a token of before.
    pub(crate) fn is_before_proof(&self, proof: LastProof) -> bool {
        match (proof.generation, self.auth_generation) {
            // By a release that knew of no generations, and the token is of this one.
            (0, Some(_)) => false,
            (0, None) => {
                let said = self.auth_time.or(self.issued_at.map(Timestamp::seconds)).unwrap_or_default();
                said < proof.auth_time.seconds()
            }
            (generation, said) => said.or(self.generation).unwrap_or_default() < generation,
        }
    }

    /// Whether it is of before its user's epoch was raised. One that says no epoch is told by when it was issued; `leeway`: its issuer's
    /// clock may be so far ahead.
    pub(crate) fn is_before_epoch(
        &self,
        epoch: u64,
        raised_at: Option<Timestamp>,
        leeway: std::time::Duration,
    ) -> bool {
        match (self.epoch, self.issued_at, raised_at) {
            (Some(said), ..) => said < epoch,
            (None, Some(issued_at), Some(raised_at)) => epoch > 0 && issued_at.before(leeway) <= raised_at,
            (None, ..) => epoch > 0,
        }
    }
}
