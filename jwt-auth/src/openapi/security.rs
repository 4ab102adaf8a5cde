//! The security requirement of an operation, and what its guards answer.

use super::SECURITY_SCHEME;
use super::paths::{is_below, mounted_at, other_form, shape};
use crate::http::routing::{Access, Row};
use std::cmp::Reverse;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;

pub(super) fn add_guard(operation: &mut Operation, access: &Access) {
    let Access { rule, refusals, .. } = access;
    let extensions = operation.extensions.get_or_insert_default();
    extensions.entry("x-access".to_owned()).or_insert_with(|| rule.as_str().into());
    let schemes = [(refusals.is_guarded(), SECURITY_SCHEME), (refusals.takes_ticket(), TICKET_SCHEME)];
    let schemes = schemes.into_iter().filter(|(is_asked, _)| *is_asked);
    let needed = || schemes.map(|(_, name)| SecurityRequirement::new(name, [""; 0])).collect();
    operation.security.get_or_insert_with(needed);
    for (status, answer) in refusals.responses(rule) {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| answer.into());
    }
}

/// The row whose guard a request for this operation meets.
pub(super) fn row_of<'r>(rows: &'r [Row], method: &str, path: &str) -> Option<&'r Row> {
    let candidates = rows.iter().filter_map(|row| Some((distance(row, path)?, by_method(row, method)?, row)));
    let (distance, _, row) = candidates.min_by_key(|(distance, by_method, _)| (*distance, *by_method))?;
    // Below a mount, a route of a merged axum router would come first, and nobody knows its guards.
    let is_certain = distance.0 < BELOW || !rows.iter().any(|row| is_merged(row, path));
    is_certain.then_some(row)
}

/// How far a row's path is from an operation's: `BELOW` and the length of the prefix for a mount.
fn distance(row: &Row, path: &str) -> Option<(u8, Reverse<usize>)> {
    let known = shape(&row.path);
    match mounted_at(&row.path) {
        _ if known == shape(path) => Some((0, Reverse(0))),
        _ if known == shape(&other_form(path)) => Some((1, Reverse(0))),
        Some(prefix) if is_below(path, prefix) => Some((BELOW, Reverse(prefix.len()))),
        _ => None,
    }
}

const BELOW: u8 = 2;

/// `GET` answers `HEAD` where nothing else does, and `*` what is left.
fn by_method(row: &Row, method: &str) -> Option<u8> {
    match row.method {
        own if own == method => Some(0),
        "GET" if method == "HEAD" => Some(1),
        "*" => Some(2),
        _ => None,
    }
}

/// Whether a merged axum router could have this path: its row is `*`, or `/prefix/*`.
fn is_merged(row: &Row, path: &str) -> bool {
    let prefix = row.path.strip_suffix('*').map(|prefix| prefix.trim_end_matches('/'));
    prefix.is_some_and(|prefix| is_below(path, prefix))
}

/// A ticket in the query: another way in, for guards with the option `ticket`.
pub(super) const TICKET_SCHEME: &str = "jwtTicket";
