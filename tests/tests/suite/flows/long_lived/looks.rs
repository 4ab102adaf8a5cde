//! How often a node asks its store, and for what.

use super::{Service, opens};
use jwt_auth::revocation::Revocations;
use jwt_auth::settings::{days, hours, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, MemoryStore};
use jwt_auth::testing::TestToken;
use jwt_auth_tests::settings;
use std::sync::Arc;

#[tokio::test]
async fn a_token_of_the_usual_life_costs_no_look_and_a_longer_one_a_single_one() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        let (_, access) = service.login(&auth).await;
        service.store.looks();
        for _ in 0..3 {
            assert!(opens(&auth, &access).await);
        }
        assert_eq!(service.store.looks(), 0);
        // Also once something was revoked.
        auth.end_all_sessions("7").await.expect("logged out everywhere");
        assert!(opens(&auth, &access).await);
        assert_eq!(service.store.looks(), 0);

        let long = TestToken::access("1").lives_for(days(1)).sign(&auth);
        assert!(opens(&auth, &long).await);
        assert!(service.store.looks() > 0);
        for wait in [minutes(0), minutes(10), hours(12)] {
            service.clock.pass(wait);
            assert!(opens(&auth, &long).await);
            assert_eq!(service.store.looks(), 0, "{wait:?}");
        }
        // From now on its life is known, and the next one is of the usual life.
        service.clock.pass(minutes(2));
        let next = TestToken::access("1").lives_for(days(1)).sign(&auth);
        assert!(opens(&auth, &next).await);
        assert_eq!(service.store.looks(), 0);
        let another = service.node(settings()).await;
        assert!(opens(&another, &next).await);
        assert_eq!(service.store.looks(), 0, "whichever node starts later");
    }
}

#[tokio::test]
async fn a_store_that_remembers_nothing_is_asked() {
    let mut service = Service::over(AnyTokenStore::new(MemoryStore::new()));
    service.store.remembers = false;
    let auth = service.node(settings()).await;
    let (refresh, access) = service.login(&auth).await;
    let long = TestToken::access("7").lives_for(days(1)).sign(&auth);
    assert!(opens(&auth, &access).await && opens(&auth, &long).await);
    auth.blacklist(&refresh).await.expect("logged out");
    auth.end_all_sessions("7").await.expect("logged out everywhere");
    for wait in [minutes(0), hours(1), hours(20)] {
        service.clock.pass(wait);
        let late = service.node(settings()).await;
        for node in [&auth, &late] {
            assert!(!opens(node, &access).await && !opens(node, &long).await, "{wait:?}");
        }
    }
}

#[tokio::test]
async fn the_feed_does_not_begin_anew_at_a_clock_step() {
    for service in Service::everywhere().await {
        let auth = service.node(settings()).await;
        for _ in 0..3 {
            let (refresh, _) = service.login(&auth).await;
            auth.blacklist(&refresh).await.expect("logged out");
        }
        let clock = Arc::new(service.clock.clone());
        let revocations = Revocations::new(clock, minutes(6), seconds(30));
        revocations.sync(&service.store).await.expect("read");
        service.store.asked.lock().expect("a lock").clear();
        for step in 0..6 {
            let by = days(1) + minutes(step);
            if step % 2 == 0 {
                service.clock.advance(by)
            } else {
                service.clock.turn_back(by)
            }
            revocations.sync(&service.store).await.expect("read");
            assert_eq!(revocations.len(), 3);
        }
        let asked = service.store.asked.lock().expect("a lock").clone();
        assert!(asked.iter().all(|after| *after >= 3), "{asked:?}");
    }
}
