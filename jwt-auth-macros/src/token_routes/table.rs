//! The words of `#[token_routes(..)]`.

use crate::options::{CRATE, Opt, Takes};

/// The views' words, and the variants of `View` they stand for.
pub(super) const VIEWS: [(&str, &str); 6] = [
    ("obtain", "Obtain"),
    ("refresh", "Refresh"),
    ("verify", "Verify"),
    ("blacklist", "Blacklist"),
    ("obtain_sliding", "ObtainSliding"),
    ("refresh_sliding", "RefreshSliding"),
];

/// The options.
pub(super) const OPTIONS: &[Opt] = &[
    Opt { name: "only", takes: Takes::Words },
    Opt { name: "obtain", takes: Takes::Type },
    Opt { name: "refresh", takes: Takes::Type },
    Opt { name: "reauthenticate", takes: Takes::Nothing },
    Opt { name: "sessions", takes: Takes::Nothing },
    Opt { name: "jwks", takes: Takes::Nothing },
    Opt { name: "ticket", takes: Takes::Nothing },
    CRATE,
];
