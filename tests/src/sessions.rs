//! Sessions for suites that talk to a store directly.

use jwt_auth::Claims;
use jwt_auth::clock::Timestamp;
use jwt_auth::error::StoreError;
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{
    AnyTokenStore, ClientMark, Move, NewSession, PostgresStore, Presentation, SessionId, SessionRules, SqliteStore,
    TokenStore,
};
use std::time::Duration;

/// When these suites play.
pub const START: Timestamp = Timestamp::from_seconds(1_700_000_000);

/// A login of that number, by one of a hundred users.
pub fn login(sid: u64) -> NewSession {
    NewSession {
        sid: session_id(sid),
        user_id: (sid % 100).to_string(),
        created_at: START,
        idle_expires_at: START.after(Duration::from_secs(86_400)),
        expires_at: START.after(Duration::from_secs(30 * 86_400)),
        keep_until: Timestamp::default(),
        auth_time: START,
        amr: Vec::new(),
        acr: None,
        claims: Claims::new(),
        ip: None,
        user_agent: None,
    }
}

/// A session's name made from a number.
pub fn session_id(number: u64) -> SessionId {
    SessionId::from_bytes(u128::from(number).to_be_bytes())
}

/// Presents a generation under the default rules.
///
/// # Errors
/// Whatever the store says.
pub async fn present(store: &impl TokenStore, sid: u64, generation: u64, now: Timestamp) -> Result<Move, StoreError> {
    store.advance(presentation(sid, generation, now)).await
}

/// A generation under the default rules.
pub fn presentation(sid: u64, generation: u64, now: Timestamp) -> Presentation {
    Presentation {
        sid: session_id(sid),
        user_id: (sid % 100).to_string(),
        generation,
        now,
        rules: SessionRules {
            grace: Duration::from_secs(30),
            recovery_window: Duration::from_secs(3600),
            policy: ReusePolicy::Recover,
            max_replays: SessionRules::MAX_REPLAYS,
            idle_lifetime: Duration::from_secs(86_400),
        },
        drop_after: now.after(Duration::from_secs(300)),
        client: Some(ClientMark::from_bytes([1; 16])),
        former_client: Vec::new(),
        reauthentication: None,
    }
}

/// Opens the store at this address.
///
/// # Panics
/// When it cannot be opened.
pub async fn open(address: &str) -> SqliteStore {
    SqliteStore::connect(address).await.expect("the file opens")
}

/// Opens the store at an address of SQLite or of PostgreSQL.
///
/// # Panics
/// When it cannot be opened.
pub async fn open_any(address: &str) -> AnyTokenStore {
    if address.starts_with("postgres") {
        return AnyTokenStore::new(PostgresStore::connect(address).await.expect("the database opens"));
    }
    AnyTokenStore::new(open(address).await)
}
