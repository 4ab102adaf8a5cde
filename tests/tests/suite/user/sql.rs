//! The user store over Django's `auth_user` layout, and users in memory.

use jwt_auth::clock::Timestamp;
use jwt_auth::password::{HashFormat, PasswordError, PasswordHasher};
use jwt_auth::store::{MemoryStore, SqliteStore};
use jwt_auth::user::{CreateUserError, MemoryUsers, User, UserStore, UserTable, UserTableError};
use jwt_auth::{AuthUser, JwtAuth, NewUser, Settings, SqlUserStore, StoreError};
use jwt_auth_tests::{Account, scratch::Scratch, settings};
use sqlx::{Row, SqlitePool};
use std::collections::HashSet;

async fn store() -> (Scratch, SqlUserStore, SqlitePool) {
    let scratch = Scratch::new("users");
    let url = format!("sqlite://{}", scratch.path().join("users.db").display());
    let users = SqlUserStore::connect(&url).await.expect("a database");
    users.migrate().await.expect("a table");
    let pool = SqlitePool::connect(&url).await.expect("the same database");
    (scratch, users, pool)
}

#[tokio::test]
async fn a_user_is_found_by_id_and_by_name() {
    let (_scratch, users, _) = store().await;
    let made = users.create("zoë", "$argon2id$x").await.expect("a user");
    for found in [users.find_by_id("1").await, users.find_by_username("zoë").await] {
        let found = found.expect("an answer").expect("a user");
        assert_eq!((found.id, found.username.as_str(), found.is_active, found.is_staff), (made.id, "zoë", true, false));
        assert_eq!(found.identity().password_hash, "$argon2id$x");
        assert_eq!(found.identity().id, "1");
    }
    for id in [" 1\n", "+1", "01", "2", "0", "-1", "", "abc", "1.0", "1\0", "99999999999999999999", "1 OR 1=1"] {
        assert!(users.find_by_id(id).await.expect("an answer").is_none(), "{id:?}");
    }
    for name in ["ZOË", "zoë ", "", "' OR ''='"] {
        assert!(users.find_by_username(name).await.expect("an answer").is_none(), "{name:?}");
    }
}

#[tokio::test]
async fn rows_are_what_django_would_have_written() {
    let (_scratch, users, pool) = store().await;
    let new = NewUser { is_staff: true, email: "a@example.com".to_owned(), ..NewUser::new("ann", "!") };
    let user = users.create_user(new).await.expect("a user");
    users.record_login(&user, Timestamp::from_millis(1_800_000_000_250)).await.expect("noted");
    let row = sqlx::query("SELECT *, typeof(is_staff) AS kind FROM auth_user").fetch_one(&pool).await.expect("a row");
    assert_eq!(row.get::<String, _>("last_login"), "2027-01-15 08:00:00.250000");
    assert_eq!(row.get::<String, _>("first_name"), "");
    assert_eq!(row.get::<String, _>("kind"), "integer");
    let joined: String = row.get("date_joined");
    assert!(joined.len() >= 19 && joined.as_bytes()[10] == b' ' && !joined.contains('+'), "{joined}");
}

#[tokio::test]
async fn names_are_unique_and_tables_are_made_once() {
    let (_scratch, users, _) = store().await;
    users.create("ann", "!").await.expect("a user");
    users.migrate().await.expect("nothing to do");
    assert!(matches!(users.create("ann", "!").await, Err(CreateUserError::NameTaken)));
    assert!(users.find("ann").await.expect("an answer").is_some());
}

#[tokio::test]
async fn a_plain_password_is_not_stored() {
    let (_scratch, users, _) = store().await;
    for plain in ["pw", "", "correct horse"] {
        let refused = users.create("ann", plain).await.expect_err("no hash");
        assert!(matches!(refused, CreateUserError::NotAHash), "{refused:?}");
        assert_eq!(format!("{refused:?}"), "this is no password hash; make one with `PasswordHasher::hash`");
    }
    for (name, hash) in [("a", "!"), ("b", "!Zx"), ("c", "$argon2id$x"), ("d", "pbkdf2_sha256$1000000$salt$hash=")] {
        users.create(name, hash).await.expect("a user");
    }
}

