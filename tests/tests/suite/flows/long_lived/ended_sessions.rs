//! Sessions that are over: what of theirs can still be ended, and what the end of the others leaves alone.

use super::{Service, opens, sid};
use jwt_auth::clock::Clock;
use jwt_auth::settings::{days, hours, minutes};
use jwt_auth::store::{EndReason, Ending, TokenStore};
use jwt_auth::testing::TestToken;
use jwt_auth::{AuthError, Client, Settings};
use jwt_auth_tests::settings;

/// SimpleJWT without rotation, or a session whose life is nearly over.
#[tokio::test]
async fn an_access_token_that_outlives_its_session_can_be_ended() {
    for ending in ["end_session", "blacklist", "end_all"] {
        for service in Service::everywhere().await {
            let settings = Settings {
                rotate_refresh_tokens: false,
                refresh_token_lifetime: hours(1),
                access_token_lifetime: hours(1),
                ..settings()
            };
            let auth = service.node(settings.clone()).await;
            let (refresh, _) = service.login(&auth).await;
            service.clock.pass(minutes(59));
            let renewed = auth.refresh(&refresh, Client::default()).await.expect("renewed").access;
            let access = renewed.expose();
            service.clock.pass(minutes(50));
            assert!(auth.refresh(&refresh, Client::default()).await.is_err(), "the session is over");
            assert!(auth.sessions("1").await.expect("a list").is_empty());
            assert!(opens(&auth, access).await, "and its token is not");
            match ending {
                "end_session" => auth.end_session("1", sid(access)).await,
                "blacklist" => auth.blacklist(&refresh).await,
                _ => auth.end_all_sessions("1").await,
            }
            .expect("as long as it opens something");
            assert!(!opens(&auth, access).await, "{ending}");
            let late = service.node(settings).await;
            assert!(!opens(&late, access).await, "{ending}: everywhere");
            if ending != "end_all" {
                assert!(auth.end_session("1", sid(access)).await.is_err(), "once");
                assert!(auth.blacklist(&refresh).await.is_err(), "once");
            }
        }
    }
}

#[tokio::test]
async fn what_opens_nothing_any_more_is_not_there_to_be_ended() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let (refresh, access) = service.login(&auth).await;
        service.clock.pass(days(1) + minutes(30));
        assert!(matches!(auth.end_session("1", sid(&access)).await, Err(AuthError::NotAvailable)));
        assert!(matches!(auth.blacklist(&refresh).await, Err(AuthError::InvalidToken(_))));
        // A token from elsewhere that has expired becomes no session.
        let foreign = TestToken::refresh("1").lives_for(minutes(10)).sign(&auth);
        service.clock.pass(minutes(11));
        assert!(matches!(auth.blacklist(&foreign).await, Err(AuthError::InvalidToken(_))));
        assert!(auth.sessions("1").await.expect("a list").is_empty());
    }
}

/// Rows leave; what can still be ended must not.
#[tokio::test]
async fn a_row_stays_as_long_as_its_access_tokens() {
    for service in Service::everywhere().await {
        let long = Settings { access_token_lifetime: days(10), refresh_token_lifetime: days(10), ..settings() };
        let auth = service.node(long).await;
        let (refresh, _) = service.login(&auth).await;
        service.clock.pass(days(9));
        let moved = auth.refresh(&refresh, Client::default()).await.expect("a move");
        service.clock.pass(days(9));
        let next = moved.refresh.expect("rotates");
        let last = auth.refresh(next.expose(), Client::default()).await.expect("a move").access;
        service.clock.pass(days(9));
        for _ in 0..3 {
            service.login(&auth).await;
        }
        auth.end_session("1", sid(last.expose())).await.expect("its row is there");
        assert!(!opens(&auth, last.expose()).await);
    }
}

#[tokio::test]
async fn verify_agrees_with_refresh_when_the_other_sessions_were_ended() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let (kept, access) = service.login(&auth).await;
        let (other, _) = service.login(&auth).await;
        let now = service.clock.now();
        let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: now.after(minutes(6)) };
        service.store.end_all("1", Some(sid(&access)), ending).await.expect("the others are over");
        let auth = service.node(settings()).await;
        auth.verify(&kept).await.expect("a refresh would be answered");
        assert!(!opens(&auth, &access).await, "its access tokens are to be issued anew");
        let next = auth.refresh(&kept, Client::default()).await.expect("it is");
        assert!(opens(&auth, next.access.expose()).await);
        auth.verify(&other).await.expect_err("over");
    }
}
