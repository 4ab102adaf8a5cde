//! What the row of a session notes of its login, for throttling later ones.

use super::NameMark;
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::error::AuthError;
use crate::flows::Client;
use crate::store::{Session, SessionId};
use crate::tokens::LOGIN_MARK;

/// The marks of the name and of the client. They stay in the row and are in no token.
type Marks = [Option<String>; 2];

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Notes in the claims of a session's row under which name and by which client it was opened, in keyed marks.
    pub(in crate::flows) fn note_login_mark(
        &self,
        sid: SessionId,
        name: Option<NameMark>,
        client: &Client,
        claims: &mut Claims,
    ) -> Result<(), AuthError> {
        let inner = self.parts();
        claims.remove(LOGIN_MARK);
        if inner.throttle.is_none() {
            return Ok(());
        }
        let key = inner.client_key.as_ref().filter(|_| client.ip.is_some());
        let client = key.map(|key| key.mark(sid, client.user_agent.as_deref(), client.ip.as_deref()).to_string());
        let marks: Marks = [name.map(|name| name.to_string()), client];
        if marks.iter().any(Option::is_some) {
            claims.insert(LOGIN_MARK, marks)?;
        }
        Ok(())
    }
}

/// The name under which the user of a session has logged in; none where that was not noted, or none was typed.
#[cfg(feature = "password")]
pub(in crate::flows) fn name_of(session: &Session) -> Option<NameMark> {
    let [name, _] = marks(session)?;
    NameMark::parse(&name?)
}

/// The client that opened a session.
pub(super) fn client_at_login(session: &Session) -> Option<String> {
    let [_, client] = marks(session)?;
    client
}

fn marks(session: &Session) -> Option<Marks> {
    session.claims.get(LOGIN_MARK).ok().flatten()
}
