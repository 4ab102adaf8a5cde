//! Tokens that are handed out without a move of their session, by a clock that was a day ahead: what revokes them is remembered until they are
//! over. And a session that is used without a move is in use.

use jwt_auth::error::AuthError;
use jwt_auth::settings::seconds;
use jwt_auth::store::{AnyTokenStore, MemoryStore};
use jwt_auth::tokens::TokenClass;
use jwt_auth::{JwtAuth, Settings};
use jwt_auth_tests::nodes::{Nodes, client, session_of};
use jwt_auth_tests::{Account, settings};

const DAY: u64 = 86_400;

fn week(rotates: bool) -> Settings {
    Settings { rotate_refresh_tokens: rotates, refresh_token_lifetime: seconds(7 * DAY), ..settings() }
}

/// What is done with a session at a node whose clock is ahead.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Refresh,
    EndTheOthers,
}

impl Deed {
    async fn access(self, auth: &JwtAuth<Account>, user: &Account, refresh: &str) -> String {
        let access = match self {
            Self::Refresh => auth.refresh(refresh, client("Firefox")).await.expect("tokens").access,
            Self::EndTheOthers => {
                let session = session_of(refresh);
                auth.end_other_sessions(user, session, client("Firefox")).await.expect("tokens").access
            }
        };
        access.expose().to_owned()
    }
}

async fn is_refused(auth: &JwtAuth<Account>, access: &str) -> bool {
    match auth.authenticate(access).await {
        Ok(_) => false,
        Err(AuthError::TokenNotValid(_)) => true,
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_lasts_as_long_as_what_a_clock_ahead_has_handed_out() {
    for (rotates, deed) in [(false, Deed::Refresh), (false, Deed::EndTheOthers), (true, Deed::EndTheOthers)] {
        for by_name in [true, false] {
            for nodes in Nodes::everywhere(&week(rotates)).await {
                let refresh = nodes.login().await.refresh;
                nodes.set_off(DAY as i64);
                let access = deed.access(&nodes.off, &nodes.user, refresh.expose()).await;
                nodes.set_off(0);
                nodes.pass(1).await;
                match by_name {
                    true => nodes.right.blacklist(refresh.expose()).await.expect("logged out"),
                    false => nodes.right.end_all_sessions("1").await.expect("logged out everywhere"),
                }
                nodes.hear().await;
                nodes.pass(DAY + 10).await;
                for node in [&nodes.right, &nodes.off] {
                    assert!(is_refused(node, &access).await, "rotates: {rotates}, {deed:?}, by its name: {by_name}");
                }
            }
        }
    }
}

/// They belong to no session, and are of their user's epoch.
#[tokio::test(flavor = "multi_thread")]
async fn and_so_it_does_for_sliding_tokens() {
    let auth_token_classes = vec![TokenClass::Access, TokenClass::Sliding];
    let sliding = Settings { auth_token_classes, sliding_token_refresh_lifetime: seconds(7 * DAY), ..week(true) };
    for nodes in Nodes::everywhere(&sliding).await {
        nodes.set_off(DAY as i64);
        let first = nodes.off.obtain_sliding("test", "test".into()).await.expect("a token");
        nodes.set_off(DAY as i64 + 200);
        let second = nodes.off.refresh_sliding(first.expose()).await.expect("a token");
        nodes.set_off(0);
        nodes.pass(1).await;
        nodes.right.end_all_sessions("1").await.expect("logged out everywhere");
        nodes.hear().await;
        for (later, token) in [(DAY + 10, &first), (200, &second)] {
            nodes.pass(later).await;
            assert!(is_refused(&nodes.right, token.expose()).await, "{later} s later");
        }
        let login = nodes.right.obtain_sliding("test", "test".into()).await.expect("a token");
        nodes.right.authenticate(login.expose()).await.expect("of after it");
    }
}

/// The session was ended between the look at it and the hand-out, and the revocation will be forgotten before the token is over.
#[tokio::test]
async fn nothing_is_handed_out_of_a_session_that_was_just_ended() {
    for nodes in Nodes::everywhere(&week(false)).await {
        let refresh = nodes.login().await.refresh;
        nodes.right.blacklist(refresh.expose()).await.expect("logged out");
        nodes.set_off(DAY as i64);
        let outcome = nodes.off.refresh(refresh.expose(), client("Firefox")).await;
        assert!(matches!(outcome, Err(AuthError::SessionEnded(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn without_rotation_too_the_session_used_least_recently_ends() {
    let settings = Settings { max_sessions_per_user: Some(2), ..week(false) };
    let nodes = Nodes::over(AnyTokenStore::new(MemoryStore::new()), settings).await;
    let busy = nodes.login().await.refresh;
    nodes.pass(60).await;
    let idle = nodes.login().await.refresh;
    for _ in 0..3 {
        nodes.pass(300).await;
        nodes.right.refresh(busy.expose(), client("Firefox")).await.expect("tokens");
    }
    nodes.login().await;
    nodes.right.refresh(busy.expose(), client("Firefox")).await.expect("it was used a moment ago");
    nodes.right.refresh(idle.expose(), client("Firefox")).await.expect_err("and the other one never");
}
