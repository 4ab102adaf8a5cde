//! Everywhere a handler can stand, and everything it can return.

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::IntoResponse;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{JwtAuth, protected, public};

#[derive(jwt_auth::Permissions)]
enum Perm {
    OrdersRead,
    OrdersWrite,
    Suspended,
}

mod acl {
    #[derive(jwt_auth::Permissions)]
    pub enum Perm {
        Audit,
    }
}

#[protected]
async fn free() -> &'static str {
    "free"
}

/// Documented.
#[protected(Perm::OrdersRead || (Perm::OrdersWrite && !Perm::Suspended) || acl::Perm::Audit)]
#[cfg(all())]
#[allow(clippy::unused_async)]
async fn ruled(method: Method, #[allow(unused_variables)] uri: Uri) -> Result<String, StatusCode> {
    if method == Method::GET {
        return Err(StatusCode::IM_A_TEAPOT);
    }
    Ok(method.to_string())
}

#[protected(scope("orders:write") && !role("site admin"),)]
pub(crate) async fn opaque(State(_): State<JwtAuth>, body: String) -> impl IntoResponse {
    body
}

#[protected]
async fn generic<T: Default + ToString + Send + 'static>() -> String {
    T::default().to_string()
}

struct Orders<T>(T);

impl Orders<u8> {
    #[protected(Perm::OrdersRead)]
    async fn list() -> &'static str {
        "associated"
    }
}

impl<T: Send + 'static> Orders<T> {
    #[protected(Perm::OrdersRead && scope("orders"))]
    async fn count() -> &'static str {
        "associated, of a generic type"
    }
}

#[protected]
async fn fifteen(
    _1: Method, _2: Method, _3: Method, _4: Method, _5: Method, _6: Method, _7: Method, _8: Method,
    _9: Method, _10: Method, _11: Method, _12: Method, _13: Method, _14: Method, _15: String,
) {
}

#[public]
async fn open(body: String) -> String {
    body
}

fn main() {
    #[protected]
    async fn inner() {}

    let _: GuardedRouter<JwtAuth> = GuardedRouter::new()
        .route("/free", get(free).post(open))
        .route("/ruled", get(ruled))
        .route("/opaque", get(opaque))
        .route("/generic", get(generic::<u8>))
        .route("/list", get(Orders::list))
        .route("/count", get(Orders::<String>::count))
        .route("/fifteen", get(fifteen))
        .route("/inner", get(inner));
    // Plain axum takes them too.
    let _: axum::Router<JwtAuth> = axum::Router::new().route("/", axum::routing::get(ruled));
    let _ = Orders(0_u8).0;
}
