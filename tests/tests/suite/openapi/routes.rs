//! Routes of the application: described by their guards and by what the application says, nested, merged and served.

use super::{Document, Router, completed, described, operation, operations, statuses};
use axum::Json;
use axum::extract::Path;
use jwt_auth::openapi::SECURITY_SCHEME;
use jwt_auth::routing::{any, get, post};
use jwt_auth::rule::IsAdminUser;
use jwt_auth::{Permissions, protected, public, routes, rule};
use jwt_auth_tests::{App, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

#[derive(Permissions)]
enum Perm {
    OrdersRead,
    OrdersWrite,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Order {
    id: u64,
    lines: Vec<Line>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Line {
    item: String,
}

/// Orders.
#[utoipa::path(get, path = "/orders", tag = "orders", responses((status = 200, description = "Them", body = [Order])))]
#[protected(Perm::OrdersRead)]
async fn list() -> Json<Vec<Order>> {
    Json(Vec::new())
}

/// The same the other way round.
#[protected(Perm::OrdersWrite, fresh = "5m")]
#[utoipa::path(post, path = "/orders", request_body = Order, responses((status = 201, description = "It", body = Order)))]
async fn create(Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

#[utoipa::path(get, path = "", responses((status = 200, description = "Pong"), (status = 503, description = "Mine")))]
#[public]
async fn root() {}

mod lines {
    use super::*;

    /// Two methods, another module, and what `Path` says of a nested prefix.
    #[protected]
    #[utoipa::path(
        method(put, patch),
        path = "/orders/{id}/lines/{line}",
        params(("id" = u64, Path), ("line" = String, Path)),
        responses((status = 401, description = "Mine"), (status = 200, description = "Done")),
        security(("mine" = []))
    )]
    pub async fn list(_: Path<(u64, String)>) {}
}

#[protected]
async fn plain() {}

#[protected(ticket)]
async fn stream() {}

#[public]
async fn open() {}

#[test]
fn guards_are_described_whatever_the_order_of_the_attributes() {
    let document = described(&Router::new().routes(routes!(list, create, root, lines::list)));
    assert_eq!(
        operations(&document),
        ["get /", "get /orders", "post /orders", "patch /orders/{id}/lines/{line}", "put /orders/{id}/lines/{line}"]
    );

    let list = operation(&document, "get", "/orders");
    assert_eq!(statuses(list), ["200", "401", "403", "503"]);
    assert_eq!(list["security"], json!([{ SECURITY_SCHEME: [] }]));
    assert_eq!(list["x-access"], "orders:read");
    assert_eq!((&list["summary"], &list["tags"]), (&json!("Orders."), &json!(["orders"])));

    let create = operation(&document, "post", "/orders");
    assert_eq!(statuses(create), ["201", "401", "403", "503"]);
    assert_eq!(create["x-access"], r#"orders:write, fresh = "300s""#);
    let stepped_up = create["responses"]["401"]["description"].as_str().expect("text");
    assert!(stepped_up.contains("RFC 9470") && stepped_up.contains("300s"), "{stepped_up}");
    assert!(!list["responses"]["401"]["description"].as_str().expect("text").contains("9470"));
    assert_eq!(create["requestBody"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Order");

    let root = operation(&document, "get", "/");
    assert_eq!(
        (&root["security"], &root["x-access"], statuses(root)),
        (&json!([]), &json!("public"), vec!["200", "503"])
    );

    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["JwtAuthError", "Line", "Order"]);
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({ SECURITY_SCHEME: { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } })
    );
}

#[test]
fn what_the_application_says_is_kept() {
    #[derive(OpenApi)]
    #[openapi(paths(list, lines::list), modifiers(&Scheme))]
    struct Mine;

    struct Scheme;
    impl utoipa::Modify for Scheme {
        fn modify(&self, document: &mut Document) {
            use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
            let mine = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Access-Token")));
            document.components.get_or_insert_default().add_security_scheme(SECURITY_SCHEME, mine);
            document.paths.paths.get_mut("/orders").and_then(|item| item.get.as_mut()).expect("it").summary =
                Some("Mine".to_owned());
        }
    }

    let document = completed(&Router::new().routes(routes!(list, lines::list)), Mine::openapi());
    assert_eq!(operation(&document, "get", "/orders")["summary"], "Mine");
    assert_eq!(document["components"]["securitySchemes"][SECURITY_SCHEME]["name"], "X-Access-Token");
    let lines = operation(&document, "put", "/orders/{id}/lines/{line}");
    assert_eq!(lines["security"], json!([{ "mine": [] }]));
    assert_eq!(lines["responses"]["401"], json!({ "description": "Mine" }));
    assert_eq!(statuses(lines), ["200", "401", "503"], "a bare `#[protected]` refuses no good token");
}

#[test]
fn nesting_and_merging_carry_the_operations_along() {
    let inner = || Router::new().routes(routes!(list, root));
    let document = described(&Router::new().nest("/v1", inner()).nest("/v2/", inner()).merge(inner()));
    assert_eq!(
        operations(&document),
        ["get /", "get /orders", "get /v1", "get /v1/orders", "get /v2/", "get /v2/orders"]
    );
    for path in ["/orders", "/v1/orders", "/v2/orders"] {
        assert_eq!(operation(&document, "get", path)["x-access"], "orders:read");
    }
    let ids: Vec<_> = ["/orders", "/v1/orders", "/v2/orders"]
        .iter()
        .filter_map(|path| operation(&document, "get", path).get("operationId"))
        .collect();
    assert_eq!(ids, ["list"], "an id names one operation");
}

#[test]
fn routes_without_a_description_say_what_their_path_tells() {
    let router = Router::new()
        .route("/plain/{id}", get(plain).post(open))
        .route("/stream", get(stream))
        .route("/both", get(plain))
        .route("/both/", get(plain))
        .route("/differ", get(plain))
        .route("/differ/", get(open))
        .route("/files/{*path}", get(plain))
        .route("/any", any(plain))
        .mount("/admin", IsAdminUser, axum::Router::new())
        .merge_unguarded(axum::Router::new().route("/hole", axum::routing::get(|| async {})), "why")
        .fallback(open);
    let document = described(&router);
    assert_eq!(
        operations(&document),
        [
            "get /both",
            "get /differ",
            "get /differ/",
            "get /files/{path}",
            "get /plain/{id}",
            "post /plain/{id}",
            "get /stream"
        ]
    );
    let by_id = operation(&document, "get", "/plain/{id}");
    assert_eq!(
        by_id["parameters"],
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }])
    );
    assert_eq!(statuses(by_id), ["401", "503", "default"]);
    assert_eq!(operation(&document, "get", "/files/{path}")["parameters"][0]["name"], "path");
    assert_eq!(operation(&document, "get", "/differ")["x-access"], "IsAuthenticated");
    assert_eq!(operation(&document, "get", "/differ/")["x-access"], "public");
    let stream = operation(&document, "get", "/stream");
    assert_eq!(stream["security"], json!([{ SECURITY_SCHEME: [] }, { "jwtTicket": [] }]));
    let ticket = &document["components"]["securitySchemes"]["jwtTicket"];
    assert_eq!(ticket, &json!({ "type": "apiKey", "in": "query", "name": "ticket" }));
}

