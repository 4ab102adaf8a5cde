//! What a view's own methods see.

use crate::flows::Client;
use crate::http::client::client_of;
use crate::http::state::AuthState;
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
        Self { parts, state, client: client_of(parts, state) }
    }

    /// The client as the view has it.
    pub(super) fn with_client(self, client: Client) -> Self {
        Self { client, ..self }
    }

    /// Method, URI, headers and extensions.
    pub fn parts(&self) -> &'r Parts {
        self.parts
    }

    /// The router's state.
    pub fn state(&self) -> &'r S {
        self.state
    }

    /// The device at the other end, as it will stand in the list of sessions: that of the connection, or what a proxy among
    /// `trusted_proxies` says, or a [`Client`] that the application has put into the request's extensions.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl<S> fmt::Debug for ViewRequest<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { method, uri, .. } = self.parts;
        // Headers may hold credentials.
        f.debug_struct("ViewRequest").field("method", method).field("path", &uri.path()).finish_non_exhaustive()
    }
}
