//! What a store is asked, in groups of words that belong together.

use super::{Decision, EndReason, Reauthentication, Session, SessionId, SessionRules};
use crate::clock::Timestamp;

/// A refresh token, verified, as the store sees it.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// The session it names.
    pub sid: SessionId,
    /// The generation it carries.
    pub generation: u64,
    /// The present moment.
    pub now: Timestamp,
    /// The table's times and policies.
    pub rules: SessionRules,
    /// Should this end the session: when its last access token is over, see [`Ending::drop_after`].
    pub drop_after: Timestamp,
    /// Client address. The row keeps that of the login.
    pub ip: Option<String>,
    /// `User-Agent`, likewise.
    pub user_agent: Option<String>,
    /// The user has just proved anew who they are; noted if tokens are handed out.
    pub reauthentication: Option<Reauthentication>,
}

impl Presentation {
    /// Decides on the row and does to it what the decision says: [`Session::present`] and [`Session::apply`], and a
    /// new proof of identity noted when tokens are handed out.
    ///
    /// A new proof is for the client that gave it, and not for whoever else holds a token of the session:
    ///
    /// | the table says | but | so |
    /// |---|---|---|
    /// | `Replay` | a proof is given which the successor was not made on, and that may be in other hands | `Recover` |
    /// | `Replay` | the successor was made on a proof, and none is given | `Conflict` |
    /// | `Recover` | likewise | the session forgets the proof |
    pub fn make_on(&self, session: &mut Session) -> Decision {
        let proof = self.reauthentication.as_ref();
        let takes_a_proof = proof.is_none() && session.was_moved_by_proof();
        let decision = match session.present(self.generation, self.now, &self.rules) {
            Decision::Replay if takes_a_proof => Decision::Conflict,
            Decision::Replay if proof.is_some_and(|proof| !session.was_moved_by(proof)) => Decision::Recover,
            decision => decision,
        };
        session.apply(decision, self.now, &self.rules);
        if takes_a_proof && decision == Decision::Recover {
            session.forget_proof();
        }
        if decision.hands_out()
            && let Some(proof) = proof
        {
            session.reauthenticate(proof, self.now);
        }
        decision
    }
}

/// How and when sessions are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub reason: EndReason,
    /// The present moment.
    pub now: Timestamp,
    /// When no access token issued so far can be alive any more (now, the access lifetime and the leeway): until
    /// then the revocation is carried in every node's memory. Never the refresh lifetime, which would fill it.
    pub drop_after: Timestamp,
}

/// At most so many sessions per user: `max_sessions_per_user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimit {
    /// The newcomer included; 0 counts as 1.
    pub max: u32,
    /// Of the sessions that have to go, see [`Ending::drop_after`].
    pub drop_after: Timestamp,
}
