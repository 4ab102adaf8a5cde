//! Ways around a guarded router that are none: odd spellings of paths, overlapping routes, and both slash forms.

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use jwt_auth::routing::{AccessTable, GuardedRouter, any, get, post};
use jwt_auth::{IsAdminUser, IsAuthenticated, JwtAuth, protected, public};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, App, send, settings};
use std::panic::catch_unwind;
use tower_http::services::ServeDir;

type Guarded = GuardedRouter<JwtAuth<Account>>;

#[protected]
async fn mine() -> &'static str {
    "mine"
}

#[protected(IsAdminUser)]
async fn staff_only() -> &'static str {
    "staff only"
}

#[public]
async fn open() -> &'static str {
    "open"
}

/// A running application, and tokens of somebody and of staff.
struct Kit {
    app: App,
    anyone: String,
    staff: String,
}

impl Kit {
    async fn start() -> Self {
        let app = App::start(settings()).await;
        let mut tokens = Vec::new();
        for name in ["test", "staff"] {
            let login = serde_json::json!({ "username": name, "password": name });
            tokens.push(jwt_auth_tests::post(&app.router, "/api/token/", login).await.member("access"));
        }
        let [anyone, staff] = <[String; 2]>::try_from(tokens).expect("two tokens");
        Self { app, anyone, staff }
    }

    fn router(&self, guarded: Guarded) -> Router {
        guarded.with_state(self.app.auth.clone())
    }
}

async fn ask(router: &Router, method: Method, path: &str, token: Option<&str>) -> (u16, String) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = send(router, request.body(Body::empty()).expect("a request")).await;
    (answer.status.as_u16(), answer.text)
}

fn files() -> ServeDir {
    ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"))
}

fn keys() -> ServeDir {
    ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/rfc7520/jwk"))
}

const KEY_FILE: &str = "3_1.ec_public_key.json";

#[tokio::test]
async fn a_stricter_rule_below_a_mount_holds_in_every_spelling() {
    let kit = Kit::start().await;
    let outer = || Guarded::new().mount("/files", IsAuthenticated, files());
    let inner = || Guarded::new().mount("/files/rfc7520/jwk", IsAdminUser, keys());
    let one_route = || Guarded::new().route("/files/rfc7520/jwk/{name}", get(staff_only));
    let ways = [
        outer().merge(inner()),
        inner().merge(outer()),
        outer().merge(one_route()),
        one_route().mount("/files/", IsAuthenticated, files()),
        outer().nest("/files/rfc7520", Guarded::new().mount("/jwk", IsAdminUser, keys())),
    ];
    for guarded in ways {
        let router = kit.router(guarded);
        let plain = format!("/files/rfc7520/jwk/{KEY_FILE}");
        assert_eq!(ask(&router, Method::GET, &plain, Some(&kit.anyone)).await.0, 403);
        assert_eq!(ask(&router, Method::GET, &plain, Some(&kit.staff)).await.0, 200);
        for prefix in [
            "/files//rfc7520/jwk",
            "/files/./rfc7520/jwk",
            "/files/rfc7520/%6awk",
            "/files/%72fc7520//jwk",
            "/files/rfc7520%2fjwk",
            "/files/rfc7520/x/%2e%2e/jwk",
            "/files/rfc7520/jwk/",
            "/files/rfc7520/./jwk/.",
        ] {
            for method in [Method::GET, Method::HEAD] {
                let path = format!("{prefix}/{KEY_FILE}");
                let (status, text) = ask(&router, method.clone(), &path, Some(&kit.anyone)).await;
                assert!(status == 404 || status == 403, "{method} {path}: {status} {text}");
                assert_eq!(ask(&router, method, &path, None).await.0, 401);
            }
        }
        for path in ["/files/rfc7520/LICENSE", "/files/rfc7520/%4cICENSE"] {
            assert_eq!(ask(&router, Method::GET, path, Some(&kit.anyone)).await.0, 200, "{path}");
        }
    }
}

