//! Bodies that are read in pieces, and handlers that are generic in every way.

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequestParts, Json, Multipart, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jwt_auth::routing::{GuardedRouter, get, post};
use jwt_auth::{AuthState, IsAdminUser, JwtAuth, TokenClaims, TokenUser, protected, public};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

#[derive(Clone, AuthState, FromRef)]
struct App {
    auth: JwtAuth,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Order<'a> {
    id: u32,
    #[serde(skip)]
    note: &'a str,
}

#[derive(Debug)]
struct AppError;

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        StatusCode::BAD_REQUEST.into_response()
    }
}

impl<E: std::error::Error> From<E> for AppError {
    fn from(_: E) -> Self {
        Self
    }
}

#[protected]
async fn form(mut form: Multipart) -> Result<String, AppError> {
    let mut size = 0;
    while let Some(mut field) = form.next_field().await? {
        while let Some(chunk) = field.chunk().await? {
            size += chunk.len();
        }
    }
    Ok(size.to_string())
}

#[protected(IsAdminUser)]
async fn stream(body: Body) -> Body {
    Body::from_stream(body.into_data_stream())
}

#[protected]
async fn bytes(bytes: Bytes) -> Result<impl IntoResponse, AppError> {
    Ok((StatusCode::OK, bytes))
}

#[protected]
async fn whole(TokenUser { .. }: TokenUser, request: Request) -> Response {
    Response::new(request.into_body())
}

#[protected]
async fn query(State(name): State<String>, Query(ids): Query<Vec<(String, u32)>>) -> impl IntoResponse {
    (StatusCode::OK, Json(ids.into_iter().map(|(key, id)| (format!("{name} {key}"), id)).collect::<Vec<_>>()))
}

/// Another extractor that can be told what to take.
struct Size<const N: usize>;

impl<S: Sync, const N: usize> FromRequestParts<S> for Size<N> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

#[protected(scope("a") || IsAdminUser)]
async fn generic<T, const N: usize>(_: Size<N>, TokenClaims(claims): TokenClaims<T>) -> Result<Json<T>, AppError>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    Ok(Json(claims))
}

#[public]
async fn early(Json(order): Json<Option<u32>>) -> Result<String, StatusCode> {
    let Some(id) = order else { return Err(StatusCode::NOT_FOUND) };
    let order = Order { id, note: "early" };
    Ok(format!("{} {}", order.id, order.note))
}

trait Store: Send + Sync + 'static {
    const NAME: &'static str;
}

struct Memory;

impl Store for Memory {
    const NAME: &'static str = "memory";
}

struct Orders<D: Store, const N: u8>(D);

impl<D, const N: u8> Orders<D, N>
where
    D: Store,
{
    #[protected]
    async fn name<T: AuthState>(State(state): State<T>) -> String {
        let _ = state.jwt_auth();
        format!("{} {N}", D::NAME)
    }

    #[public]
    #[inline]
    async fn open() -> &'static str {
        Self::NOTE
    }

    const NOTE: &'static str = "open";
}

macro_rules! handlers {
    ($($(#[$meta:meta])* $name:ident: $rule:expr, $scope:literal, $type:ty;)*) => {$(
        $(#[$meta])*
        #[protected($rule || scope($scope))]
        async fn $name() -> Result<$type, StatusCode> {
            Err(StatusCode::NOT_IMPLEMENTED)
        }
    )*};
}

handlers! {
    /// Documented.
    first: IsAdminUser && scope("b"), "c", String;
    #[allow(dead_code)]
    r#type: role("a"), "d", Json<u8>;
}

#[cfg_attr(all(), protected(IsAdminUser), cfg(all()))]
#[must_use = "documented"]
async fn configured(#[cfg(any())] _: NoSuchType, #[cfg(all())] mut body: String) -> String {
    body.push('!');
    body
}

fn main() {
    let _: GuardedRouter<App> = GuardedRouter::new()
        .route("/form", post(form).put(stream).patch(bytes).delete(whole))
        .route("/query", get(query).post(early))
        .route("/generic", get(generic::<Vec<u8>, 7>))
        .route("/orders", get(Orders::<Memory, 3>::name::<App>).post(Orders::<Memory, 3>::open))
        .route("/made", get(first).post(r#type).put(configured));
    let _ = Orders::<_, 3>(Memory).0;
}
