use axum::Json;
use axum::http::Method;
use jwt_auth::{protected, public};

#[protected]
async fn add(Json(_name): Json<String>, _method: Method) {}

#[public]
async fn echo(_text: String, _method: Method) {}

fn main() {}
