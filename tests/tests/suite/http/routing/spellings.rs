//! Random routers and random spellings of their paths: a mount that everybody may use answers for no route of the staff's, and for
//! nothing outside of itself.

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{IsAdminUser, IsAuthenticated, JwtAuth, protected};
use jwt_auth_tests::{Account, App, long, send, settings};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use std::panic::catch_unwind;

type Router = GuardedRouter<JwtAuth<Account>>;

#[protected(IsAdminUser)]
async fn staff() {}

/// A proxy that hands the whole path on as it came.
fn transparent() -> axum::Router {
    axum::Router::new().fallback(async |OriginalUri(uri): OriginalUri| uri.path().to_owned())
}

const MOUNTS: [&str; 7] = ["/", "/a", "/a/b", "/c", "/{x}/m", "/m/{y}", "/user_{u}"];
const ROUTES: [&str; 11] =
    ["/a/s", "/a/b/s", "/a/{y}/t", "/q/m/s", "/m/q/s", "/c", "/c/{y}", "/s", "/m/{y}/s", "/a/pre_{y}", "/user_bob/s"];

/// As a server reads it that decodes once, resolves dots and does not tell capitals.
fn read(path: &str) -> Vec<String> {
    let decoded = percent_decode_str(path).decode_utf8_lossy().to_lowercase();
    let mut place = Vec::new();
    for segment in decoded.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => drop(place.pop()),
            segment => place.push(segment.to_owned()),
        }
    }
    place
}

fn fits(pattern: &str, path: &[String]) -> bool {
    let pattern: Vec<&str> = pattern.split('/').filter(|segment| !segment.is_empty()).collect();
    let is = |(own, given): (&&str, &String)| match own.split_once('{') {
        Some((begin, _)) => given.starts_with(begin),
        None => own == given,
    };
    pattern.len() == path.len() && pattern.iter().zip(path).all(is)
}

/// A route's path, spelled with what a client may put between and behind its segments.
fn spelling() -> impl Strategy<Value = String> {
    let between = select(vec!["/", "/", "/", "//", "%2f", "/./", "/z/../", "%5c", "/%2e/", "/../", "/;a/"]);
    let parts = (
        select(ROUTES.to_vec()),
        prop::collection::vec((between, any::<bool>()), 4),
        select(vec!["", "/", "/.", ";x", "%00"]),
    );
    parts.prop_map(|(route, between, end)| {
        let segments = route.split('/').filter(|segment| !segment.is_empty());
        let path: String = segments
            .zip(between)
            .map(|(segment, (between, encoded))| {
                let (begin, parameter) = segment.split_once('{').unwrap_or((segment, ""));
                let name = if parameter.is_empty() { "" } else { "b" };
                let text = format!("{begin}{name}");
                let first = text.bytes().next().unwrap_or(b'x');
                if encoded { format!("{between}%{first:02x}{}", &text[1..]) } else { format!("{between}{text}") }
            })
            .collect();
        path + end
    })
}

#[tokio::test]
async fn no_spelling_of_a_route_reaches_a_mount() {
    let app = App::start(settings()).await;
    let (_, token) = app.login().await;
    let cases = if long() { 200_000 } else { 4_000 };
    let mut runner = TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let kinds = (any::<[bool; 7]>(), any::<[bool; 11]>(), prop::collection::vec(spelling(), 8));
    let (mut asked, mut served) = (0, 0);
    for _ in 0..cases / 8 {
        let (mounts, routes, paths) = kinds.new_tree(&mut runner).expect("a value").current();
        let chosen = |all: &[&'static str], which: &[bool]| -> Vec<&'static str> {
            all.iter().zip(which).filter(|(_, is_in)| **is_in).map(|(path, _)| *path).collect()
        };
        let (mounts, routes) = (chosen(&MOUNTS, &mounts), chosen(&ROUTES, &routes));
        // What axum refuses to route is not the question.
        let router = catch_unwind(|| {
            let router =
                mounts.iter().fold(Router::new(), |router, path| router.mount(path, IsAuthenticated, transparent()));
            routes.iter().fold(router, |router, path| router.route(path, get(staff)))
        });
        let Ok(router) = router else { continue };
        let router = router.with_state(app.auth.clone());
        for path in &paths {
            let Ok(uri) = path.parse::<http::Uri>() else { continue };
            let request = Request::builder().uri(uri).header("authorization", format!("Bearer {token}"));
            let answer = send(&router, request.body(Body::empty()).expect("a request")).await;
            asked += 1;
            if answer.status == StatusCode::OK {
                served += 1;
                let meant: Vec<_> = routes.iter().filter(|route| fits(route, &read(path))).collect();
                assert!(meant.is_empty(), "mounts {mounts:?} serve {path}, which is the staff's {meant:?}");
            }
        }
    }
    assert!(asked > 500 && served > 5, "{served} of {asked} were served: the test asks too little");
}

/// A layer may decode a path, or cut a language off: what the service then sees is judged as well.
#[tokio::test]
async fn a_layer_that_rewrites_paths_smuggles_nothing_in() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    let router = Router::new().mount("/files", IsAuthenticated, transparent()).with_state(app.auth.clone());
    let decoding = axum::middleware::map_request(async |mut request: Request| {
        let path = percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
        *request.uri_mut() = path.parse().expect("a path");
        request
    });
    let router = router.layer(decoding);
    for (path, expected) in
        [("/files/a", 200), ("/files/%61", 200), ("/files/x%252e", 404), ("/files/%252e%252e/s", 404)]
    {
        let request = Request::builder().uri(path).header("authorization", format!("Bearer {access}"));
        let answer = send(&router, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, expected, "{path}");
    }
}

/// axum leaves a prefix on the path that has a parameter in part of a segment; what is routed below is claimed all the same.
#[tokio::test]
async fn a_parameter_in_part_of_a_prefix_hides_no_route() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    let mounted = || Router::new().mount("/user_{u}", IsAuthenticated, transparent());
    let routers = [
        mounted().route("/user_bob/s", get(staff)),
        Router::new().route("/user_bob/s", get(staff)).mount("/user_{u}", IsAuthenticated, transparent()),
        Router::new().nest("/v1", mounted().route("/user_bob/s", get(staff))),
        Router::new().nest("/v_{n}", mounted().route("/user_bob/s", get(staff))),
    ];
    for (at, router) in routers.into_iter().enumerate() {
        let prefix = ["", "", "/v1", "/v_1"][at];
        let router = router.with_state(app.auth.clone());
        for (path, expected) in
            [("/user_bob/s", 403), ("/user_bob/%73", 404), ("/user_bob/t", 200), ("/user_bob/a/s", 200)]
        {
            let request = Request::builder().uri(format!("{prefix}{path}"));
            let request = request.header("authorization", format!("Bearer {access}"));
            let answer = send(&router, request.body(Body::empty()).expect("a request")).await;
            assert_eq!(answer.status, expected, "{prefix}{path}");
        }
    }
}