#[test]
fn operations_find_their_route() {
    #[utoipa::path(get, path = "/orders/{order_id}/", params(("order_id" = u64, Path)), responses((status = 200, description = "It")))]
    #[allow(dead_code)]
    async fn show() {}
    #[utoipa::path(get, path = "/admin/users/{id}", params(("id" = u64, Path)), responses((status = 200, description = "It")))]
    #[allow(dead_code)]
    async fn user() {}
    #[utoipa::path(delete, path = "/any", responses((status = 200, description = "Done")))]
    #[allow(dead_code)]
    async fn delete_any() {}
    #[utoipa::path(head, path = "/orders/{id}", params(("id" = u64, Path)), responses((status = 200, description = "It")))]
    #[allow(dead_code)]
    async fn head() {}
    #[utoipa::path(get, path = "/elsewhere", responses((status = 200, description = "It")))]
    #[allow(dead_code)]
    async fn elsewhere() {}

    #[derive(OpenApi)]
    #[openapi(paths(show, user, delete_any, head, elsewhere))]
    struct Mine;

    let router = || {
        Router::new()
            .route("/orders/{id}", get(plain).post(open))
            .route("/any", any(plain))
            .mount("/admin", rule!(IsAdminUser, user), axum::Router::new())
            .fallback(plain)
    };
    let document = completed(&router(), Mine::openapi());
    let access = |method, path| &operation(&document, method, path)["x-access"];
    assert_eq!(access("get", "/orders/{order_id}/"), "IsAuthenticated");
    assert_eq!(access("head", "/orders/{id}"), "IsAuthenticated", "GET answers HEAD");
    assert_eq!(access("get", "/admin/users/{id}"), "IsAdminUser, user");
    assert_eq!(access("delete", "/any"), "IsAuthenticated");
    assert_eq!(access("get", "/elsewhere"), &Value::Null, "nobody knows what it is behind");

    let with_a_hole = router().merge_unguarded(axum::Router::new(), "why");
    let document = completed(&with_a_hole, Mine::openapi());
    let below = operation(&document, "get", "/admin/users/{id}");
    assert_eq!(below.get("security"), None, "the merged router may have this path: {below}");
    assert_eq!(operation(&document, "delete", "/any")["x-access"], "IsAuthenticated");
}

#[tokio::test]
async fn the_document_is_served_and_the_described_routes_are_guarded() {
    let app = App::start(settings()).await;
    let urls = Router::new().routes(routes!(list, create, root)).route("/health", post(open));
    let urls = urls.serve_openapi("/openapi.json", Document::default());
    assert!(urls.access_table().to_string().contains("GET /openapi.json public (the OpenAPI document)\n"));
    let router = urls.with_state(app.auth.clone());
    let answer = jwt_auth_tests::get(&router, "/openapi.json", None).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(operations(&answer.json()), ["get /", "post /health", "get /orders", "post /orders"]);

    let (_, access) = app.login().await;
    let access = format!("Bearer {access}");
    assert_eq!(jwt_auth_tests::get(&router, "/orders", None).await.status, 401);
    assert_eq!(jwt_auth_tests::get(&router, "/orders", Some(&access)).await.status, 403);
    assert_eq!(jwt_auth_tests::get(&router, "/", None).await.status, 200);
}
