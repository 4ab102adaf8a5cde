//! Why a stream ends: reuse, lost touch, shutdown, expiry, and each with its own session only.

use super::{in_time, login, session_of};
use futures_util::FutureExt;
use jwt_auth::settings::{hours, minutes};
use jwt_auth::{Client, Closed, Settings};
use jwt_auth_tests::{App, settings};
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_reused_refresh_token_ends_the_streams() {
    let app = App::start(Settings { access_token_lifetime: hours(24), ..settings() }).await;
    let stolen = login(&app.auth, 1).await;
    let watching = tokio::spawn(session_of(&app.auth, &stolen).await.closed());
    let mut newest = stolen.refresh.clone();
    for _ in 0..2 {
        let refreshed = app.auth.refresh(newest.expose(), Client::default()).await.expect("rotated");
        newest = refreshed.refresh.expect("a successor");
    }
    app.clock.advance(hours(1));
    app.auth.refresh(stolen.refresh.expose(), Client::default()).await.expect_err("spent long ago");
    assert_eq!(in_time(watching).await.expect("no panic"), Closed::Revoked);
}

#[tokio::test]
async fn a_node_out_of_touch_ends_its_streams_when_it_fails_closed() {
    // The feed is not read again within this test.
    let base = Settings {
        revocation_sync_interval: hours(1),
        revocation_max_staleness: hours(2),
        access_token_lifetime: hours(24),
        ..settings()
    };
    for revocation_fail_closed in [true, false] {
        let app = App::start(Settings { revocation_fail_closed, ..base.clone() }).await;
        let pair = login(&app.auth, 1).await;
        let mut closed = Box::pin(session_of(&app.auth, &pair).await.closed());
        app.clock.advance(app.auth.settings().revocation_max_staleness);
        assert_eq!((&mut closed).now_or_never(), None);
        app.clock.advance(Duration::from_millis(1));
        let told = (&mut closed).now_or_never();
        assert_eq!(told, revocation_fail_closed.then_some(Closed::OutOfTouch));
        assert_eq!(app.auth.authenticate(pair.access.expose()).await.is_err(), revocation_fail_closed);
    }
}

#[tokio::test]
async fn streams_end_with_the_service() {
    for drop_it in [false, true] {
        let app = App::start(settings()).await;
        let pair = login(&app.auth, 1).await;
        let session = session_of(&app.auth, &pair).await;
        let watching = tokio::spawn(session.closed());
        if drop_it {
            drop(app);
        } else {
            app.auth.shutdown();
        }
        assert_eq!(in_time(watching).await.expect("no panic"), Closed::ShutDown);
        assert_eq!(session.closed().now_or_never(), Some(Closed::ShutDown));
    }
}

#[tokio::test]
async fn a_token_of_no_session_lives_until_it_expires() {
    let settings = Settings { rotate_refresh_tokens: false, access_token_lifetime: minutes(5), ..settings() };
    let app = App::stateless(settings).await;
    let token = app.auth.access_token_for("1", &jwt_auth::Claims::new()).expect("a token");
    let session = app.auth.current_session(app.auth.authenticate(token.expose()).await.expect("good"));
    assert_eq!(session.token().user_id(), Some("1"));
    let watching = tokio::spawn(session.closed());
    app.clock.advance(minutes(5));
    assert_eq!(session.closed().now_or_never(), None, "the leeway counts");
    app.clock.advance(app.auth.settings().leeway);
    assert_eq!(in_time(watching).await.expect("no panic"), Closed::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_streams_end_each_with_its_own() {
    let app = App::start(Settings { access_token_lifetime: minutes(5), ..settings() }).await;
    let mut pairs = Vec::new();
    let mut streams = JoinSet::new();
    // Users whom the user store does not know.
    for user in 100..200 {
        let pair = login(&app.auth, user).await;
        let session = session_of(&app.auth, &pair).await;
        for _ in 0..100 {
            let closed = session.closed();
            streams.spawn(async move { (user, closed.await) });
        }
        pairs.push(pair);
    }
    app.auth.blacklist(pairs[7].refresh.expose()).await.expect("logged out");
    for _ in 0..100 {
        assert_eq!(in_time(streams.join_next()).await.expect("one").expect("no panic"), (107, Closed::Revoked));
    }
    assert!(streams.try_join_next().is_none(), "nobody else's");
    app.clock.advance(minutes(5) + app.auth.settings().leeway);
    for _ in 0..9900 {
        assert_eq!(in_time(streams.join_next()).await.expect("one").expect("no panic").1, Closed::Expired);
    }
    assert!(streams.is_empty());
}
