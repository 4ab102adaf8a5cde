//! What is mounted: routers that have no state yet, layers that guard, and two at one path.

use axum::Router;
use axum::extract::State;
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{AuthError, AuthState, CurrentUser, GuardLayer, IsAdminUser, IsAuthenticated, JwtAuth, public, rule};
use jwt_auth_tests::{Account, App, get as ask, settings};
use std::panic::catch_unwind;
use std::sync::Arc;
use tower::ServiceBuilder;

#[derive(Clone, AuthState)]
struct Site {
    auth: JwtAuth<Account>,
    name: &'static str,
}

#[public]
async fn open() -> &'static str {
    "open"
}

fn office() -> Router<Site> {
    let name = async |State(site): State<Site>, CurrentUser(user): CurrentUser<Account>| {
        format!("{} of {}", user.username, site.name)
    };
    Router::new()
        .route("/", axum::routing::get(name))
        .route("/deep/{id}", axum::routing::get(name))
        .route("/error", axum::routing::get(async || AuthError::UserInactive))
        .fallback("nothing here")
}

fn urls() -> GuardedRouter<Site> {
    GuardedRouter::new().mount_router("/office", IsAuthenticated, office()).route("/open", get(open))
}

/// Somebody's token, and a state.
async fn site(name: &'static str) -> (String, Site) {
    let app = App::start(settings()).await;
    let token = format!("Bearer {}", app.login().await.1);
    (token, Site { auth: app.auth, name })
}

#[test]
fn a_table_needs_no_state() {
    assert_eq!(urls().access_table().to_string(), "* /office/{*path} IsAuthenticated\nGET /open public\n");
    let nested = GuardedRouter::new().nest("/v1", urls());
    assert_eq!(nested.access_table().to_string(), "* /v1/office/{*path} IsAuthenticated\nGET /v1/open public\n");
}

