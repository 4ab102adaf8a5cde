//! The user store over Django's `auth_user` in PostgreSQL.

use jwt_auth::clock::Timestamp;
use jwt_auth::user::{CreateUserError, User, UserStore, UserTable};
use jwt_auth::{NewUser, SqlUserStore, StoreError};
use jwt_auth_tests::postgres::Postgres;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};

async fn run(pool: &PgPool, statement: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(pool).await;
    done.unwrap_or_else(|error| panic!("{error}\n{statement}"));
}

#[tokio::test]
async fn users_are_kept_as_django_keeps_them() {
    let Some(server) = Postgres::start() else { return };
    let users = SqlUserStore::connect(&server.url()).await.expect("a database");
    let pool = PgPool::connect(&server.url()).await.expect("the same database");
    let missing = users.find("ann").await.expect_err("connecting makes no table");
    assert!(matches!(missing, StoreError::Corrupt(_)), "{missing:?}");

    let (one, two) = tokio::join!(users.migrate(), users.migrate());
    one.and(two).expect("a table, made once");
    let new = NewUser { is_staff: true, email: "a@example.com".to_owned(), ..NewUser::new("zoë", "$argon2id$x") };
    let made = users.create_user(new).await.expect("a user");
    assert!(matches!(users.create("zoë", "!").await, Err(CreateUserError::NameTaken)));
    for found in [users.find_by_id("1").await, users.find_by_username("zoë").await] {
        let found = found.expect("an answer").expect("a user");
        assert_eq!((found.id, found.username.as_str(), found.email.as_str()), (made.id, "zoë", "a@example.com"));
        assert_eq!((found.is_active, found.is_staff, found.is_superuser), (true, true, false));
        assert_eq!((found.identity().id.as_str(), found.identity().password_hash), ("1", "$argon2id$x"));
    }
    for id in [" +1 ", "2", "-1", "", "abc", "1.0", "1\0", "2147483648", "9223372036854775807", "99999999999999999999"]
    {
        assert!(users.find_by_id(id).await.expect("an answer").is_none(), "{id:?}");
    }
    for name in ["ZOË", "zoë ", "", "' OR ''='", "zoë\0"] {
        assert!(users.find_by_username(name).await.expect("an answer").is_none(), "{name:?}");
    }

    users.record_login(&made, Timestamp::from_millis(1_800_000_000_250)).await.expect("noted");
    run(&pool, "SET timezone = 'Asia/Tokyo'").await;
    let noted = "SELECT last_login = '2027-01-15 08:00:00.25+00' AND date_joined <= now() FROM auth_user";
    assert!(sqlx::query_scalar::<_, bool>(noted).fetch_one(&pool).await.expect("a row"));

    users.update_password(&made, "$other", "$new").await.expect("no fault");
    users.update_password(&made, "$argon2id$x", "$y").await.expect("no fault");
    assert!(users.set_active(made.id, false).await.expect("changed"));
    let now = users.find("zoë").await.expect("an answer").expect("a user");
    assert_eq!((now.identity().password_hash, now.is_active), ("$y", false));
    assert!(!users.set_password(made.id + 1, "!").await.expect("nobody"));
}

#[tokio::test]
async fn ids_of_other_types_find_their_user_by_an_index() {
    let Some(server) = Postgres::start() else { return };
    // One connection, which is asked at the end what its statements did.
    let pool = PgPoolOptions::new().max_connections(1).connect(&server.url()).await.expect("a database");
    run(
        &pool,
        "CREATE TABLE shop_customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uuid uuid NOT NULL UNIQUE,
            number smallint NOT NULL UNIQUE, email varchar(254) NOT NULL UNIQUE, password varchar(128) NOT NULL,
            last_login timestamptz NULL, is_active boolean NOT NULL);
         INSERT INTO shop_customer (uuid, number, email, password, is_active)
            SELECT gen_random_uuid(), n, 'u' || n || '@example.com', '!', true FROM generate_series(1, 5000) n;
         INSERT INTO shop_customer (uuid, number, email, password, is_active)
            VALUES ('6f9619ff-8b86-d011-b42d-00cf4fc964ff', 6000, 'ann@example.com', '!', false);
         ANALYZE shop_customer",
    )
    .await;
    let uuid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
    for (field, id, also, nobody) in [
        ("id", "5001", "5001", " 5_001"),
        ("uuid", uuid, "6F9619FF8B86D011B42D00CF4FC964FF", "6f9619ff"),
        ("number", "6000", "6000", "70000"),
        ("email", "ann@example.com", "ann@example.com", "ANN@example.com"),
    ] {
        let table = UserTable::from_names("shop_customer", "email", field).expect("names");
        let users = SqlUserStore::from_pg_pool(pool.clone()).table(&table);
        assert_eq!(users.user_id_field(), field);
        for id in [id, also] {
            let ann = users.find_by_id(id).await.expect("an answer").unwrap_or_else(|| panic!("{field} {id}"));
            assert_eq!((ann.id, ann.username.as_str(), ann.is_active), (5001, "ann@example.com", false));
        }
        let ann = users.find("ann@example.com").await.expect("an answer").expect("a user");
        assert_eq!(ann.identity().id, id);
        users.record_login(&ann, Timestamp::from_seconds(1)).await.expect("noted");
        assert!(users.find_by_id(nobody).await.expect("an answer").is_none(), "{field} {nobody}");
        assert!(users.find_by_id("").await.expect("an answer").is_none());
    }
    run(&pool, "SELECT pg_stat_force_next_flush()").await;
    let scans = "SELECT idx_scan FROM pg_stat_user_tables WHERE relname = 'shop_customer'";
    let scans: i64 = sqlx::query_scalar(scans).fetch_one(&pool).await.expect("a count");
    assert!(scans >= 18, "only {scans} of 19 statements went by an index");
}

#[tokio::test]
async fn a_stopped_server_is_an_outage_and_a_restarted_one_is_found_again() {
    let Some(server) = Postgres::start() else { return };
    let users = SqlUserStore::connect(&server.url()).await.expect("a database");
    users.migrate().await.expect("a table");
    let ann = users.create("ann", "!").await.expect("a user");
    server.stop();
    let (found, updated, grouped) =
        tokio::join!(users.find_by_id("1"), users.update_password(&ann, "!", "$x"), users.in_group(&ann, "editors"));
    for fault in [found.err(), updated.err(), grouped.err()] {
        let fault = fault.expect("no database");
        assert!(matches!(fault, StoreError::Unavailable(_)), "{fault:?}");
    }
    server.restart();
    assert!(users.find_by_id("1").await.expect("an answer").is_some(), "the first call after it already");

    server.stop();
    let refused = SqlUserStore::connect(&server.url().replace("jwt_auth@", "jwt_auth:secret@")).await;
    let refused = refused.expect_err("no database");
    assert!(matches!(refused, StoreError::Unavailable(_)) && !format!("{refused:?}").contains("secret"), "{refused:?}");
}
