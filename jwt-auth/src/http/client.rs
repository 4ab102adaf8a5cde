//! The [`Client`] of a request: its address, behind whatever proxies, and its `User-Agent`.

use super::forwarded::{client_address, is_forwarded};
use super::state::AuthState;
use crate::flows::Client;
use ::http::HeaderMap;
use ::http::header::USER_AGENT;
use ::http::request::Parts;
use axum::extract::{ConnectInfo, FromRequestParts};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// The client of a request.
///
/// A [`Client`] among the request's extensions is the client: the application knows better. Else the address is that of the
/// connection, or where this is a trusted proxy's, the one that it names.
pub(crate) fn client_of<S: AuthState>(parts: &Parts, state: &S) -> Client {
    if let Some(client) = parts.extensions.get::<Client>() {
        return client.clone();
    }
    let auth = state.jwt_auth();
    let trusted = &*auth.settings().trusted_proxies;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let is_trusted = |peer: &IpAddr| trusted.iter().any(|network| network.contains(*peer));
    if !peer.as_ref().is_some_and(is_trusted) && is_forwarded(&parts.headers) {
        auth.parts().hints.forwarded_by_a_stranger(peer);
    }
    let ip = peer.map(|peer| client_address(peer, &parts.headers, trusted).to_string());
    Client { ip, user_agent: user_agent(&parts.headers) }
}

/// As the views see it: what handlers pass to `JwtAuth::refresh`, `obtain`, `end_other_sessions` and their like. Never refused.
impl<S: AuthState> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(client_of(parts, state))
    }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(USER_AGENT)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(MAX_USER_AGENT).collect())
}

/// In characters: what a session list needs to name a device, and no room for more.
const MAX_USER_AGENT: usize = 256;
