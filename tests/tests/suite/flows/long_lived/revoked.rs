//! What was revoked stays revoked, also for a token whose life nobody knew of then.

use super::{NOW, Service, opens, sid};
use jwt_auth::Settings;
use jwt_auth::settings::{days, hours, minutes, seconds};
use jwt_auth::testing::TestToken;
use jwt_auth::tokens::TokenClass;
use jwt_auth_tests::settings;

#[tokio::test]
async fn a_long_lived_token_that_was_revoked_before_anybody_met_it_is_refused() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        // Of Django with the same secret; and of a session, minted by hand.
        let foreign = TestToken::access("1").lives_for(days(30)).sign(&auth);
        let (refresh, access) = service.login(&auth).await;
        let minted = TestToken::access("1").claim("sid", sid(&access).to_string()).claim("ep", 0);
        let minted = minted.lives_for(days(30)).sign(&auth);
        let other = TestToken::access("7").lives_for(days(30)).sign(&auth);
        auth.blacklist(&refresh).await.expect("logged out");
        auth.end_all_sessions("7").await.expect("logged out everywhere");
        for wait in [minutes(0), minutes(8), days(3), days(20)] {
            service.clock.pass(wait);
            let late = service.node(settings()).await;
            assert!(!opens(&late, &minted).await, "{wait:?}: its session was ended");
            assert!(!opens(&late, &other).await, "{wait:?}: its user was logged out everywhere");
            assert!(opens(&late, &foreign).await, "{wait:?}: nobody revoked it");
        }
    }
}

#[tokio::test]
async fn a_revocation_by_a_node_that_knows_of_shorter_lives_outlives_the_token_all_the_same() {
    for service in Service::everywhere().await {
        let (first, second) = (service.node(settings()).await, service.node(settings()).await);
        let long = TestToken::access("1").lives_for(days(10)).sign(&first);
        assert!(opens(&first, &long).await, "met here, and its life remembered");
        second.end_all_sessions("1").await.expect("logged out everywhere");
        assert!(!opens(&second, &long).await, "at once where it was done");
        for wait in [minutes(20), days(2), days(7)] {
            service.clock.pass(wait);
            let late = service.node(settings()).await;
            assert!(!opens(&late, &long).await, "{wait:?}");
            assert!(!opens(&second, &long).await, "{wait:?}");
        }
    }
}

/// Lifetimes were shortened; or longer ones are in use on other nodes.
#[tokio::test]
async fn tokens_of_longer_lifetimes_stay_revoked() {
    for service in Service::everywhere().await {
        let long = Settings { access_token_lifetime: days(1), ..settings() };
        let before = service.node(long.clone()).await;
        let (refresh, access) = service.login(&before).await;
        let (_, other) = service.login(&before).await;
        service.clock.pass(minutes(1));
        let after = service.node(settings()).await;
        service.store.looks();
        assert!(opens(&after, &access).await, "it is good to its own end");
        assert_eq!(service.store.looks(), 0, "as such lives are known");
        after.blacklist(&refresh).await.expect("logged out");
        service.clock.pass(hours(5));
        for settings in [settings(), long.clone()] {
            let late = service.node(settings).await;
            assert!(!opens(&late, &access).await);
            assert!(opens(&late, &other).await);
        }
        assert!(!opens(&after, &access).await);
    }
}

/// A lifetime that is raised later was not known when things were revoked.
#[tokio::test]
async fn what_was_revoked_before_a_life_was_known_is_looked_up() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let one = TestToken::access("1").lives_for(days(1)).sign(&auth);
        auth.end_all_sessions("1").await.expect("logged out everywhere");
        service.clock.pass(hours(1));
        let late = service.node(Settings { access_token_lifetime: days(1), ..settings() }).await;
        assert!(!opens(&late, &one).await, "its life is known now, and was not then");
    }
}

#[tokio::test]
async fn what_is_made_from_a_token_is_as_old_as_it() {
    for service in Service::everywhere().await {
        let classes = vec![TokenClass::Access, TokenClass::Sliding];
        let settings = Settings { auth_token_classes: classes, ..settings() };
        let auth = service.node(settings.clone()).await;
        // Neither says an epoch, as Django's.
        let access = TestToken::access("1").sign(&auth);
        let sliding = TestToken::of(TokenClass::Sliding, "1").claim("refresh_exp", NOW.after(days(1)).seconds());
        let sliding = sliding.sign(&auth);
        service.clock.pass(seconds(40));
        let held = auth.authenticate(&access).await.expect("good");
        let renewed = auth.refresh_sliding(&sliding).await.expect("renewed");
        // Another node, of which this one has yet to hear.
        service.node(settings.clone()).await.end_all_sessions("1").await.expect("logged out everywhere");
        service.clock.pass(seconds(40));
        let ticket = auth.ticket_for(&held).expect("a ticket");
        assert!(auth.refresh_sliding(&sliding).await.is_err(), "the store says so at once");
        assert!(auth.refresh_sliding(renewed.expose()).await.is_err());
        let late = service.node(settings).await;
        late.authenticate_ticket(ticket.expose()).await.expect_err("as old as its token");
        assert!(!opens(&late, renewed.expose()).await && !opens(&late, &access).await);
        // What is issued after it is hit by nothing.
        let after = TestToken::access("1").sign(&late);
        assert!(opens(&late, &after).await);
    }
}
