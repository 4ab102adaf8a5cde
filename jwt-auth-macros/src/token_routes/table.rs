//! The words of `#[token_routes(..)]`.

use crate::options::{CRATE, Opt, Options, Slot};
use proc_macro2::Ident;
use syn::{Path, Type};

/// The views' words, the variants of `View` they stand for, and where the shipped view needs a feature, the function of the
/// runtime that says so.
pub(super) const VIEWS: [(&str, &str, Option<&str>); 6] = [
    ("obtain", "Obtain", Some("obtain_view")),
    ("refresh", "Refresh", None),
    ("verify", "Verify", None),
    ("blacklist", "Blacklist", None),
    ("obtain_sliding", "ObtainSliding", Some("obtain_sliding_view")),
    ("refresh_sliding", "RefreshSliding", Some("refresh_sliding_view")),
];

/// The options, as they were written.
#[derive(Default)]
pub(super) struct WrittenOptions {
    pub(super) only: Opt<Vec<Ident>>,
    pub(super) obtain: Opt<Type>,
    pub(super) refresh: Opt<Type>,
    pub(super) reauthenticate: Opt<()>,
    pub(super) sessions: Opt<()>,
    pub(super) jwks: Opt<()>,
    pub(super) discovery: Opt<()>,
    pub(super) ticket: Opt<()>,
    pub(super) krate: Opt<Path>,
}

impl Options for WrittenOptions {
    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)> {
        vec![
            ("only", Slot::Words(&mut self.only)),
            ("obtain", Slot::Type(&mut self.obtain)),
            ("refresh", Slot::Type(&mut self.refresh)),
            ("reauthenticate", Slot::Nothing(&mut self.reauthenticate)),
            ("sessions", Slot::Nothing(&mut self.sessions)),
            ("jwks", Slot::Nothing(&mut self.jwks)),
            ("discovery", Slot::Nothing(&mut self.discovery)),
            ("ticket", Slot::Nothing(&mut self.ticket)),
            (CRATE, Slot::Path(&mut self.krate)),
        ]
    }
}
