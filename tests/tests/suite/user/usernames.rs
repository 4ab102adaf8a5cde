//! Names that nobody could log in with are refused where they are made, and no others.

use jwt_auth::routing::GuardedRouter;
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::TestApp;
use jwt_auth::user::{CreateUserError, Identity, MemoryUsers, User, UserStore, UsernameError, check_username};
use jwt_auth::{JwtAuth, NewUser, Settings, SqlUserStore, StoreError, token_routes};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{KEY, hasher};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
struct Account(String);

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: "1".to_owned(), password_hash: &self.0, is_active: true }
    }
}

/// Has one user, of a name that nobody has checked.
#[derive(Clone)]
struct Anybody {
    name: Arc<Mutex<String>>,
    account: Account,
}

impl UserStore for Anybody {
    type User = Account;

    async fn find_by_id(&self, _: &str) -> Result<Option<Account>, StoreError> {
        Ok(Some(self.account.clone()))
    }

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        Ok((*self.name.lock().unwrap() == name).then(|| self.account.clone()))
    }
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

/// White space, controls, what is on either side of the longest, and ordinary letters.
fn names() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => prop::char::any(),
        2 => prop::sample::select(vec!['\0', '\t', '\n', ' ', '\u{1c}', '\u{1f}', '\u{85}', '\u{a0}', '\u{200b}', '\u{feff}', '\u{3000}']),
        4 => prop::char::range('a', 'z'),
    ];
    prop_oneof![
        20 => prop::collection::vec(letter, 0..6).prop_map(|letters| letters.into_iter().collect::<String>()),
        1 => (1022..1027usize, prop::char::range('a', 'z')).prop_map(|(length, letter)| letter.to_string().repeat(length)),
        1 => (1022..1027usize).prop_map(|length| "é".repeat(length)),
    ]
}

/// The rule is the view's: a name passes if and only if its user can log in under it, whatever the profile.
#[test]
fn a_name_passes_if_and_only_if_its_user_can_log_in() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let name = Arc::new(Mutex::new(String::new()));
    let users = Anybody { name: Arc::clone(&name), account: Account(hasher().hash("lovelace").unwrap()) };
    let start = |settings| async {
        let builder = JwtAuth::builder(settings).users(users.clone()).store(MemoryStore::new());
        TestApp::start(builder, |auth| urls().with_state(auth)).await
    };
    let apps = runtime.block_on(async { [start(Settings::new(KEY)).await, start(Settings::simple_jwt(KEY)).await] });
    TestRunner::new(Config::with_cases(512))
        .run(&names(), |tried| {
            name.lock().unwrap().clone_from(&tried);
            let mut logs_in = true;
            for app in &apps {
                let body = json!({ "username": tried, "password": "lovelace" });
                let answer = runtime.block_on(app.post("/api/token/", &body).send());
                logs_in &= answer.status == 200;
            }
            prop_assert_eq!(check_username(&tried).is_ok(), logs_in, "{:?}", tried);
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_user_table_takes_no_others() {
    let scratch = Scratch::new("usernames");
    let users = SqlUserStore::connect(&scratch.next_database()).await.expect("a database");
    users.migrate().await.expect("a table");
    users.create("ann", "!").await.expect("a user");
    users.create("bob", "!").await.expect("a user");
    let long = "x".repeat(1025);
    for (name, expected) in [
        ("", UsernameError::Empty),
        (" \t", UsernameError::Empty),
        ("ann ", UsernameError::Cut),
        ("\u{1f}ann", UsernameError::Cut),
        ("a\0b", UsernameError::Null),
        (&*long, UsernameError::TooLong),
    ] {
        let made = users.create(name, "!").await;
        assert!(matches!(&made, Err(CreateUserError::Username(error)) if *error == expected), "{name:?}: {made:?}");
        let made = users.create_user(NewUser::new(name, "!")).await;
        assert!(matches!(made, Err(CreateUserError::Username(_))), "{name:?}");
        let made = users.get_or_create(name, "a long password").await;
        assert!(matches!(made, Err(CreateUserError::Username(_))), "{name:?}");
        let renamed = users.set_username(1, name).await;
        assert!(matches!(renamed, Err(CreateUserError::Username(_))), "{name:?}");
    }
    assert!(matches!(users.set_username(1, "bob").await, Err(CreateUserError::NameTaken)));
    assert!(users.set_username(1, "anna").await.expect("renamed"));
    assert!(!users.set_username(7, "nobody").await.expect("an answer"));
    assert_eq!(users.find_by_id("1").await.expect("an answer").expect("a user").username, "anna");
    assert!(users.find("ann").await.expect("an answer").is_none());
}

#[test]
fn neither_do_users_in_memory() {
    let users = MemoryUsers::new(|user: &Account| &user.0);
    users.put(Account("ann".to_owned()));
    let refused = std::panic::catch_unwind(|| users.put(Account(" ann".to_owned()))).expect_err("a panic");
    let said = refused.downcast_ref::<String>().expect("a sentence");
    assert_eq!(
        said,
        "nobody could log in as \" ann\": the name begins or ends with white space, which a login cuts off"
    );
    std::panic::catch_unwind(|| users.update("1", |user| user.0.clear())).expect_err("a panic");
    assert!(users.update("1", |user| assert_eq!(user.0, "ann", "as before")));
}