#[tokio::test]
async fn a_mounted_router_gets_the_state() {
    let (token, site) = site("one").await;
    let nested = || GuardedRouter::new().nest("/v1", urls());
    for router in [nested().with_state(site.clone()), nested().into_axum().with_state(site)] {
        for path in ["/v1/office", "/v1/office/", "/v1/office/deep/7"] {
            assert_eq!(ask(&router, path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(ask(&router, path, Some(&token)).await.text, "test of one", "{path}");
        }
        assert_eq!(ask(&router, "/v1/office/nowhere", Some(&token)).await.text, "nothing here");
        assert_eq!(ask(&router, "/v1/office/nowhere", None).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&router, "/v1/office/error", Some(&token)).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn routers_of_two_states_do_not_mix_them_up() {
    let (token, one) = site("one").await;
    let two = Site { name: "two", ..one.clone() };
    let urls = urls();
    let first = urls.clone().with_state(one.clone());
    assert_eq!(ask(&first, "/office", Some(&token)).await.text, "test of one");
    let second = urls.clone().with_state(two.clone());
    let third = urls.into_axum().with_state(two);
    for (router, expected) in [(&second, "test of two"), (&first, "test of one"), (&third, "test of two")] {
        assert_eq!(ask(router, "/office", Some(&token)).await.text, expected);
    }
}

#[tokio::test]
async fn it_takes_a_state_in_an_arc_too() {
    let (token, site) = site("arc").await;
    let name = async |State(site): State<Arc<Site>>| site.name;
    let inner = Router::new().route("/", axum::routing::get(name));
    let router =
        GuardedRouter::<Arc<Site>>::new().mount_router("/in", IsAuthenticated, inner).with_state(Arc::new(site));
    assert_eq!(ask(&router, "/in", Some(&token)).await.text, "arc");
}

/// Rows of the table and what is asked for: what the table says is what holds.
#[tokio::test]
async fn guard_layers_are_in_the_table() {
    let (token, site) = site("one").await;
    let staff = || GuardLayer::new(site.clone(), rule!(IsAdminUser || scope("office"), user));
    let inner = || GuardedRouter::new().route("/open", get(open)).fallback(open);
    let layered = GuardedRouter::new()
        .nest("/layer", inner().layer(staff()))
        .nest("/route", inner().route_layer(staff()))
        .nest(
            "/stack",
            inner()
                .layer(ServiceBuilder::new().layer(GuardLayer::new(site.auth.clone(), IsAuthenticated)).layer(staff())),
        )
        .route("/one", get(open).layer(staff()))
        .route("/some", get(open).route_layer(staff()).fallback(open))
        .route("/cors", get(open).layer(tower_http::cors::CorsLayer::permissive()))
        .nest(
            "/merged",
            GuardedRouter::new()
                .merge_unguarded(Router::new().route("/x", axum::routing::get("x")), "why")
                .layer(staff()),
        )
        .route("/later", get(open));
    let expected = "\
GET /later public
GET /layer/open public behind (IsAdminUser || scope(\"office\")), user
* /layer/{*fallback} public behind (IsAdminUser || scope(\"office\")), user
* /merged/* unguarded behind (IsAdminUser || scope(\"office\")), user (why)
GET /one public behind (IsAdminUser || scope(\"office\")), user
GET /route/open public behind (IsAdminUser || scope(\"office\")), user
* /route/{*fallback} public
* /some public
GET /some public behind (IsAdminUser || scope(\"office\")), user
GET /stack/open public behind (IsAdminUser || scope(\"office\")), user behind IsAuthenticated
* /stack/{*fallback} public behind (IsAdminUser || scope(\"office\")), user behind IsAuthenticated
";
    let table = layered.access_table();
    assert_eq!(table.to_string().replace("GET /cors public\n", ""), expected);
    let router = layered.with_state(site.clone());
    for row in table.into_iter().filter(|row| row.method == "GET") {
        let status = if row.rule.contains("behind") { StatusCode::FORBIDDEN } else { StatusCode::OK };
        assert_eq!(ask(&router, &row.path, Some(&token)).await.status, status, "{row}");
    }
    assert_eq!(ask(&router, "/route/elsewhere", None).await.status, StatusCode::OK);
    assert_eq!(ask(&router, "/layer/elsewhere", None).await.status, StatusCode::UNAUTHORIZED);
}

#[test]
fn two_mounts_at_one_path_are_told_so() {
    let one = || GuardedRouter::<Site>::new().mount("/a/{b}", IsAuthenticated, Router::new());
    let two = || GuardedRouter::<Site>::new().mount_router("/a/{c}/", IsAdminUser, Router::new());
    let root = || GuardedRouter::<Site>::new().mount("/", IsAuthenticated, Router::new());
    let ways: [(fn(), &str); 4] = [
        (
            || {
                drop(GuardedRouter::<Site>::new().mount("/a", IsAuthenticated, Router::new()).mount(
                    "/a/",
                    IsAdminUser,
                    Router::new(),
                ))
            },
            "`/a`",
        ),
        (
            || {
                drop(
                    GuardedRouter::<Site>::new()
                        .nest("/v", GuardedRouter::new().mount("/a", IsAuthenticated, Router::new()))
                        .mount("/v/a", IsAdminUser, Router::new()),
                )
            },
            "`/v/a`",
        ),
        (
            || {
                drop(
                    GuardedRouter::<Site>::new()
                        .nest("/v", GuardedRouter::new().mount("/a", IsAuthenticated, Router::new()))
                        .nest("/v/a", GuardedRouter::new().mount("/", IsAdminUser, Router::new())),
                )
            },
            "`/v/a`",
        ),
        (
            || {
                drop(
                    GuardedRouter::<Site>::new()
                        .mount("/", IsAuthenticated, Router::new())
                        .merge(GuardedRouter::new().mount("/", IsAdminUser, Router::new())),
                )
            },
            "`/`",
        ),
    ];
    for (way, path) in ways {
        let panic = catch_unwind(way).expect_err("two mounts");
        let said = panic.downcast_ref::<String>().expect("a sentence");
        assert_eq!(
            *said,
            format!(
                "two mounts at {path}, one with the rule `IsAuthenticated` and one with the rule `IsAdminUser`: a path has one mount, so give one of them another path"
            )
        );
    }
    assert!(catch_unwind(|| one().merge(two())).is_err());
    drop(root().merge(one()));
}

/// axum would give the route its methods of the exact path, and the mount the others and the slash at the end: two rules for one path.
#[test]
fn a_route_at_a_mounts_own_path_is_told_so() {
    fn routed(path: &str) -> GuardedRouter<Site> {
        GuardedRouter::new().route(path, get(open))
    }
    fn mounted(path: &str) -> GuardedRouter<Site> {
        GuardedRouter::new().mount(path, IsAdminUser, Router::new())
    }
    type Way = fn() -> GuardedRouter<Site>;
    let ways: [(Way, &str); 8] = [
        (|| mounted("/a").route("/a", get(open)), "`/a`"),
        (|| mounted("/a").route("/a/", get(open)), "`/a`"),
        (|| routed("/a").mount("/a/", IsAdminUser, Router::new()), "`/a`"),
        (|| mounted("/a/{b}").route("/a/{c}", get(open)), "`/a/{b}`"),
        (|| routed("/a").merge(mounted("/a")), "`/a`"),
        (|| mounted("/a").merge(routed("/a")), "`/a`"),
        (|| mounted("/v/a").nest("/v", routed("/a")), "`/v/a`"),
        (|| routed("/").mount("/", IsAdminUser, Router::new()), "`/`"),
    ];
    for (number, (way, path)) in ways.into_iter().enumerate() {
        let panic = catch_unwind(|| drop(way())).expect_err("a route and a mount");
        let said = panic.downcast_ref::<String>().expect("a sentence");
        let begins = format!("a route and a mount (with the rule `IsAdminUser`) at {path}: ");
        assert!(said.starts_with(&begins), "{number}: {said}");
    }
    // Below it, and where only some paths are shared, both stand.
    let _ = mounted("/a").route("/a/b", get(open)).route("/b", get(open));
    let _ = mounted("/m/{y}").route("/m/q", get(open));
}
