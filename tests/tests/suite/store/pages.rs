//! Lists come in pages, and hold up nobody.

use http::StatusCode;
use jwt_auth::clock::Clock;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::seconds;
use jwt_auth::store::{AnyTokenStore, MemoryStore, NewSession, SESSIONS_PAGE, SqliteStore, TokenStore};
use jwt_auth::{JwtAuth, Settings, token_routes};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, session_id};
use jwt_auth_tests::{App, get, payload, settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[token_routes("/api/token", sessions)]
fn urls() -> GuardedRouter<JwtAuth<jwt_auth_tests::Account>> {
    GuardedRouter::new()
}

#[tokio::test]
async fn the_sessions_api_answers_page_by_page() {
    let app = App::start(Settings { max_sessions_per_user: None, ..settings() }).await;
    let router = urls().with_state(app.auth.clone());
    let mut logins = Vec::new();
    for _ in 0..2 * SESSIONS_PAGE + 1 {
        app.clock.advance(seconds(1));
        let user = jwt_auth::user::UserStore::find_by_id(&app.users, "1").await.expect("memory").expect("a user");
        logins.push(app.auth.for_user(&user, Default::default()).await.expect("a login"));
    }
    let bearer = format!("Bearer {}", logins.last().expect("a login").access.expose());
    let mut path = "/api/sessions/".to_owned();
    let mut seen = Vec::new();
    for page in 0..3 {
        let answer = get(&router, &path, Some(&bearer)).await;
        assert_eq!(answer.status, StatusCode::OK);
        let list = answer.json().as_array().expect("a list").clone();
        assert_eq!(list.len(), if page < 2 { SESSIONS_PAGE } else { 1 });
        seen.extend(list.iter().map(|session| session["sid"].as_str().expect("a sid").to_owned()));
        let link = answer.headers.get("link").map(|link| link.to_str().expect("text").to_owned());
        assert_eq!(link.is_some(), page < 2, "the last page names no next one");
        if let Some(link) = link {
            let cursor = link.strip_prefix("<?").and_then(|link| link.strip_suffix(">; rel=\"next\"")).expect("a link");
            path = format!("/api/sessions/?{cursor}");
        }
    }
    let issued = logins.iter().rev().map(|pair| payload(pair.refresh.expose()).get::<String>("sid").expect("text"));
    assert_eq!(seen, issued.map(|sid| sid.expect("a sid")).collect::<Vec<_>>(), "the youngest first, each once");
    for wrong in ["", "7", "next", "%00"] {
        let answer = get(&router, &format!("/api/sessions/?cursor={wrong}"), Some(&bearer)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    assert!(app.clock.now() > START);
}

/// The limit counts all there are, not those of the first page.
#[tokio::test]
async fn an_adopted_token_counts_against_the_limit_beyond_the_first_page() {
    let store = AnyTokenStore::new(MemoryStore::new());
    for number in 0..3 * SESSIONS_PAGE as u64 {
        store.create(NewSession { user_id: "7".to_owned(), ..login(number) }, None).await.expect("stores");
    }
    let clock = jwt_auth::testing::ManualClock::new(START.after(seconds(5)));
    let settings = Settings { max_sessions_per_user: Some(10), ..settings() };
    let auth = JwtAuth::builder(settings).store(store).clock(clock).start().await.expect("starts");
    let token = jwt_auth::testing::TestToken::refresh("7").sign(&auth);
    auth.refresh(&token, Default::default()).await.expect("adopted");
    assert_eq!(auth.sessions("7").await.expect("a list").len(), 10);
}

/// Lists wait for lists; single rows and the feed do not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lists_do_not_hold_up_the_feed_or_single_rows() {
    const LISTS: usize = 400;
    let scratch = Scratch::new("starved");
    let store = Arc::new(SqliteStore::connect(&scratch.next_database()).await.expect("opens"));
    for number in 0..3000 {
        let claims = jwt_auth::Claims::new();
        store.create(NewSession { user_id: "7".to_owned(), claims, ..login(number) }, None).await.expect("stores");
    }
    let listed = Arc::new(AtomicUsize::new(0));
    let lists: Vec<_> = (0..LISTS)
        .map(|_| {
            let (store, listed) = (Arc::clone(&store), Arc::clone(&listed));
            tokio::spawn(async move {
                let page = store.list("7", START).await.expect("reads");
                assert_eq!(page.len(), SESSIONS_PAGE);
                listed.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    while listed.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    for number in 0..10 {
        assert!(store.find(session_id(number)).await.expect("reads").is_some());
        store.revocations(0, START).await.expect("reads");
        store.epoch("7").await.expect("reads");
    }
    let before = listed.load(Ordering::SeqCst);
    assert!(before < LISTS, "thirty reads waited for {before} lists");
    for list in lists {
        list.await.expect("each is answered");
    }
}
