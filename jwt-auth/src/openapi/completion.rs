//! From a router's rows to what a document lacks.

use super::SECURITY_SCHEME;
use super::paths::{documented, is_below, mounted_at, other_form, parameters, shape};
use crate::http::described::{Schemas, schemas};
use crate::http::rejection::ErrorBody;
use crate::http::routing::{Access, Row};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{OpenApi, PathItem, Required, ResponseBuilder};

/// A document, and the routes it is about.
pub(super) struct Completion<'r> {
    document: OpenApi,
    rows: &'r [Row],
}

impl<'r> Completion<'r> {
    pub(super) fn new(document: OpenApi, rows: &'r [Row]) -> Self {
        Self { document, rows }
    }

    pub(super) fn complete(mut self) -> OpenApi {
        self.add_operations();
        self.add_guards();
        self.document
    }

    /// Those that are missing: as the routes describe themselves, or else what their paths tell.
    fn add_operations(&mut self) {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        // Of the two forms of a path one is enough: the described one, else the one without the slash.
        rows.sort_by_key(|row| (row.access.described.is_none(), row.path.ends_with('/')));
        let mut ids = self.operation_ids();
        for row in rows {
            if self.has_operation(row) {
                continue;
            }
            let (known, own) = (shape(&row.path), documented(&row.path));
            let paths = &mut self.document.paths.paths;
            // Paths that differ in the names of parameters are one path (OpenAPI 4.8.2).
            let path = paths.keys().find(|path| shape(path) == known).cloned().unwrap_or(own);
            let (mut operation, schemas) = match &row.access.described {
                Some(described) => (*described.operation.clone(), described.schemas.clone()),
                None => (undescribed(&path), Schemas::new()),
            };
            // An id names one operation (OpenAPI 4.8.10), and two modules may have a `list` each.
            operation.operation_id = operation.operation_id.filter(|id| !ids.contains(id));
            ids.extend(operation.operation_id.clone());
            let mut item = PathItem::default();
            if let Some(place) = place(&mut item, row.method) {
                *place = Some(operation);
                paths.entry(path).or_default().merge_operations(item);
                self.add_schemas(schemas);
            }
        }
    }

    /// What the guards ask and answer.
    fn add_guards(&mut self) {
        let (mut is_guarded, mut takes_ticket) = (false, false);
        for (path, item) in &mut self.document.paths.paths {
            for method in METHODS {
                let Some(Some(operation)) = place(item, method) else { continue };
                let Some(row) = row_of(self.rows, method, path) else { continue };
                add_guard(operation, &row.access);
                is_guarded |= row.access.refusals.is_guarded();
                takes_ticket |= row.access.refusals.takes_ticket();
            }
        }
        if is_guarded {
            self.add_schemas(schemas::<ErrorBody>());
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
            self.add_scheme(SECURITY_SCHEME, SecurityScheme::Http(scheme));
        }
        if takes_ticket {
            self.add_scheme(TICKET_SCHEME, SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::new("ticket"))));
        }
    }

    fn add_scheme(&mut self, name: &str, scheme: SecurityScheme) {
        let known = &mut self.document.components.get_or_insert_default().security_schemes;
        known.entry(name.to_owned()).or_insert(scheme.into());
    }

    fn add_schemas(&mut self, schemas: Schemas) {
        if schemas.is_empty() {
            return;
        }
        let known = &mut self.document.components.get_or_insert_default().schemas;
        for (name, schema) in schemas {
            known.entry(name).or_insert(schema);
        }
    }

    fn operation_ids(&mut self) -> BTreeSet<String> {
        let items = self.document.paths.paths.values_mut();
        let operations =
            items.flat_map(|item| METHODS.map(|method| place(item, method)?.as_ref()?.operation_id.clone()));
        operations.flatten().collect()
    }

    fn has_operation(&mut self, row: &Row) -> bool {
        let mut shapes = vec![shape(&row.path)];
        if self.rows.iter().any(|other| is_other_form(row, other)) {
            shapes.push(shape(&other_form(&row.path)));
        }
        let items = self.document.paths.paths.iter_mut();
        items
            .filter(|(path, _)| shapes.contains(&shape(path)))
            .any(|(_, item)| place(item, row.method).is_none_or(|operation| operation.is_some()))
    }
}

/// The row whose guard a request for this operation meets.
fn row_of<'r>(rows: &'r [Row], method: &str, path: &str) -> Option<&'r Row> {
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

/// Whether they are one route with and without a slash, as in the access table.
fn is_other_form(row: &Row, other: &Row) -> bool {
    let (a, b) = (&row.access, &other.access);
    other.method == row.method && other.path == other_form(&row.path) && (&a.rule, &a.reason) == (&b.rule, &b.reason)
}

fn add_guard(operation: &mut Operation, access: &Access) {
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

/// All that a path tells.
fn undescribed(path: &str) -> Operation {
    let answer = ResponseBuilder::new().description("What the handler answers: it has no `#[utoipa::path]`.");
    let parameters = parameters(path).map(|name| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        parameter.schema(Some(text)).build()
    });
    let parameters: Vec<_> = parameters.collect();
    let parameters = Some(parameters).filter(|parameters| !parameters.is_empty());
    OperationBuilder::new().parameters(parameters).response("default", answer).build()
}

/// A ticket in the query: another way in, for guards with the option `ticket`.
const TICKET_SCHEME: &str = "jwtTicket";

/// The methods that OpenAPI has a place for.
const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

fn place<'i>(item: &'i mut PathItem, method: &str) -> Option<&'i mut Option<Operation>> {
    Some(match method {
        "GET" => &mut item.get,
        "PUT" => &mut item.put,
        "POST" => &mut item.post,
        "DELETE" => &mut item.delete,
        "OPTIONS" => &mut item.options,
        "HEAD" => &mut item.head,
        "PATCH" => &mut item.patch,
        "TRACE" => &mut item.trace,
        _ => return None,
    })
}
