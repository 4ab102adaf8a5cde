//! One application that holds whatever a router of axum may hold.

use axum::body::Body;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{FromRef, FromRequestParts, Multipart, Path, State};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use axum_extra::routing::TypedPath;
use futures_util::{Stream, StreamExt, stream};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt;
use jwt_auth::routing::{GuardedRouter, Mountable, any, get, post, put};
use jwt_auth::{AuthState, GuardLayer, IsAdminUser, IsAuthenticated, JwtAuth, Permissions, TokenUser};
use jwt_auth::{protected, public, rule, token_routes};
use jwt_auth_tests::Account;
use serde::Deserialize;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

#[derive(Permissions)]
enum Perm {
    OrdersRead,
    OrdersWrite,
}

#[derive(Clone, Default)]
pub struct Orders(Arc<Mutex<Vec<String>>>);

/// The state: whole, by its parts, and inside another one.
#[derive(Clone, AuthState, FromRef)]
pub struct Shop {
    pub auth: JwtAuth<Account>,
    pub orders: Orders,
    pub name: &'static str,
}

#[derive(Clone, AuthState)]
struct Reports {
    #[auth]
    shop: Shop,
    title: &'static str,
}

#[derive(TypedPath, Deserialize)]
#[typed_path("/orders/{id}")]
struct OrderPath {
    id: usize,
}

#[public]
async fn front(State(shop): State<Shop>) -> &'static str {
    shop.name
}

#[protected(Perm::OrdersRead)]
async fn list(State(orders): State<Orders>) -> Json<Vec<String>> {
    Json(orders.0.lock().expect("orders").clone())
}

#[protected(Perm::OrdersWrite)]
async fn create(State(Orders(orders)): State<Orders>, user: TokenUser, what: String) -> (StatusCode, String) {
    let order = format!("{what} for {}", user.id());
    orders.lock().expect("orders").push(order.clone());
    (StatusCode::CREATED, order)
}

#[protected(Perm::OrdersRead)]
async fn show(OrderPath { id }: OrderPath, State(orders): State<Orders>) -> Result<String, StatusCode> {
    orders.0.lock().expect("orders").get(id).cloned().ok_or(StatusCode::NOT_FOUND)
}

#[protected(Perm::OrdersWrite || IsAdminUser)]
async fn cancel(OrderPath { id }: OrderPath) -> String {
    format!("{id} is cancelled")
}

#[protected]
async fn report(State(name): State<&'static str>) -> String {
    format!("{name}\n").repeat(100)
}

#[protected]
async fn yearly(State(reports): State<Reports>, user: TokenUser) -> String {
    format!("{} of {} for {}", reports.title, reports.shop.name, user.id())
}

#[protected]
async fn slow() {
    pending::<()>().await;
}

#[protected]
async fn upload(mut form: Multipart) -> Result<String, StatusCode> {
    let field = form.next_field().await.ok().flatten().ok_or(StatusCode::BAD_REQUEST)?;
    field.text().await.map_err(|_| StatusCode::BAD_REQUEST)
}

#[protected]
async fn echo(body: Body) -> impl IntoResponse {
    Body::from_stream(body.into_data_stream())
}

#[protected(scope("live"))]
async fn events(user: TokenUser) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = Event::default().data(format!("hello {}", user.id()));
    Sse::new(stream::iter([Ok(hello)]).chain(stream::pending()))
}

#[protected(scope("live"))]
async fn socket(user: TokenUser, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            let Ok(text) = message.into_text() else { return };
            if text.is_empty() || socket.send(format!("{text}, {}", user.id()).into()).await.is_err() {
                return;
            }
        }
    })
}

#[protected]
async fn lost(uri: Uri) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("nothing at {uri}"))
}

#[protected]
async fn other_methods(method: Method) -> (StatusCode, String) {
    (StatusCode::METHOD_NOT_ALLOWED, format!("no {method}"))
}

#[token_routes("/api/token")]
pub fn urls(shop: &Shop) -> GuardedRouter<Shop> {
    let orders = GuardedRouter::new()
        .route("/orders", get(list).post(create))
        .typed_get(show)
        .typed_delete(cancel)
        .method_not_allowed_fallback(other_methods);
    let live = GuardedRouter::new().route("/events", get(events)).route("/socket", get(socket).connect(socket));
    let reports = GuardedRouter::new().route("/yearly", get(yearly));
    let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(1));
    GuardedRouter::new()
        .route("/", get(front))
        .route("/report", get(report))
        .route("/slow", get(slow).layer(timeout))
        .route("/upload", post(upload))
        .route("/echo", put(echo))
        .route("/echo/{*rest}", any(echo).get(report).fallback(other_methods))
        .nest("/v1", orders)
        .merge(live)
        .mount("/files", IsAuthenticated, ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors")))
        .mount("/graphql", rule!(scope("graphql")), graphql(&shop.auth))
        .mount("/legacy/", rule!(IsAdminUser, user), legacy())
        .mount("/shop.Orders", rule!(role("service")), tower::service_fn(grpc))
        .mount("/reports", IsAdminUser, reports.with_state(Reports { shop: shop.clone(), title: "2027" }))
        .merge_unguarded(metrics(&shop.auth), "its layer asks for the role `metrics`")
        .fallback(lost)
}

/// With the layers that most applications have; the ones below are further out.
pub fn app(shop: Shop) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://shop.example"))
        .allow_methods([Method::GET, Method::DELETE])
        .allow_headers([AUTHORIZATION]);
    urls(&shop)
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(60)))
        .layer(cors)
        .layer(TraceLayer::new_for_http())
        .with_state(shop)
}

/// A service that answers questions, and asks the token who is asking.
fn graphql(auth: &JwtAuth<Account>) -> impl Mountable {
    let auth = auth.clone();
    tower::service_fn(move |request: Request<Body>| {
        let auth = auth.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            let user = match TokenUser::from_request_parts(&mut parts, &auth).await {
                Ok(user) => user,
                Err(rejection) => return Ok::<Response, Infallible>(rejection.into_response()),
            };
            let question = body.collect().await.map(|body| body.to_bytes().len()).unwrap_or_default();
            Ok(Json(serde_json::json!({ "data": { "me": user.id(), "asked": question } })).into_response())
        }
    })
}

/// Somebody else's router, with a state of its own.
fn legacy() -> Router {
    #[derive(Clone)]
    struct Legacy(&'static str);

    async fn item(State(Legacy(prefix)): State<Legacy>, Path(id): Path<u32>) -> String {
        format!("{prefix} {id}")
    }

    let items = Router::new().route("/{id}", axum::routing::get(item));
    Router::new()
        .route("/", axum::routing::get("legacy"))
        .nest("/items", items)
        .fallback(async || (StatusCode::NOT_FOUND, "nothing legacy"))
        .with_state(Legacy("legacy item"))
}

/// What a service of tonic answers to a call.
async fn grpc(request: Request<Body>) -> Result<Response, Infallible> {
    let code = if request.uri().path() == "/List" { "0" } else { "12" };
    let headers = [(CONTENT_TYPE, "application/grpc"), (http::HeaderName::from_static("grpc-status"), code)];
    Ok((headers, Body::empty()).into_response())
}

/// A plain router of axum behind the layer.
fn metrics<S: Clone + Send + Sync + 'static>(auth: &JwtAuth<Account>) -> Router<S> {
    Router::new()
        .route("/metrics", axum::routing::get("requests 1"))
        .layer(GuardLayer::new(auth.clone(), rule!(role("metrics"))))
}
