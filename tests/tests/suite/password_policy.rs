//! New passwords: judged, hashed behind the queue, and the old one asked for.

use axum::response::IntoResponse;
use jwt_auth::password::{HashFormat, NewPasswordError, PasswordFault, PasswordPolicy, StandardPasswordPolicy};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::TestAnswer;
use jwt_auth::user::{CreateUserError, MemoryUsers, UserStore};
use jwt_auth::{AuthError, Builder, Client, JwtAuth, Secret, Settings, SqlUserStore, StoreError};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, App, KEY, hasher, settings};

fn builder(settings: Settings) -> Builder<Account> {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    JwtAuth::builder(settings).users(users).store(MemoryStore::new())
}

async fn faults(auth: &JwtAuth<Account>, username: &str, password: &str) -> Vec<PasswordFault> {
    match auth.hash_password(username, password.into()).await {
        Ok(_) => Vec::new(),
        Err(NewPasswordError::Refused(faults)) => faults,
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn the_standard_policy_lists_everything_that_is_wrong() {
    use PasswordFault::{Common, LikeUsername, TooShort};
    let policy = StandardPasswordPolicy::default();
    for (username, password, expected) in [
        ("ada", "correct horse battery staple", vec![]),
        ("ada", "ååååååå", vec![TooShort { least: 8 }]),
        ("ada", "åååååååå", vec![]),
        ("ada", "", vec![TooShort { least: 8 }]),
        ("ada", "12345678", vec![Common]),
        ("ada", " PassWord1 ", vec![Common]),
        ("ada", "ada1", vec![TooShort { least: 8 }, LikeUsername]),
        ("password", "Password", vec![Common, LikeUsername]),
        ("ada.lovelace@example.org", "Lovelace1", vec![LikeUsername]),
        ("ada.lovelace@example.org", "lovelace and Babbage", vec![]),
        ("al", "al3-al5-al9", vec![]),
        ("", "a good one, this", vec![]),
    ] {
        assert_eq!(policy.check(username, password), expected, "{username} {password}");
    }
    assert_eq!(StandardPasswordPolicy { min_length: 15 }.check("", "fourteen chars"), [TooShort { least: 15 }]);
}

#[tokio::test]
async fn a_new_password_is_judged_and_its_hash_logs_in() {
    let app = App::start(settings()).await;
    let hash = app.auth.hash_password("test", "a good one, this".into()).await.expect("a hash");
    assert!(hash.starts_with("$argon2id$v=19$m=8,"), "by the hasher of the builder: {hash}");
    assert!(app.users.update("1", |user| user.password_hash.clone_from(&hash)));
    app.auth.obtain("test", "a good one, this".into(), Client::default()).await.expect("a login");
    assert_eq!(faults(&app.auth, "test", "test").await.len(), 2);
    for (password, expected) in [
        ("x".repeat(1025), vec![PasswordFault::TooLong]),
        ("é".repeat(600), vec![PasswordFault::TooLong]),
        ("a\0 good one".to_owned(), vec![PasswordFault::Null]),
        (" with its blanks ".to_owned(), vec![]),
    ] {
        assert_eq!(faults(&app.auth, "test", &password).await, expected, "{} bytes", password.len());
    }
}

/// SimpleJWT's view cuts passwords, and bcrypt looks at 72 bytes: nobody could log in.
#[tokio::test]
async fn a_password_that_no_login_could_send_is_refused_whatever_the_policy() {
    struct Anything;
    impl PasswordPolicy for Anything {
        async fn faults(&self, _: &str, _: &Secret) -> Result<Vec<PasswordFault>, StoreError> {
            Ok(Vec::new())
        }
    }
    let auth = builder(Settings { password_hashers: vec![HashFormat::Bcrypt], ..Settings::simple_jwt(KEY) });
    let auth = auth.password_policy(Anything).start().await.expect("good settings");
    for (password, expected) in [
        ("", vec![PasswordFault::Blank]),
        (" \u{1f}", vec![PasswordFault::Blank, PasswordFault::Cut]),
        (" x", vec![PasswordFault::Cut]),
        (&*"x".repeat(73), vec![PasswordFault::TooLong]),
    ] {
        assert_eq!(faults(&auth, "", password).await, expected, "{password:?}");
    }
    auth.hash_password("", "x".into()).await.expect("anything goes");
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_an_outage_another() {
    struct Down;
    impl PasswordPolicy for Down {
        async fn faults(&self, _: &str, password: &Secret) -> Result<Vec<PasswordFault>, StoreError> {
            match password.expose() {
                "leaked" => Ok(vec![PasswordFault::Other("It was leaked.".to_owned()), PasswordFault::Common]),
                _ => Err(StoreError::unavailable("the list of leaked passwords is down")),
            }
        }
    }
    let auth = builder(settings()).password_policy(Down).start().await.expect("good settings");
    let refused = auth.hash_password("ada", "leaked".into()).await.expect_err("refused");
    assert_eq!(refused.to_string(), "It was leaked. This password is too common.");
    let answer = TestAnswer::read(refused.into_response()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (400, r#"{"password":["It was leaked.","This password is too common."]}"#)
    );
    let down = auth.hash_password("ada", "whatever".into()).await.expect_err("down");
    assert!(matches!(down, NewPasswordError::Auth(AuthError::Unavailable(_))), "{down:?}");
    assert_eq!(TestAnswer::read(down.into_response()).await.status, 503);
}

/// A storm of registrations is told to come back, as one of logins is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashing_stands_behind_the_queue() {
    let auth = builder(settings()).start().await.expect("good settings");
    let tasks: Vec<_> = (0..400)
        .map(|_| {
            let auth = auth.clone();
            tokio::spawn(async move { auth.hash_password("ada", "a good one, this".into()).await })
        })
        .collect();
    let mut busy = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => {}
            Err(NewPasswordError::Auth(error @ AuthError::Busy { .. })) => {
                busy += 1;
                assert_eq!(error.into_response().status(), 503);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(busy > 0, "400 at once and nobody had to come back");
}

#[tokio::test]
async fn the_old_password_is_asked_for_by_one_hash() {
    let app = App::start(settings()).await;
    let mut user = app.users.find_by_id("1").await.expect("memory").expect("a user");
    // What a handler holds may be older than the table.
    user.password_hash = hasher().hash("older").expect("a hash");
    let before = app.auth.password_runs();
    assert!(app.auth.is_password_of(&user, &"test".into()).await.expect("an answer"));
    assert!(!app.auth.is_password_of(&user, &"older".into()).await.expect("an answer"));
    app.users.remove("1");
    assert!(!app.auth.is_password_of(&user, &"test".into()).await.expect("an answer"));
    assert_eq!(app.auth.password_runs(), before + 3);
}

#[tokio::test]
async fn a_user_table_asks_the_policy_it_was_given() {
    let scratch = Scratch::new("policy");
    let users = SqlUserStore::connect(&scratch.next_database()).await.expect("a database");
    users.migrate().await.expect("a table");
    let strict = users.clone().password_policy(StandardPasswordPolicy::default());
    let refused = strict.get_or_create("ann", "password1").await.expect_err("refused");
    assert!(
        matches!(&refused, CreateUserError::WeakPassword(faults) if *faults == [PasswordFault::Common]),
        "{refused:?}"
    );
    assert_eq!(refused.to_string(), "This password is too common.");
    users.get_or_create("ann", "password1").await.expect("an operator's choice");
    strict.get_or_create("ann", "password1").await.expect("who is there keeps it");
}