/// An object store means its odd paths; what is the staff's is kept from it all the same.
#[tokio::test]
async fn a_verbatim_mount_gets_every_spelling_that_is_its_own() {
    let kit = Kit::start().await;
    let store = || Router::new().fallback(async |uri: http::Uri| uri.path().to_owned());
    let router = kit.router(
        Guarded::new()
            .mount_verbatim("/objects", IsAuthenticated, store())
            .mount("/files", IsAuthenticated, store())
            .route("/objects/keys", get(staff_only)),
    );
    for path in ["/a//b", "/a;v=1", "/a%2Fb", "/a/./b", "/x/../y", "/a%2etxt"] {
        let (status, text) = ask(&router, Method::GET, &format!("/objects{path}"), Some(&kit.anyone)).await;
        assert_eq!((status, text.as_str()), (200, path));
        assert_eq!(ask(&router, Method::GET, &format!("/files{path}"), Some(&kit.anyone)).await.0, 404, "{path}");
    }
    for path in ["/../files/x", "//keys", "/keys;x", "/x/../../objects/keys", "/%6beys"] {
        assert_eq!(ask(&router, Method::GET, &format!("/objects{path}"), Some(&kit.anyone)).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn an_odd_spelling_of_a_guarded_path_is_not_found_and_not_open() {
    let kit = Kit::start().await;
    let below = GuardedRouter::new().route("/", get(mine)).route("/{id}", get(staff_only));
    let router = kit.router(Guarded::new().route("/me", get(mine)).nest("/orders", below).route("/open", get(open)));
    for path in [
        "/me/",
        "//me",
        "/./me",
        "/%6de",
        "/ME",
        "/me//",
        "/open/../me",
        "/orders/",
        "/orders//7",
        "//orders/7",
        "/orders/7/",
        "/orders/7/..",
        "/me;x",
        "/open/me",
        "/",
    ] {
        let (status, text) = ask(&router, Method::GET, path, None).await;
        assert!([401, 404].contains(&status), "{path}: {status} {text}");
        assert_ne!(text, "mine");
    }
    assert_eq!(ask(&router, Method::GET, "/orders/%2e%2e", None).await.0, 401, "a parameter, whatever its value");
}

#[tokio::test]
async fn the_table_tells_both_slash_forms_apart_when_their_rules_differ() {
    let kit = Kit::start().await;
    let guarded = Guarded::new()
        .route("/a", get(mine))
        .route("/a/", get(open))
        .route("/b/", get(staff_only))
        .route("/c", get(mine).post(open))
        .route("/c/", get(mine))
        .nest("/d", GuardedRouter::new().route("/", get(mine)))
        .nest("/e/", GuardedRouter::new().route("/", get(mine)).route("//x", post(mine)));
    let table = guarded.access_table();
    assert_eq!(
        table.to_string(),
        "GET /a IsAuthenticated\nGET /a/ public\nGET /b/ IsAdminUser\nGET /c IsAuthenticated\nPOST /c public\n\
         GET /d IsAuthenticated\nGET /e/ IsAuthenticated\nPOST /e/x IsAuthenticated\n"
    );
    let router = kit.router(guarded);
    for row in table {
        let expected = if row.rule == "public" { 200 } else { 401 };
        let method = row.method.parse().expect("a method");
        assert_eq!(ask(&router, method, &row.path, None).await.0, expected, "{row}");
    }
}

#[tokio::test]
async fn handlers_of_one_path_keep_their_own_rules() {
    let kit = Kit::start().await;
    let guarded = Guarded::new()
        .mount("/m", IsAdminUser, Router::new().fallback("mounted"))
        .route("/m/health", get(open))
        .route("/r", get(mine).merge(post(open)))
        .route("/r", any(staff_only))
        .route("/w/{*rest}", get(staff_only))
        .route("/w/open", get(open))
        .nest("/n", GuardedRouter::new().route("/x", get(open)).fallback(staff_only))
        .fallback(mine);
    assert_eq!(
        guarded.access_table().to_string(),
        "GET /m/health public\n* /m/{*path} IsAdminUser\nGET /n/x public\n* /n/{*fallback} IsAdminUser\n* /r IsAdminUser\n\
         GET /r IsAuthenticated\nPOST /r public\nGET /w/open public\nGET /w/{*rest} IsAdminUser\n* /{*fallback} IsAuthenticated\n"
    );
    let router = kit.router(guarded);
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    for (method, path, nobody, anyone) in [
        (&get, "/m/health", 200, 200),
        (&post, "/m/health", 405, 405),
        (&get, "/m/health/", 401, 403),
        (&get, "/m", 401, 403),
        (&get, "/r", 401, 200),
        (&post, "/r", 200, 200),
        (&put, "/r", 401, 403),
        (&get, "/w/open", 200, 200),
        (&get, "/w/%6fpen", 401, 403),
        (&get, "/n/x", 200, 200),
        (&get, "/n/y", 401, 403),
        (&get, "/n", 401, 403),
        (&get, "/n/", 401, 200),
        (&get, "/", 401, 200),
    ] {
        assert_eq!(ask(&router, method.clone(), path, None).await.0, nobody, "{method} {path}");
        assert_eq!(ask(&router, method.clone(), path, Some(&kit.anyone)).await.0, anyone, "{method} {path}");
    }
}

#[test]
fn paths_that_axum_refuses_are_refused() {
    for path in ["", "admin", "/{*rest}", "/:id"] {
        assert!(catch_unwind(|| Guarded::new().mount(path, IsAdminUser, Router::new())).is_err(), "mount at {path:?}");
        assert!(
            catch_unwind(|| Guarded::new().nest(path, Guarded::new().route("/", get(mine)))).is_err(),
            "nest at {path:?}"
        );
    }
    assert!(catch_unwind(|| Guarded::new().nest("/", Guarded::new())).is_err());
    let twice = || Guarded::new().mount("/a", IsAdminUser, Router::new()).mount("/a/", IsAuthenticated, Router::new());
    assert!(catch_unwind(twice).is_err(), "one path has one mount");
    assert!(catch_unwind(|| Guarded::new().route("/a", get(mine)).route("/a", get(open))).is_err());
}

#[test]
fn a_clone_has_its_own_table() {
    let one = Guarded::new().route("/a", get(mine));
    let other = one.clone().route("/b", get(open));
    assert_eq!(one.access_table().rows().len(), 1);
    assert_eq!(other.access_table().rows().len(), 2);
}

#[test]
fn a_changed_rule_is_shown_against_the_file() {
    if std::env::var_os("ACCESS_TABLE").is_some() {
        return; // the files are being written
    }
    let folder = Scratch::new("access-table");
    let file = folder.path().join("access.txt");
    let table = Guarded::new().route("/a", get(mine)).route("/b", get(open)).access_table();
    let said = |table: &AccessTable| {
        let panic = catch_unwind(|| table.assert_snapshot(&file)).expect_err("a difference");
        panic.downcast_ref::<String>().expect("words").clone()
    };
    assert!(said(&table).contains("`ACCESS_TABLE=overwrite cargo test` writes it"));
    std::fs::write(&file, table.to_string()).expect("a file");
    table.assert_snapshot(&file);
    let opened = said(&Guarded::new().route("/a", get(open)).route("/b", get(open)).access_table());
    assert!(opened.contains("\n- GET /a IsAuthenticated\n+ GET /a public\n`ACCESS_TABLE"), "{opened}");
}

#[tokio::test]
async fn routers_cloned_from_one_keep_what_is_below_their_mount() {
    let kit = Kit::start().await;
    let base = Guarded::new().mount("/files", IsAuthenticated, Router::new().fallback(async || "a file"));
    let one = base.clone().route("/files/private", get(staff_only));
    let _other = base.route("/files/other", get(mine));
    let router = kit.router(one);
    for path in ["/files//private", "/files/%70rivate", "/files/x/../private"] {
        assert_eq!(ask(&router, Method::GET, path, Some(&kit.anyone)).await.0, 404, "{path}");
    }
    assert_eq!(ask(&router, Method::GET, "/files/private", Some(&kit.anyone)).await.0, 403);
    assert_eq!(ask(&router, Method::GET, "/files/report", Some(&kit.anyone)).await, (200, "a file".to_owned()));
}
