//! Guarded resources that say whom they take the caller for, answering as the views of a DRF service do.

use super::Auth;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Json, Response};
use jwt_auth::routing::{GuardedRouter, drf_negotiation, get};
use jwt_auth::verify::VerifiedToken;
use jwt_auth::{AuthUser, Claims, IsAdminUser, JwtAuthentication, TokenUser, protected, public};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// The routes, with and without a slash: Django's clients end their paths with one, others do not.
pub(crate) fn routes() -> GuardedRouter<Auth> {
    let routes = ["", "/"].into_iter().fold(GuardedRouter::new(), |router, end| {
        router
            .route(&format!("/api/some-protected-route{end}"), get(some_protected_route).fallback(other_with_user))
            .route(&format!("/api/stateless-protected-route{end}"), get(stateless_protected_route).fallback(other))
            .route(&format!("/api/staff-route{end}"), get(staff_route).fallback(other_for_staff))
            .route(
                &format!("/api/stateless-staff-route{end}"),
                get(stateless_staff_route).fallback(other_stateless_staff),
            )
            .route(&format!("/api/public-route{end}"), get(public_route).fallback(other_public))
    });
    routes.route_layer(from_fn(drf_negotiation))
}

/// Who the service takes the caller for.
#[derive(Serialize)]
struct Caller {
    /// A JSON text, because a number in a token can be larger than Rust's.
    user_id: Box<RawValue>,
    /// As well, because a token may say anything.
    username: Box<RawValue>,
    is_staff: bool,
    is_superuser: bool,
    kind: &'static str,
    claims: Option<Claims>,
}

#[protected(user)]
async fn some_protected_route(caller: JwtAuthentication<AuthUser>) -> Json<Caller> {
    Json(Caller::loaded(caller))
}

#[protected]
async fn stateless_protected_route(State(auth): State<Auth>, user: TokenUser) -> Json<Caller> {
    Json(Caller::stateless(&user, &auth))
}

#[protected(IsAdminUser, user)]
async fn staff_route(caller: JwtAuthentication<AuthUser>) -> Json<Caller> {
    Json(Caller::loaded(caller))
}

#[protected(IsAdminUser)]
async fn stateless_staff_route(State(auth): State<Auth>, user: TokenUser) -> Json<Caller> {
    Json(Caller::stateless(&user, &auth))
}

#[public]
async fn public_route(caller: Option<JwtAuthentication<AuthUser>>) -> Json<Caller> {
    Json(caller.map_or_else(Caller::anonymous, Caller::loaded))
}

// As in DRF, who asks comes before what is asked: other methods are behind the same rules.

#[protected(user)]
async fn other_with_user(method: Method) -> Response {
    only_get(&method)
}

#[protected]
async fn other(method: Method) -> Response {
    only_get(&method)
}

#[protected(IsAdminUser, user)]
async fn other_for_staff(method: Method) -> Response {
    only_get(&method)
}

#[protected(IsAdminUser)]
async fn other_stateless_staff(method: Method) -> Response {
    only_get(&method)
}

#[public]
async fn other_public(method: Method, _: Option<JwtAuthentication<AuthUser>>) -> Response {
    only_get(&method)
}

/// DRF's answers to methods that a view does not have, and to `OPTIONS`.
fn only_get(method: &Method) -> Response {
    let allow = [(header::ALLOW, "GET, HEAD, OPTIONS")];
    if *method == Method::OPTIONS {
        return (StatusCode::OK, allow, Json(serde_json::json!({}))).into_response();
    }
    let detail = format!("Method \"{method}\" not allowed.");
    (StatusCode::METHOD_NOT_ALLOWED, allow, Json(serde_json::json!({ "detail": detail }))).into_response()
}

/// A value as JSON text; numbers and nothing can always be written.
fn raw(value: impl Serialize) -> Box<RawValue> {
    to_raw_value(&value).unwrap_or_default()
}

impl Caller {
    fn loaded(caller: JwtAuthentication<AuthUser>) -> Self {
        let JwtAuthentication { user, token } = caller;
        Self {
            user_id: raw(user.id),
            username: raw(user.username),
            is_staff: user.is_staff,
            is_superuser: user.is_superuser,
            kind: "User",
            claims: Some(token.claims()),
        }
    }

    fn stateless(user: &TokenUser, auth: &Auth) -> Self {
        let token: &VerifiedToken = user.token();
        Self {
            // As it came: a number stays a number.
            user_id: token.claim(&auth.settings().user_id_claim).ok().flatten().unwrap_or_else(|| raw(())),
            username: token.claim("username").ok().flatten().unwrap_or_else(|| raw("")),
            is_staff: user.is_staff(),
            is_superuser: user.is_superuser(),
            kind: "TokenUser",
            claims: Some(token.claims()),
        }
    }

    fn anonymous() -> Self {
        Self {
            user_id: raw(()),
            username: raw(""),
            is_staff: false,
            is_superuser: false,
            kind: "AnonymousUser",
            claims: None,
        }
    }
}
