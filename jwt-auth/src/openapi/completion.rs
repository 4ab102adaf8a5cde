//! From a router's rows to what a document lacks.

use super::SECURITY_SCHEME;
use super::paths::{documented, other_form, parameters, shape};
use super::security::{TICKET_SCHEME, add_guard, row_of};
use crate::http::described::{Schemas, schemas};
use crate::http::rejection::ErrorBody;
use crate::http::routing::Row;
use std::collections::BTreeSet;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
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

/// Whether they are one route with and without a slash, as in the access table.
fn is_other_form(row: &Row, other: &Row) -> bool {
    let (a, b) = (&row.access, &other.access);
    other.method == row.method && other.path == other_form(&row.path) && (&a.rule, &a.reason) == (&b.rule, &b.reason)
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
