//! Streams end with the token they were opened with.

mod connections;
mod races;
mod reasons;

use jwt_auth::{CurrentSession, JwtAuth, Login, TokenPair};
use jwt_auth_tests::Account;
use std::time::Duration;

/// Real time bounds only how long a failing test hangs.
async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("nothing happened for 20 seconds")
}

async fn login(auth: &JwtAuth<Account>, id: u64) -> TokenPair {
    auth.for_user(&account(id), Login::default()).await.expect("a pair")
}

fn account(id: u64) -> Account {
    Account {
        id,
        username: id.to_string(),
        password_hash: String::new(),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    }
}

async fn session_of(auth: &JwtAuth<Account>, pair: &TokenPair) -> CurrentSession {
    auth.current_session(auth.authenticate(pair.access.expose()).await.expect("a good token"))
}
