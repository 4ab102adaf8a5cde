//! Attributes above and below, and names that shadow what an expansion could mean.

#![allow(non_camel_case_types, dead_code)]

use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{IsAdminUser, JwtAuth, protected, public};

struct Guard;
struct Public;
struct Option;
struct Result;
struct router;

#[tracing::instrument]
#[protected]
async fn traced_above() -> &'static str {
    "traced"
}

#[protected(IsAdminUser)]
#[tracing::instrument(skip_all)]
async fn traced_below(body: String) -> String {
    body
}

#[protected(IsAdminUser)]
#[axum::debug_handler(state = JwtAuth)]
async fn debugged(method: axum::http::Method, body: String) -> String {
    format!("{method} {body}")
}

#[public]
#[axum::debug_handler(state = JwtAuth)]
async fn debugged_open(body: String) -> String {
    body
}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new()
        .route("/a", get(traced_above).post(debugged_open))
        .route("/b", get(traced_below))
        .route("/c", get(debugged));
}
