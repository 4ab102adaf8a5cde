//! Switching a user off, in one call.

use jwt_auth::store::{MemoryStore, SqliteStore};
use jwt_auth::user::{MemoryUsers, User, UserStore};
use jwt_auth::{AuthError, AuthUser, Client, JwtAuth, Login, NewUser, Settings, SqlUserStore};
use jwt_auth_tests::{Account, KEY, scratch::Scratch, settings};

#[tokio::test]
async fn a_disabled_user_has_nothing_left_and_others_keep_theirs() {
    let scratch = Scratch::new("disable");
    let address = scratch.next_database();
    let users = SqlUserStore::connect(&address).await.expect("a database");
    users.migrate().await.expect("a table");
    let store = SqliteStore::connect(&address).await.expect("the same database");
    let builder = JwtAuth::builder(settings()).users(users.clone()).store(store);
    let auth: JwtAuth<AuthUser> = builder.start().await.expect("starts");
    let mut kept = Vec::new();
    for name in ["ann", "bob"] {
        let user = users.create_user(NewUser::new(name, "!")).await.expect("a user");
        let pair = auth.for_user(&user, Login::default()).await.expect("logs in");
        kept.push((user, pair));
    }
    let [(ann, of_ann), (_, of_bob)] = kept.as_slice() else { panic!("two users") };
    auth.disable_user(ann).await.expect("disabled");
    assert!(!users.find_by_id(&ann.identity().id).await.expect("an answer").expect("still there").is_active);
    assert!(auth.authenticate(of_ann.access.expose()).await.is_err());
    let refused = auth.refresh(of_ann.refresh.expose(), Client::default()).await.expect_err("over");
    assert!(matches!(&refused, AuthError::SessionEnded(reason) if reason.code() == "user_disabled"), "{refused:?}");
    assert!(auth.authenticate(of_bob.access.expose()).await.is_ok());
    assert!(auth.refresh(of_bob.refresh.expose(), Client::default()).await.is_ok());
    // Whoever holds the user of before, as a handler does that waits for a second factor, does not log them in.
    let late = auth.for_user(ann, Login::default()).await;
    assert!(matches!(late, Err(AuthError::UserInactive)), "{late:?}");
    // Again, and one who is gone.
    auth.disable_user(ann).await.expect("nothing to do");
    let mut gone = ann.clone();
    gone.id = 4711;
    auth.disable_user(&gone).await.expect("nothing to do");
}

/// The application writes its own table: then it has to be written before.
#[tokio::test]
async fn a_user_store_that_writes_nothing_has_to_find_it_written() {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(ann());
    let builder = JwtAuth::builder(settings()).users(users.clone()).store(MemoryStore::new());
    let auth = builder.start().await.expect("starts");
    let user = users.find_by_id("1").await.expect("an answer").expect("there");
    let pair = auth.for_user(&user, Login::default()).await.expect("logs in");
    let refused = auth.disable_user(&user).await.expect_err("still active");
    assert!(matches!(refused, AuthError::Misconfigured(why) if why.contains("UserStore::disable")), "{refused:?}");
    assert!(auth.authenticate(pair.access.expose()).await.is_ok(), "and nothing has ended");
    users.update("1", |user| user.is_active = false);
    auth.disable_user(&user).await.expect("disabled");
    assert!(auth.authenticate(pair.access.expose()).await.is_err());
    users.remove("1");
    auth.disable_user(&user).await.expect("gone");
}

fn ann() -> Account {
    let (username, password_hash) = ("ann".to_owned(), "!".to_owned());
    Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: Vec::new() }
}

#[tokio::test]
async fn without_sessions_nothing_is_written() {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(ann());
    let settings = Settings { rotate_refresh_tokens: false, ..Settings::new(KEY) };
    let auth = JwtAuth::builder(settings).users(users).start().await.expect("starts");
    assert!(matches!(auth.disable_user(&ann()).await, Err(AuthError::NotAvailable)));
}
