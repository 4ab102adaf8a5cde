//! The table "What ends when" of docs/accounts.md, row by row. Its handlers are tried by the page itself, as a doctest.

use jwt_auth::error::AuthError;
use jwt_auth::password::PasswordHasher;
use jwt_auth::store::SessionId;
use jwt_auth::user::UserStore;
use jwt_auth::{Client, Settings};
use jwt_auth_tests::{App, hasher, payload, settings};
use std::fs;
use std::path::Path;

const GUIDE: &str = "docs/accounts.md";

/// A user with two sessions, one of which is the caller's.
struct Desk {
    app: App,
    mine: (String, String),
    other: (String, String),
}

/// What still works of a session: its refresh token, then its access token on a route that reads nothing and on one that loads the user.
type Works = (bool, bool, bool);

impl Desk {
    async fn open() -> Self {
        let app = App::start(settings()).await;
        let (mine, other) = (app.login().await, app.login().await);
        Self { app, mine, other }
    }

    async fn works(&self, (refresh, access): &(String, String)) -> Works {
        let opens = async |path: &str| self.app.get(path, access).await.status == 200;
        let routes = (opens("/stateless").await, opens("/loaded").await);
        (self.app.refresh(refresh).await.status == 200, routes.0, routes.1)
    }

    /// The row of the table that begins so is there, and this is what comes of it.
    async fn expect(&self, row: &str, expected: Works) {
        let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(GUIDE)).expect(GUIDE);
        assert!(guide.lines().any(|line| line.starts_with('|') && line.contains(row)), "no row {row}");
        assert_eq!(self.works(&self.other).await, expected, "{row}");
    }
}

#[tokio::test]
async fn what_is_told_ends_at_once() {
    let desk = Desk::open().await;
    let user = desk.app.users.find_by_id("1").await.expect("memory").expect("a user");
    desk.app.auth.password_changed(&user).await.expect("over");
    desk.expect("`password_changed`", (false, false, false)).await;
    let desk = Desk::open().await;
    desk.app.auth.end_all_sessions("1").await.expect("over");
    desk.expect("`end_all_sessions`", (false, false, false)).await;
    let desk = Desk::open().await;
    let sid = payload(&desk.mine.1).get::<String>("sid").expect("a text").expect("a session");
    let sid = SessionId::parse(&sid).expect("a session");
    desk.app.auth.end_other_sessions(&user, sid, Client::default()).await.expect("goes on");
    desk.expect("`end_other_sessions`", (false, false, false)).await;
    assert_eq!(desk.works(&desk.mine).await, (true, false, false), "the kept one");
}

#[tokio::test]
async fn what_nobody_tells_ends_at_the_next_refresh() {
    let change = async |row: &str, change: fn(&App), expected: Works, then: Works| {
        let desk = Desk::open().await;
        change(&desk.app);
        desk.expect(row, expected).await;
        assert_eq!(desk.works(&desk.other).await, then, "{row}, after the refresh");
    };
    let over = (false, false, false);
    change(
        "a new hash in the table",
        |app| assert!(app.users.update("1", |user| user.password_hash = hasher().hash("new").expect("a hash"))),
        (false, true, true),
        over,
    )
    .await;
    change(
        "a hash of another format or cost",
        |app| {
            let dear = PasswordHasher::argon2id(16, 1, 1).expect("parameters").hash("test").expect("a hash");
            assert!(app.users.update("1", |user| user.password_hash = dear));
        },
        (true, true, true),
        (true, true, true),
    )
    .await;
    change(
        "another name",
        |app| assert!(app.users.update("1", |user| user.username = "tess".to_owned())),
        (true, true, true),
        (true, true, true),
    )
    .await;
    change(
        "`is_active` off",
        |app| assert!(app.users.update("1", |user| user.is_active = false)),
        (false, true, false),
        over,
    )
    .await;
    change("the user's row is deleted", |app| assert!(app.users.remove("1")), (false, true, false), over).await;
}

#[tokio::test]
async fn without_a_store_nothing_can_be_ended() {
    let app = App::stateless(Settings { rotate_refresh_tokens: false, ..settings() }).await;
    let (refresh, access) = app.login().await;
    assert!(matches!(app.auth.end_all_sessions("1").await, Err(AuthError::NotAvailable)));
    assert!(app.users.update("1", |user| user.password_hash = hasher().hash("new").expect("a hash")));
    assert_eq!(app.refresh(&refresh).await.status, 200);
    assert!(app.users.update("1", |user| user.is_active = false));
    assert_eq!(
        (app.refresh(&refresh).await.status.as_u16(), app.get("/stateless", &access).await.status.as_u16()),
        (401, 200)
    );
}
