//! Who may call what: the table of a guarded router.

use crate::auth::JwtAuth;
#[cfg(feature = "openapi")]
use crate::http::described::{Described, Refusals};
use crate::http::guard::GuardText;
use crate::http::guard_options::GuardOptions;
use crate::http::rule::Rule;
use crate::http::state::AuthState;
use std::collections::BTreeSet;
use std::fmt;

/// One line of an [`AccessTable`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct AccessRow {
    /// The path as it is routed, nesting included. One row, without the slash, stands for both slash forms of a path when both
    /// have the same rule. A mount has the row `/prefix/{*path}`, which stands for the prefix itself as well. `*`, or `/prefix/*` where it was nested, stands for every path of a merged axum router, which cannot be listed.
    pub path: String,
    /// `GET` (which answers `HEAD` too), `POST`, ..; `*` for every method that has no row of its own.
    pub method: &'static str,
    /// The rule as it is written in `#[protected]`; `public`; or `unguarded` for a merged axum router. A
    /// [`GuardLayer`](crate::GuardLayer) around it follows: `public behind IsAdminUser`.
    pub rule: String,
    /// Why it is unguarded, or what it is for.
    pub reason: Option<String>,
}

/// Every route of a [`GuardedRouter`](super::GuardedRouter) with its rule, sorted by path and method.
///
/// Print it in a test and compare: a route that changes who may call it then shows in review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTable {
    rows: Vec<AccessRow>,
}

impl AccessTable {
    pub(super) fn new(rows: &[Row]) -> Self {
        let rows: BTreeSet<AccessRow> = rows.iter().map(AccessRow::from).collect();
        let has_twin = |row: &AccessRow| {
            let bare = row.path.strip_suffix('/').map(str::to_owned);
            bare.is_some_and(|path| rows.contains(&AccessRow { path, ..row.clone() }))
        };
        Self { rows: rows.iter().filter(|row| !has_twin(row)).cloned().collect() }
    }

    /// The rows.
    pub fn rows(&self) -> &[AccessRow] {
        &self.rows
    }
}

impl IntoIterator for AccessTable {
    type Item = AccessRow;
    type IntoIter = std::vec::IntoIter<AccessRow>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl fmt::Display for AccessTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

impl fmt::Display for AccessRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.rule)?;
        match &self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

/// A method of a path, as a router keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) method: &'static str,
    pub(crate) access: Access,
}

/// What a route tells everybody of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// The public ones.
    Keys,
    /// Where those are, and whose.
    Discovery,
}

impl Row {
    /// Refuses what the route cannot do with this state's `JwtAuth`, at the start and not at the first request.
    #[track_caller]
    pub(super) fn check<U: Send + Sync + 'static>(&self, auth: &JwtAuth<U>) {
        let Self { path, method, access: Access { is_live, publishes, .. } } = self;
        assert!(
            !is_live || auth.parts().store.is_some(),
            "`{method} {path}` has the option `live`, which asks a session store: call `.store(..)` on the builder, or leave it out"
        );
        let Some(published) = publishes else { return };
        assert!(
            auth.parts().keys.has_public(),
            "`{method} {path}` publishes public keys, and there is none: a secret must stay one. Sign with a key pair (`algorithm` EdDSA and a key of `jwt-auth keys generate`), or leave the option `jwks` out"
        );
        assert!(
            *published == Published::Keys || auth.settings().issuer_url().is_some(),
            "`{method} {path}` tells where the keys of an issuer are, and `issuer` is no https URL: set it to the address under which others reach this service, without a query, or leave the option `discovery` out"
        );
    }
}

/// What a handler or service says about who may call it.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) rule: String,
    pub(crate) reason: Option<String>,
    /// Whether it asks the session store at each request.
    pub(crate) is_live: bool,
    /// What it publishes of the keys.
    pub(crate) publishes: Option<Published>,
    /// Whether it is a fallback, or may hold one, around which a `route_layer` does not stand.
    pub(crate) has_fallback: bool,
    /// The refusals that its guards may answer with.
    #[cfg(feature = "openapi")]
    pub(crate) refusals: Refusals,
    /// What else there is to know of it.
    #[cfg(feature = "openapi")]
    pub(crate) described: Option<Described>,
}

impl Access {
    pub(crate) fn guard<S: AuthState, R: Rule<S>, O: GuardOptions<S>>() -> Self {
        Self {
            is_live: O::DEMANDS.live || R::__DEMANDS.live,
            #[cfg(feature = "openapi")]
            refusals: Refusals::of::<S, R, O>(),
            ..Self::rule(GuardText::<S, R, O>::NEW)
        }
    }

    pub(crate) fn public() -> Self {
        Self::rule("public")
    }

    pub(crate) fn publishing(self, what: Published) -> Self {
        Self { publishes: Some(what), ..self }
    }

    pub(crate) fn unguarded(reason: &str) -> Self {
        Self::rule("unguarded").because(reason).with_fallback()
    }

    pub(crate) fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }

    pub(crate) fn with_fallback(self) -> Self {
        Self { has_fallback: true, ..self }
    }

    /// It with guard layers around it.
    pub(crate) fn behind(&mut self, guards: &[Self]) {
        for guard in guards {
            self.rule = format!("{} behind {}", self.rule, guard.rule);
            #[cfg(feature = "openapi")]
            {
                self.refusals = self.refusals.and(guard.refusals);
            }
        }
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn described(self, described: Described) -> Self {
        Self { described: Some(described), ..self }
    }

    pub(crate) fn row(self, method: &'static str, path: &str) -> Row {
        Row { path: path.to_owned(), method, access: self }
    }

    fn rule(text: impl fmt::Display) -> Self {
        Self {
            rule: text.to_string(),
            reason: None,
            is_live: false,
            publishes: None,
            has_fallback: false,
            #[cfg(feature = "openapi")]
            refusals: Refusals::default(),
            #[cfg(feature = "openapi")]
            described: None,
        }
    }
}

impl From<&Row> for AccessRow {
    fn from(row: &Row) -> Self {
        let Access { rule, reason, .. } = &row.access;
        Self { path: row.path.clone(), method: row.method, rule: rule.clone(), reason: reason.clone() }
    }
}
