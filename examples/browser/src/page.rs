//! The files of the page, which are in the program.

use super::App;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use jwt_auth::public;
use jwt_auth::routing::{GuardedRouter, get};

pub(crate) fn routes() -> GuardedRouter<App> {
    GuardedRouter::new()
        .route("/", get(index))
        .route("/page.css", get(style))
        .route("/page.js", get(script))
        .route("/jwt-auth.js", get(client))
}

#[public]
async fn index(State(app): State<App>) -> impl IntoResponse {
    // Nothing but the page's own scripts runs, and it talks to the service alone.
    let connect = format!("'self' {} {}", app.api, app.api.replacen("http", "ws", 1));
    let policy = format!("default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src {connect}");
    let page = include_str!("../page/index.html").replace("{{api}}", &app.api);
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page))
}

#[public]
async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("../page/page.css"))
}

#[public]
async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("../page/page.js"))
}

#[public]
async fn client() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("../../../clients/jwt-auth.js"))
}
