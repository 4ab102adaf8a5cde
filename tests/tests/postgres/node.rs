//! One of several nodes of a service, on a database.

use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::settings::minutes;
use jwt_auth::store::{EndReason, Ending, PostgresStore};
use jwt_auth::{Claims, Client, JwtAuth, Settings};
use jwt_auth_tests::KEY;
use std::time::{Duration, Instant};

/// A node that asks for revocations so often.
pub(crate) async fn node(address: &str, interval: Duration) -> JwtAuth {
    let settings = Settings {
        revocation_sync_interval: interval,
        revocation_max_staleness: interval.max(minutes(1)) * 5,
        ..Settings::new(KEY)
    };
    let store = PostgresStore::connect(address).await.expect("the database opens");
    JwtAuth::builder(settings).store(store).start().await.expect("starts")
}

/// A login: its refresh token and its access token.
pub(crate) async fn login(auth: &JwtAuth, user_id: &str) -> (String, String) {
    let token = auth.refresh_token_for(user_id, &Claims::new()).expect("a token");
    let tokens = auth.refresh(token.expose(), Client::default()).await.expect("a session");
    let refresh = tokens.refresh.expect("rotation is on");
    (refresh.expose().to_owned(), tokens.access.expose().to_owned())
}

/// A logout at this moment.
pub(crate) fn ending() -> Ending {
    let now = SystemClock.now();
    Ending { reason: EndReason::SessionRevoked, now, drop_after: now.after(minutes(5)) }
}

/// How long until the node refuses the access token.
pub(crate) async fn refused_after(auth: &JwtAuth, access: &str) -> Duration {
    let begun = Instant::now();
    while auth.authenticate(access).await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(50), "it never hears of it");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    begun.elapsed()
}

/// Waits for what is bound to come, and no longer than twenty seconds.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}: not within twenty seconds");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
