//! Devices that a user is known to use: the same client as a living session of theirs, or one that shows a cookie of an earlier login.

use super::Throttle;
use super::limit::Counted;
use super::login_mark::client_at_login;
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::flows::Client;
use crate::store::{ClientMark, Session, SessionId, TokenStore};
use std::iter::once;
use std::time::Duration;
use tokio::time::timeout;

/// How long a list of sessions is waited for. What depends on it is a login, and its client is there.
const PATIENCE: Duration = Duration::from_secs(2);

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Where the failures of the device count that the cookie names; none where it names none of this user's. Nobody has to be asked.
    pub(super) fn device_by_cookie(
        &self,
        throttle: &Throttle,
        user_id: &str,
        cookie: Option<&str>,
        now: Timestamp,
    ) -> Option<Vec<Counted>> {
        let id = self.parts().device_keys.as_ref()?.device(cookie?, user_id, now)?;
        Some(throttle.buckets.of_a_device(user_id, &id))
    }

    /// Where the failures of this client count if it is one that the user is known to use: named by what it is known by, whichever session that
    /// was. None without an address, as an agent text alone is no secret.
    pub(super) fn device_by_client(&self, throttle: &Throttle, user_id: &str, client: &Client) -> Option<Vec<Counted>> {
        let key = self.parts().client_key.as_ref().filter(|_| client.ip.is_some())?;
        let mark = key.mark(SessionId::from_bytes([0; 16]), client.user_agent.as_deref(), client.ip.as_deref());
        Some(throttle.buckets.of_a_device(user_id, mark.as_bytes()))
    }

    /// As [`is_client_of_a_session`](Self::is_client_of_a_session), one at a time: refused logins cost nothing else, and a flood of them must leave
    /// lists of sessions to others.
    pub(super) async fn is_known_in_turn(
        &self,
        throttle: &Throttle,
        user_id: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let turn = timeout(PATIENCE, throttle.list_turns.acquire()).await.map_err(StoreError::unavailable)?;
        let _turn = turn.map_err(StoreError::unavailable)?;
        self.is_client_of_a_session(user_id, client, now).await
    }

    /// Whether one of the user's living sessions was opened, or moved last, by this client. The youngest hundred are looked at.
    pub(super) async fn is_client_of_a_session(
        &self,
        user_id: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let inner = self.parts();
        let store = inner.store.as_ref().filter(|store| store.capabilities().sessions);
        let Some((store, key)) = store.zip(inner.client_key.as_ref()) else { return Ok(false) };
        let is_it = |session: &Session| {
            let (user_agent, ip) = (client.user_agent.as_deref(), client.ip.as_deref());
            let former = key.former_marks(session.sid, user_agent, ip);
            let at_login = client_at_login(session);
            let is_by = |mark: ClientMark| session.moved_by == Some(mark) || at_login == Some(mark.to_string());
            once(key.mark(session.sid, user_agent, ip)).chain(former).any(is_by)
        };
        let sessions = timeout(PATIENCE, store.list(user_id, now)).await.map_err(StoreError::unavailable)??;
        Ok(sessions.iter().any(is_it))
    }
}
