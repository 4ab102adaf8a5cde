//! Who reads the file of a store finds nothing that opens anything.

use jwt_auth::store::SqliteStore;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Client, JwtAuth};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, KEY, hasher, settings};

#[tokio::test(flavor = "multi_thread")]
async fn none_stands_in_the_file() {
    let scratch = Scratch::new("stored-tokens");
    let store = SqliteStore::connect(&scratch.next_database()).await.expect("a new file opens");
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
    users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
    let builder = JwtAuth::builder(settings()).users(users).store(store).password_hasher(hasher());
    let auth = builder.start().await.expect("good settings");

    let client = || Client { ip: Some("192.0.2.7".to_owned()), user_agent: Some("an agent to be found".to_owned()) };
    let pair = auth.obtain("test", "test".into(), client()).await.expect("a pair");
    let moved = auth.refresh(pair.refresh.expose(), client()).await.expect("tokens");
    let next = moved.refresh.expect("rotates");
    let token = auth.authenticate(moved.access.expose()).await.expect("good");
    let ticket = auth.ticket_for(&token).expect("a ticket");
    auth.authenticate_ticket(ticket.expose()).await.expect("not used yet");
    let over = auth.obtain("test", "test".into(), client()).await.expect("a pair");
    auth.blacklist(over.refresh.expose()).await.expect("logged out");

    let mut kept = Vec::new();
    for entry in std::fs::read_dir(scratch.path()).expect("a folder") {
        kept.extend(std::fs::read(entry.expect("an entry").path()).expect("the file or its log"));
    }
    let stands = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(stands("an agent to be found"), "what is kept would be seen");
    for secret in [&pair.refresh, &pair.access, &next, &moved.access, &ticket, &over.refresh, &over.access] {
        for part in secret.expose().split('.') {
            assert!(!stands(part), "a part of a token");
        }
    }
    assert!(!stands(KEY), "the key");
}
