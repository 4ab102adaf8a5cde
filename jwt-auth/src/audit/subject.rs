//! Whom an event is about.

use crate::flows::Client;
use crate::store::{Session, SessionId};
use crate::verify::VerifiedToken;

/// Whom an event is about, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject {
    /// The user's id. `None` where no token or password proved one.
    pub user: Option<String>,
    /// The session. `None` without one: a login that failed, stateless tokens.
    pub sid: Option<SessionId>,
    /// Who asked; empty where a program asked and no request. `record_client` has no say here.
    pub client: Client,
}

impl Subject {
    pub(crate) fn of_session(session: &Session, client: Client) -> Self {
        Self { user: Some(session.user_id.clone()), sid: Some(session.sid), client }
    }

    pub(crate) fn of_token(token: Option<&VerifiedToken>, client: Client) -> Self {
        let user = token.and_then(VerifiedToken::user_id).map(str::to_owned);
        Self { user, sid: token.and_then(VerifiedToken::session_id).and_then(SessionId::parse), client }
    }
}
