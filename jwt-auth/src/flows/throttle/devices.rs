//! Devices that a user is known to use: the same client as a living session of theirs, or one that shows a cookie of an earlier login.

use super::Throttle;
use super::limit::Counted;
use super::login_mark::client_at_login;
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::flows::Client;
use crate::store::{AnyTokenStore, ClientKey, Session, SessionId, TokenStore};

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Where the failures of this client count as those of a device of the user: none that is not known, two for one that is known by both.
    pub(super) async fn known_devices(
        &self,
        throttle: &Throttle,
        user_id: &str,
        client: &Client,
        cookie: Option<&str>,
        now: Timestamp,
    ) -> Vec<Vec<Counted>> {
        let inner = self.parts();
        let mut devices = Vec::from_iter(self.by_cookie(throttle, user_id, cookie, now));
        let store = inner.store.as_ref().filter(|store| store.capabilities().sessions);
        if let Some((store, key)) = store.zip(inner.client_key.as_ref())
            && is_client_of_a_session(store, key, user_id, client, now).await
        {
            devices.push(by_client(throttle, key, user_id, client));
        }
        devices
    }

    /// Where they would count, whether or not it is known: what a success forgets.
    pub(super) fn devices_of_success(
        &self,
        throttle: &Throttle,
        user_id: &str,
        client: &Client,
        cookie: Option<&str>,
        now: Timestamp,
    ) -> Vec<Counted> {
        let key = self.parts().client_key.as_ref();
        let by_client = key.map(|key| by_client(throttle, key, user_id, client));
        self.by_cookie(throttle, user_id, cookie, now).into_iter().chain(by_client).flatten().collect()
    }

    fn by_cookie(
        &self,
        throttle: &Throttle,
        user_id: &str,
        cookie: Option<&str>,
        now: Timestamp,
    ) -> Option<Vec<Counted>> {
        let id = self.parts().device_keys.as_ref()?.device(cookie?, user_id, now)?;
        Some(throttle.buckets.of_a_device(user_id, &id))
    }
}

/// Named by what it is known by, whichever session that was.
fn by_client(throttle: &Throttle, key: &ClientKey, user_id: &str, client: &Client) -> Vec<Counted> {
    let mark = key.mark(SessionId::from_bytes([0; 16]), client.user_agent.as_deref(), client.ip.as_deref());
    throttle.buckets.of_a_device(user_id, mark.as_bytes())
}

/// Whether one of the user's living sessions was opened, or moved last, by this client. The youngest hundred are looked at.
async fn is_client_of_a_session(
    store: &AnyTokenStore,
    key: &ClientKey,
    user_id: &str,
    client: &Client,
    now: Timestamp,
) -> bool {
    // An agent text alone is no secret.
    if client.ip.is_none() {
        return false;
    }
    let is_it = |session: &Session| {
        let mark = key.mark(session.sid, client.user_agent.as_deref(), client.ip.as_deref());
        session.moved_by == Some(mark) || client_at_login(session) == Some(mark.to_string())
    };
    match store.list(user_id, now).await {
        Ok(sessions) => sessions.iter().any(is_it),
        Err(error) => {
            tracing::debug!(target: "jwt_auth", ?error, "whether a device is known cannot be told now");
            false
        }
    }
}
