//! One application shared by several runtimes, as by several `#[tokio::test]`s: it says so.

use jwt_auth::error::{AuthError, StoreError, TaskEnded};
use jwt_auth::store::{AnyTokenStore, MemoryStore, SqliteStore};
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Client, JwtAuth, Settings};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, hasher, logged, settings};
use std::error::Error;
use std::time::Duration;

/// Started on a runtime that has ended.
fn started_elsewhere(settings: Settings, store: impl AsyncFnOnce() -> AnyTokenStore) -> JwtAuth<Account> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let password_hash = hasher().hash("lovelace").expect("a hash");
        let (username, permissions) = ("ada".to_owned(), Vec::new());
        users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions });
        let builder = JwtAuth::builder(settings).users(users).store(store().await).password_hasher(hasher());
        builder.start().await.expect("good settings")
    })
}

fn is_task_ended(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TaskEnded>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[test]
fn a_store_whose_runtime_has_ended_says_so_at_once() {
    let scratch = Scratch::new("runtimes");
    let address = scratch.next_database();
    let auth = started_elsewhere(settings(), async || {
        AnyTokenStore::new(SqliteStore::connect(&address).await.expect("opens"))
    });
    let log = logged(async {
        let refused =
            tokio::time::timeout(Duration::from_secs(5), auth.obtain("ada", "lovelace".into(), Client::default()));
        let refused = refused.await.expect("at once").expect_err("nobody writes");
        let AuthError::Unavailable(error) = &refused else { panic!("{refused:?}") };
        assert!(is_task_ended(error), "{error:?}");
        assert!(format!("{error:?}").contains("each `#[tokio::test]` has one of its own"), "{error:?}");
        let answer = axum::response::IntoResponse::into_response(refused);
        assert_eq!(answer.status(), 503);
    });
    assert!(log.contains("ERROR jwt_auth") && log.contains("each `#[tokio::test]` has one of its own"), "{log}");
}

#[test]
fn whoever_hears_of_no_revocations_any_more_says_so_once() {
    let settings = Settings {
        revocation_fail_closed: true,
        revocation_max_staleness: Duration::from_millis(1),
        revocation_sync_interval: Duration::from_micros(100),
        ..settings()
    };
    let auth = started_elsewhere(settings, async || AnyTokenStore::new(MemoryStore::new()));
    let log = logged(async {
        let token = auth.access_token_for("1", &jwt_auth::Claims::new()).expect("a token");
        while auth.authenticate(token.expose()).await.is_ok() {
            tokio::task::yield_now().await;
        }
        let refused = auth.authenticate(token.expose()).await.expect_err("it is out of touch");
        assert!(
            matches!(&refused, AuthError::Unavailable(error @ StoreError::Unavailable(_)) if is_task_ended(error)),
            "{refused:?}"
        );
        let health = auth.health().await.expect_err("it will not be heard again");
        assert!(matches!(&health, AuthError::Unavailable(error) if is_task_ended(error)), "{health:?}");
    });
    assert_eq!(log.matches("is used after its runtime").count(), 1, "{log}");
}

#[test]
fn whoever_was_shut_down_does_not() {
    let auth = started_elsewhere(settings(), async || AnyTokenStore::new(MemoryStore::new()));
    drop(auth);
    let log = logged(async {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let auth = JwtAuth::builder(settings()).users(users).store(MemoryStore::new()).start().await.expect("good");
        auth.shutdown();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        auth.health().await.expect("the store answers");
    });
    assert!(!log.contains("runtime"), "{log}");
}
