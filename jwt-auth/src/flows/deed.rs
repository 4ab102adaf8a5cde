//! What the store writes down of a call, with `audit_table`.

use super::Client;
use crate::auth::JwtAuth;
use crate::store::{AnyTokenStore, AuditNote, TokenStore};

/// An event that changes something, as the store writes it down beside the change.
#[derive(Clone, Copy)]
pub(crate) struct Deed<'a> {
    event: &'static str,
    code: Option<&'static str>,
    /// Who asked; none where the service ends a session by itself.
    client: Option<&'a Client>,
}

impl<'a> Deed<'a> {
    pub(crate) const fn new(event: &'static str, client: &'a Client) -> Self {
        Self { event, code: None, client: Some(client) }
    }

    /// A session that is ended by the service itself.
    pub(crate) const fn revoked_because(code: &'static str) -> Self {
        Self { event: "session.revoked", code: Some(code), client: None }
    }

    pub(crate) const fn because(self, code: Option<&'static str>) -> Self {
        Self { code, ..self }
    }

    /// A token from elsewhere has become a session.
    pub(super) const ADOPTED: Self = Self { event: "session.adopted", code: None, client: None };
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// The store for a call that does this, which it writes down where that is asked for.
    pub(super) fn audited(&self, store: &AnyTokenStore, deed: Deed<'_>) -> AnyTokenStore {
        let settings = self.settings();
        let Some(keep) = settings.audit_table else { return store.clone() };
        let Deed { event, code, client } = deed;
        let client = client.filter(|_| settings.record_client).cloned().unwrap_or_default();
        let note = AuditNote { event, code, ip: client.ip, user_agent: client.user_agent, keep };
        // The start has refused a store that cannot.
        store.audited(note).unwrap_or_else(|| store.clone())
    }
}
