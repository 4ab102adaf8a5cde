//! Which paths and methods are guarded: mounts, fallbacks and merged routers, and the table that names them all.

use super::{App, Kit, urls};
use axum::Router;
use http::{Method, StatusCode};
use jwt_auth::routing::GuardedRouter;
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_mount_guards_its_path_and_everything_below() {
    let kit = Kit::start().await;
    let paths = ["/admin", "/admin/", "/admin/items/7", "/admin/nothing", "/admin//items/7", "/admin/%2e%2e/bare"];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::DELETE, Method::TRACE] {
            assert_eq!(
                kit.request(method.clone(), path, None).await.status,
                StatusCode::UNAUTHORIZED,
                "{method} {path}"
            );
            let refused = kit.request(method.clone(), path, Some(json!({}))).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
    assert_eq!(kit.entered.load(Ordering::SeqCst), 0, "a refused request got in");
    let staff = || json!({ "is_staff": true });
    assert_eq!(kit.get("/admin", staff()).await.text, "root");
    assert_eq!(kit.get("/admin/", staff()).await.text, "root");
    assert_eq!(kit.get("/admin/items/7", staff()).await.text, "7", "the mount adds no path parameter of its own");
    assert_eq!(kit.status("/admin/nothing", staff()).await, 404);
    assert_eq!(kit.get("/v1/files/items/9", json!({ "permissions": ["orders:read"] })).await.text, "9");
    assert_eq!(kit.get("/v1/files", json!({ "permissions": ["orders:read"] })).await.text, "root");
    assert_eq!(kit.status("/v1/files/", staff()).await, 403);
    assert_eq!(kit.entered.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_mount_with_the_option_user_judges_the_user() {
    let kit = Kit::start().await;
    let table = &kit.users.0;
    let claims = || json!({ "is_staff": true });
    for path in ["/admin-loaded", "/admin-loaded/", "/admin-loaded/items/7"] {
        table.is_staff.store(false, Ordering::SeqCst);
        table.is_active.store(true, Ordering::SeqCst);
        assert_eq!(kit.status(path, claims()).await, 403, "the claim is not asked");
        table.is_staff.store(true, Ordering::SeqCst);
        assert_eq!(kit.status(path, json!({})).await, 200);
        table.is_active.store(false, Ordering::SeqCst);
        assert_eq!(kit.status(path, claims()).await, 401);
        assert_eq!(kit.request(Method::GET, path, None).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!((kit.loads(), kit.entered.load(Ordering::SeqCst)), (9, 3));
    table.gone.store(true, Ordering::SeqCst);
    assert_eq!(kit.status("/admin-loaded", claims()).await, 503);
}

#[tokio::test]
async fn methods_and_fallbacks_are_guarded_too() {
    let kit = Kit::start().await;
    let status = async |method: Method, path: &str, claims| kit.request(method, path, claims).await.status.as_u16();
    assert_eq!(status(Method::HEAD, "/bare", None).await, 401);
    assert_eq!(status(Method::HEAD, "/bare", Some(json!({}))).await, 200);
    assert_eq!(status(Method::GET, "/open", None).await, 200);
    assert_eq!(status(Method::DELETE, "/open", None).await, 401);
    assert_eq!(status(Method::PUT, "/open", None).await, 405);
    assert_eq!(status(Method::PATCH, "/orders/7", None).await, 401);
    assert_eq!(status(Method::GET, "/orders", Some(json!({}))).await, 403);
    assert_eq!(status(Method::GET, "/no/such/path", None).await, 401);
    assert_eq!(status(Method::GET, "/hole", None).await, 200);
}

#[tokio::test]
async fn token_views_answer_both_slash_forms_and_post_only() {
    let kit = Kit::start().await;
    for path in ["/api/token/verify", "/api/token/verify/"] {
        assert_ne!(kit.request(Method::POST, path, None).await.status, StatusCode::NOT_FOUND);
        let refused = kit.request(Method::GET, path, None).await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.text, r#"{"detail":"Method \"GET\" not allowed."}"#);
        assert_eq!(refused.header("allow"), "POST, OPTIONS");
    }
    assert_eq!(kit.request(Method::POST, "/api/token/", None).await.status, StatusCode::UNAUTHORIZED, "only(verify)");
}

#[test]
fn the_access_table_names_every_route() {
    let table = urls(Router::new()).access_table().to_string();
    assert_eq!(
        table,
        r#"* * unguarded (answers a constant)
* /admin-loaded/{*path} IsAdminUser, user
* /admin/{*path} IsAdminUser
POST /api/token/verify public (token view)
GET /bare IsAuthenticated
DELETE /open IsAuthenticated
GET /open public
GET /orders (orders:read && !suspended)
POST /orders orders:write
* /orders/{id} IsAuthenticated
GET /other-tenant (scope("a") && !SameTenant)
GET /scoped (scope("a") && !suspended)
GET /staff IsAdminUser
GET /staff-loaded IsAdminUser, user
GET /tenant (orders:read || SameTenant)
GET /unsuspended (orders:read && !suspended)
* /v1/files/{*path} orders:read
POST /write orders:write
GET /write-loaded (orders:write && !suspended), user
* /{*fallback} IsAuthenticated
"#
    );
}

#[test]
fn a_merged_router_has_one_row_for_all_its_paths() {
    let hole = || GuardedRouter::<App>::new().merge_unguarded(Router::new(), "why");
    assert_eq!(hole().access_table().to_string(), "* * unguarded (why)\n");
    for prefix in ["/v1", "/v1/"] {
        let nested = GuardedRouter::new().nest(prefix, hole());
        assert_eq!(nested.access_table().to_string(), "* /v1/* unguarded (why)\n");
    }
}
