//! The OpenAPI document: what routes and guards add to it, wherever they are nested and in whatever order they are described.

mod routes;
mod token_views;

use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;
use jwt_auth_tests::Account;
use serde_json::Value;
use utoipa::openapi::OpenApi as Document;

type Router = GuardedRouter<JwtAuth<Account>>;

fn described(router: &Router) -> Value {
    completed(router, Document::default())
}

fn completed(router: &Router, document: Document) -> Value {
    serde_json::to_value(router.openapi(document)).expect("a document")
}

#[track_caller]
fn operation<'d>(document: &'d Value, method: &str, path: &str) -> &'d Value {
    let operation = &document["paths"][path][method];
    assert!(operation.is_object(), "no {method} {path} among {:?}", operations(document));
    operation
}

fn operations(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().expect("paths").iter();
    let methods = paths.flat_map(|(path, item)| item.as_object().expect("an item").keys().map(move |m| (path, m)));
    methods.map(|(path, method)| format!("{method} {path}")).collect()
}

fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect()
}
