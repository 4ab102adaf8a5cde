//! What every token view does around its answer: methods, the profile's manners, and bodies that were not read.

use super::routes::Answer;
use super::state::UserState;
use super::unread::Borrowed;
use super::view::View;
use ::http::{Method, StatusCode, header};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};

pub(super) async fn serve<S: UserState>(
    view: View,
    answer: Answer<S>,
    is_shipped: bool,
    state: S,
    request: Request,
) -> Response {
    let (request, borrowed) = Borrowed::from(request);
    let answer = judge(view, answer, is_shipped, state, request).await;
    match borrowed.filter(|_| !answer.status().is_success()) {
        Some(borrowed) => borrowed.put_away(answer).await,
        None => answer,
    }
}

async fn judge<S: UserState>(view: View, answer: Answer<S>, is_shipped: bool, state: S, request: Request) -> Response {
    let settings = state.jwt_auth().settings();
    let protocol = settings.profile.protocol();
    let answer = match protocol.before(view, is_shipped, &request, settings) {
        Some(answer) => answer,
        None => by_method(answer, state, request).await,
    };
    protocol.after(answer)
}

async fn by_method<S>(answer: Answer<S>, state: S, request: Request) -> Response {
    match *request.method() {
        Method::POST => answer(state, request).await,
        Method::OPTIONS => (StatusCode::NO_CONTENT, [ALLOW]).into_response(),
        ref method => method_not_allowed(method),
    }
}

const ALLOW: (header::HeaderName, &str) = (header::ALLOW, "POST, OPTIONS");

/// DRF's answer, word for word.
fn method_not_allowed(method: &Method) -> Response {
    let detail = format!("Method \"{method}\" not allowed.");
    let body = serde_json::json!({ "detail": detail }).to_string();
    let json = (header::CONTENT_TYPE, "application/json");
    (StatusCode::METHOD_NOT_ALLOWED, [ALLOW, json], body).into_response()
}