#[tokio::test]
async fn what_cannot_be_opened_says_what_to_do() {
    let scratch = Scratch::new("users-wrong");
    let missing = scratch.path().join("no/such/x.db").display().to_string();
    let url = format!("sqlite://{missing}");
    let postgres = "postgres://me:secret@localhost/x";
    let sessions = SqliteStore::connect(postgres).await.expect_err("refused");
    assert!(format!("{sessions:?}").contains("`postgres://..` is no address of SQLite"), "{sessions:?}");
    for (url, text) in [
        ("loans.db", "`loans.db` is no SQLite address; write `sqlite:loans.db`".to_owned()),
        ("mysql://me:secret@localhost/x", "`mysql://..` is no address of SQLite".to_owned()),
        (&url, format!("cannot open the SQLite file `{missing}`: make its folder or mend the path")),
    ] {
        let users = SqlUserStore::connect(url).await.expect_err("refused");
        let sessions = SqliteStore::connect(url).await.expect_err("refused");
        for error in [users, sessions] {
            let shown = format!("{error:?}");
            assert!(shown.starts_with(&format!("the store cannot be reached: {text}")), "{shown}");
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
    assert!(!std::path::Path::new("loans.db").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn new_files_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("users-mode");
    let (one, two) = (scratch.next_database(), scratch.next_database());
    let users = SqlUserStore::connect(&one).await.expect("a database");
    users.migrate().await.expect("a table");
    let sessions = SqliteStore::connect(&two).await.expect("a database");
    let mut files = 0;
    for entry in std::fs::read_dir(scratch.path()).expect("a folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
        files += 1;
    }
    assert_eq!(files, 6, "each with its log and index");
    drop((users, sessions));
}

#[tokio::test]
async fn passwords_and_activity_change() {
    let (_scratch, users, _) = store().await;
    let ann = users.create("ann", "!").await.expect("a user");
    assert!(users.set_password(ann.id, "$argon2id$new").await.expect("changed"));
    assert!(users.set_active(ann.id, false).await.expect("changed"));
    assert!(!users.set_active(ann.id + 1, false).await.expect("nobody"));
    let ann = users.find("ann").await.expect("an answer").expect("a user");
    assert_eq!((ann.identity().password_hash, ann.identity().is_active), ("$argon2id$new", false));
}

#[tokio::test]
async fn another_table_and_login_column() {
    let (_scratch, _, pool) = store().await;
    let table = UserTable::AUTH_USER.named("app_member").username("email_address");
    let users = SqlUserStore::from_pool(pool.clone()).table(&table);
    users.migrate().await.expect("a table");
    users.create("ann@example.com", "!").await.expect("a user");
    assert!(users.find_by_username("ann@example.com").await.expect("an answer").is_some());
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM app_member").fetch_one(&pool).await.expect("a count");
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_name_that_two_users_share_is_nobodys() {
    let (_scratch, users, pool) = store().await;
    for name in ["ann", "bob"] {
        users.create(name, "!").await.expect("a user");
    }
    let by_email = UserTable::from_names("auth_user", "email", "email").expect("names");
    let by_email = SqlUserStore::from_pool(pool.clone()).table(&by_email);
    assert!(by_email.find_by_id("").await.expect("an answer").is_none());
    assert!(by_email.find_by_username("").await.expect("an answer").is_none());
    let update = sqlx::query("UPDATE auth_user SET email = 'bob@example.com' WHERE username = 'bob'");
    update.execute(&pool).await.expect("an address");
    assert!(by_email.find_by_id("").await.expect("an answer").is_some());
}

#[tokio::test]
async fn names_come_from_settings() {
    let (_scratch, _, pool) = store().await;
    let table = UserTable::from_names("app_member", "email", "username").expect("names");
    let users = SqlUserStore::from_pool(pool.clone()).table(&table);
    assert_eq!(users.user_id_field(), "username");
    users.migrate().await.expect("a table");
    let missing = users.find_by_id("ann").await.expect_err("no column `username`");
    assert!(format!("{missing:?}").contains("the user table `app_member` has no column `username`"), "{missing:?}");

    sqlx::query("ALTER TABLE app_member ADD COLUMN username varchar(150) NOT NULL DEFAULT 'ann'")
        .execute(&pool)
        .await
        .expect("a column");
    let made = users.create("ann@example.com", "!").await.expect("a user");
    assert_eq!((made.identity().id.as_str(), made.username.as_str(), made.id), ("ann", "ann@example.com", 1));
    let found = users.find_by_id("ann").await.expect("an answer").expect("a user");
    assert_eq!((found.id, found.email.as_str()), (1, "ann@example.com"));
    assert!(users.find_by_id("1").await.expect("an answer").is_none(), "the primary key is not what tokens name");

    assert_eq!(UserTable::from_names("auth_user", "username", "id"), Ok(UserTable::AUTH_USER));
    for name in ["a b", "a\"; DROP TABLE x; --", "a.b", "ä"] {
        let refused = UserTable::from_names(name, "username", "id").expect_err("no name");
        assert_eq!(refused, UserTableError::NotPlain(name.to_owned()));
    }
    assert_eq!(UserTable::from_names("a", "", "id"), Err(UserTableError::Empty));
    assert!(matches!(UserTable::from_names("a", "b", &"c".repeat(64)), Err(UserTableError::TooLong(_))));
}

#[tokio::test]
async fn a_model_with_few_columns_is_read_as_django_reads_it() {
    let (_scratch, _, pool) = store().await;
    for statement in [
        "CREATE TABLE shop_customer (id integer PRIMARY KEY, password varchar(128) NOT NULL, email varchar(254) NOT NULL)",
        "INSERT INTO shop_customer VALUES (7, '!', 'ann@example.com')",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("written");
    }
    let table = UserTable::AUTH_USER.named("shop_customer").username("email");
    let users = SqlUserStore::from_pool(pool).table(&table);
    let ann = users.find_by_id("7").await.expect("an answer").expect("a user");
    assert_eq!((ann.username.as_str(), ann.first_name.as_str()), ("ann@example.com", ""));
    assert!(ann.is_active && !ann.is_staff && !ann.is_superuser);
    users.record_login(&ann, Timestamp::from_seconds(1)).await.expect("nowhere to note it");
}

/// SQLite does not tell capitals from small letters: a column that is spelled otherwise still says who is switched off.
#[tokio::test]
async fn a_switched_off_user_is_so_however_the_column_is_spelled() {
    let (_scratch, _, pool) = store().await;
    for statement in [
        "CREATE TABLE app_user (ID integer PRIMARY KEY, Password varchar(128) NOT NULL, username varchar(150), IS_ACTIVE bool)",
        "INSERT INTO app_user VALUES (7, '!', 'ann', FALSE)",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("written");
    }
    let users = SqlUserStore::from_pool(pool).table(&UserTable::AUTH_USER.named("app_user"));
    assert!(!users.find("ann").await.expect("an answer").expect("a user").is_active);
}

#[tokio::test]
async fn uuids_are_read_as_django_keeps_them_in_sqlite() {
    let (_scratch, _, pool) = store().await;
    for statement in [
        "CREATE TABLE shop_customer (id integer PRIMARY KEY, uuid char(32) NOT NULL UNIQUE, password varchar(128) NOT NULL,
            email varchar(254) NOT NULL)",
        "INSERT INTO shop_customer VALUES (7, '6f9619ff8b86d011b42d00cf4fc964ff', '!', 'ann@example.com')",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("written");
    }
    let table = UserTable::from_names("shop_customer", "email", "uuid").expect("names");
    let users = SqlUserStore::from_pool(pool.clone()).table(&table);
    for id in ["6f9619ff-8b86-d011-b42d-00cf4fc964ff", "6F9619FF8B86D011B42D00CF4FC964FF"] {
        let ann = users.find_by_id(id).await.expect("an answer").unwrap_or_else(|| panic!("{id}"));
        assert_eq!((ann.id, ann.identity().id.as_str()), (7, "6f9619ff-8b86-d011-b42d-00cf4fc964ff"));
    }
    for id in ["7", "6f9619ff", "6f96-19ff8b86d011b42d00cf4fc964ff", "6f9619ff-8b86-d011-b42d-00cf4fc964f%"] {
        assert!(users.find_by_id(id).await.expect("an answer").is_none(), "{id}");
    }

    let table = UserTable::AUTH_USER.named("shop_customer").id("uuid").username("email");
    let refused = SqlUserStore::from_pool(pool).table(&table).find_by_id("7").await.expect_err("a key of another type");
    assert!(format!("{refused:?}").contains("is no integer"), "{refused:?}");
}

#[tokio::test]
async fn a_hash_is_replaced_only_if_it_is_still_the_old_one() {
    let (_scratch, users, _) = store().await;
    let ann = users.create("ann", "$old").await.expect("a user");
    for (old, new, holds) in [("$other", "$new", "$old"), ("$old", "$new", "$new"), ("$old", "$newer", "$new")] {
        users.update_password(&ann, old, new).await.expect("no fault");
        let now = users.find("ann").await.expect("an answer").expect("a user");
        assert_eq!(now.identity().password_hash, holds);
    }
}

#[tokio::test]
async fn without_a_table_nobody_is_found_by_mistake() {
    let scratch = Scratch::new("users-none");
    let url = format!("sqlite://{}", scratch.path().join("users.db").display());
    let users = SqlUserStore::connect(&url).await.expect("a database");
    assert!(matches!(users.find_by_id("1").await, Err(StoreError::Corrupt(_))), "an error, and not `None`");
}

#[tokio::test]
async fn a_hash_never_leaves_by_serialization_or_debug() {
    let (_scratch, users, _) = store().await;
    let ann: AuthUser = users.create("ann", "$argon2id$secret").await.expect("a user");
    let new = NewUser::new("bob", "$argon2id$secret");
    for text in [
        serde_json::to_string(&ann).expect("JSON"),
        format!("{ann:?}"),
        format!("{:?}", ann.identity()),
        format!("{new:?}"),
        format!("{users:?}"),
    ] {
        assert!(!text.contains("secret") && !text.contains("argon2"), "{text}");
    }
}

#[tokio::test]
async fn users_in_memory() {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let account = |id, name: &str| Account {
        id,
        username: name.to_owned(),
        password_hash: String::new(),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    };
    users.put(account(1, "ann"));
    users.put(account(2, "bob"));
    users.put(account(1, "anna"));
    let shared = users.clone();
    assert!(shared.find_by_username("ann").await.expect("an answer").is_none());
    assert_eq!(shared.find_by_username("anna").await.expect("an answer").map(|user| user.id), Some(1));
    assert!(shared.remove("2") && !shared.remove("2"));
    assert!(users.find_by_id("2").await.expect("an answer").is_none());
}

#[tokio::test]
async fn get_or_create_makes_a_user_once() {
    let (_scratch, users, _) = store().await;
    let made = users.get_or_create("ann", "first").await.expect("a user");
    let found = users.migrate().await.expect("a table").get_or_create("ann", "second").await.expect("the same user");
    assert_eq!((made.id, made.identity().password_hash), (found.id, found.identity().password_hash));
    assert!(PasswordHasher::default().verify(&"first".into(), Some(found.identity().password_hash)));
    let racers = (0..4).map(|_| users.get_or_create("bob", "x"));
    let ids: HashSet<i64> =
        futures_util::future::join_all(racers).await.into_iter().map(|user| user.expect("a user").id).collect();
    assert_eq!(ids.len(), 1);
    assert!(matches!(users.get_or_create("dan", "").await, Err(CreateUserError::EmptyPassword)));
    assert!(users.find("dan").await.expect("an answer").is_none());
    let too_long = users.get_or_create("cid", "x".repeat(2000)).await;
    assert!(matches!(too_long, Err(CreateUserError::Password(PasswordError::TooLong))));
}

/// Nobody could log in, and each login would look like a typing error.
#[tokio::test]
async fn a_table_of_hashes_that_nobody_listed_stops_the_start() {
    let (_scratch, users, _) = store().await;
    let start = async |hashers: &[HashFormat]| {
        let settings = Settings { password_hashers: hashers.to_vec(), ..settings() };
        JwtAuth::builder(settings).users(users.clone()).store(MemoryStore::new()).start().await
    };
    let argon2id = [HashFormat::Argon2id];
    start(&argon2id).await.expect("nobody is there");
    users.create("off", "!pbkdf2_sha256$1$x$x").await.expect("a user who cannot log in");
    users.create("odd", "secret$of$mine").await.expect("a hash of who knows what");
    start(&argon2id).await.expect("nothing that could be listed");

    users.create("django", "pbkdf2_sha256$1000000$salt$aGFzaA==").await.expect("a user");
    users.set_active(2, false).await.expect("changed");
    users.set_password(2, "!").await.expect("changed");
    let refused = start(&argon2id).await.expect_err("none of them can log in");
    let text = format!("{refused:?}");
    for word in ["password_hashers", "`pbkdf2_sha256`", r#"["argon2id", "pbkdf2_sha256"]"#] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
    assert!(!text.contains("salt"), "{text}");
    start(&[HashFormat::Argon2id, HashFormat::Pbkdf2Sha256]).await.expect("they can");
    start(&[HashFormat::Bcrypt]).await.expect_err("the remedy names what is there");
    users.create("ours", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA").await.expect("a user");
    start(&argon2id).await.expect("some of them can log in");
}
