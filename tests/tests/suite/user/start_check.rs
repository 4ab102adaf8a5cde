//! What the start asks of the user store, and what it says of it.

use jwt_auth::store::MemoryStore;
use jwt_auth::user::{UserStore, UserTable};
use jwt_auth::{JwtAuth, Settings, SqlUserStore, StartError, StoreError};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, logged, settings};
use std::sync::{Arc, Mutex};

/// Keeps what it was asked, and fails where it is told to.
#[derive(Clone, Default)]
struct Asked {
    questions: Arc<Mutex<Vec<String>>>,
    fails: bool,
}

impl UserStore for Asked {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.questions.lock().unwrap().push(format!("id {id}"));
        if self.fails { Err(StoreError::unavailable("no such column: email")) } else { Ok(None) }
    }

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.questions.lock().unwrap().push(format!("name {name}"));
        Ok(None)
    }
}

async fn start<S: UserStore>(users: S) -> Result<(), StartError> {
    let settings = Settings { user_id_field: users.user_id_field().to_owned(), ..settings() };
    JwtAuth::builder(settings).users(users).store(MemoryStore::new()).start().await.map(drop)
}

#[tokio::test]
async fn one_user_is_asked_for() {
    let users = Asked::default();
    start(users.clone()).await.expect("it answers");
    assert_eq!(*users.questions.lock().unwrap(), ["id 0"]);
    let error = start(Asked { fails: true, ..Asked::default() }).await.expect_err("no logins");
    let said = format!("{error:?}");
    for word in ["start_check::Asked` was asked at the start", "the id `0`", "no such column: email"] {
        assert!(said.contains(word), "{word} is not in {said}");
    }
    assert!(matches!(error, StartError::Users(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn of_a_table_it_names_table_and_columns() {
    let scratch = Scratch::new("start-check");
    let users = SqlUserStore::connect(&scratch.next_database()).await.expect("a database");
    let table = UserTable::from_names("member", "email", "uuid").expect("names");
    let error = start(users.table(&table)).await.expect_err("no such table");
    let said = format!("{error:?}");
    for word in [
        "the table `member` with the columns `id`, `password`, `email`, `uuid`",
        "the id `0`",
        "the database has no table `member`",
    ] {
        assert!(said.contains(word), "{word} is not in {said}");
    }
    assert!(matches!(error, StartError::Users(StoreError::Corrupt(_))));
}

#[test]
fn the_log_says_whom_it_asked_for() {
    let log = logged(async { start(Asked::default()).await.expect("it answers") });
    let line = log.lines().find(|line| line.contains("need not be there")).expect("a line");
    assert!(line.contains("id=\"0\"") && line.contains("Asked"), "{line}");
}
