//! Everything a guarded router and its routes can do.

use axum::handler::Handler;
use axum::middleware::map_response;
use axum::routing::MethodFilter;
use jwt_auth::routing::{GuardedRouter, MethodRouter, any, connect, delete, get, head, on, options, patch, post, put, trace};
use jwt_auth::{IsAdminUser, JwtAuth, protected, public, rule};

#[protected]
async fn mine(body: String) -> String {
    body
}

#[public]
async fn open() {}

async fn same(response: axum::response::Response) -> axum::response::Response {
    response
}

fn part() -> GuardedRouter<JwtAuth> {
    GuardedRouter::new()
        .route("/", get(mine).post(mine).put(mine).patch(mine).delete(mine).head(open).options(open).trace(open).connect(open))
        .route("/free", post(mine).merge(put(mine)).layer(map_response(same)).route_layer(map_response(same)))
        .route("/any", any(mine).get(open))
        .route("/on", on(MethodFilter::GET.or(MethodFilter::POST), mine).fallback(open))
        .route("/layered", get(mine.layer(map_response(same))))
        .method_not_allowed_fallback(mine)
        .route_layer(map_response(same))
}

fn main() {
    let rest: Vec<MethodRouter<JwtAuth>> = vec![
        connect(open), delete(open), head(open), options(open), patch(open), trace(open), MethodRouter::new(),
    ];
    let router = GuardedRouter::new()
        .nest("/part", part())
        .merge(GuardedRouter::new().route("/x", get(mine)))
        .mount("/admin", IsAdminUser, axum::Router::new())
        .mount("/audit", rule!(role("auditor")), axum::Router::new())
        .merge_unguarded(axum::Router::new(), "nothing in it")
        .fallback(open)
        .layer(map_response(same));
    println!("{}", router.access_table());
    let _: axum::Router<JwtAuth> = router.clone().into_axum();
    let _ = |auth: JwtAuth| -> axum::Router { router.with_state(auth) };
    let _ = rest.len();
}
