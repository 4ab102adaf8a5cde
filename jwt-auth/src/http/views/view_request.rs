//! What a view's own methods see.

use crate::flows::Client;
use crate::http::state::AuthState;
use ::http::HeaderMap;
use ::http::header::USER_AGENT;
use ::http::request::Parts;
use std::fmt;

/// The request that a view answers: its head, the router's state and what is known of the client. The body has been read
/// into the view's request type.
pub struct ViewRequest<'r, S> {
    parts: &'r Parts,
    state: &'r S,
    client: Client,
}

impl<'r, S: AuthState> ViewRequest<'r, S> {
    pub(super) fn new(parts: &'r Parts, state: &'r S) -> Self {
        Self { parts, state, client: client_of(&parts.headers) }
    }

    /// Method, URI, headers and extensions.
    pub fn parts(&self) -> &'r Parts {
        self.parts
    }

    /// The router's state.
    pub fn state(&self) -> &'r S {
        self.state
    }

    /// The device at the other end, as it will stand in the list of sessions.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

pub(super) fn client_of(headers: &HeaderMap) -> Client {
    let user_agent = headers
        .get(USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(MAX_USER_AGENT).collect());
    Client { ip: None, user_agent }
}

/// In characters: what a session list needs to name a device, and no room for more.
const MAX_USER_AGENT: usize = 256;

impl<S> fmt::Debug for ViewRequest<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { method, uri, .. } = self.parts;
        // Headers may hold credentials.
        f.debug_struct("ViewRequest").field("method", method).field("path", &uri.path()).finish_non_exhaustive()
    }
}
