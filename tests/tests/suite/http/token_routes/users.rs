//! What the user and the user store say at every login and refresh.

use super::App;
use http::StatusCode;
use jwt_auth::{AuthError, Login, Settings};
use jwt_auth_tests::{KEY, payload, settings};

#[tokio::test]
async fn who_may_not_log_in_any_more_cannot_refresh() {
    for settings in [settings(), Settings { rotate_refresh_tokens: false, ..settings() }] {
        let app = App::start(settings).await;
        let (refresh, _) = app.login("ada").await;
        assert_eq!(app.refresh(&refresh).await.status, StatusCode::OK);
        app.users.rows.update("1", |user| user.confirmed = false);
        let answer = app.refresh(&refresh).await;
        assert_eq!((answer.status, answer.member("reason")), (StatusCode::UNAUTHORIZED, "user_disabled".to_owned()));
        let for_user = app.auth.for_user(&app.auth_user("1"), Login::default()).await;
        assert!(matches!(for_user, Err(AuthError::NoActiveAccount)));
    }
    let app = App::assemble(Settings::simple_jwt(KEY), None).await;
    let (refresh, _) = app.login("ada").await;
    app.users.rows.update("1", |user| user.confirmed = false);
    assert_eq!(app.refresh(&refresh).await.text, r#"{"detail":"No active account found for the given token."}"#);
}

#[tokio::test]
async fn claims_of_the_user_are_fetched_at_every_login_and_refresh() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login("ada").await;
    assert_eq!(payload(&access).raw("plan"), Some("\"free\""));
    assert_eq!(payload(&refresh).raw("plan"), None, "not for the life of the session");
    *app.users.plan.lock().unwrap() = "gold".to_owned();
    let answer = app.refresh(&refresh).await;
    assert_eq!(payload(&answer.member("access")).raw("plan"), Some("\"gold\""));
}

#[tokio::test]
async fn a_source_of_claims_that_is_down_costs_nobody_a_session() {
    let app = App::start(settings()).await;
    let (refresh, _) = app.login("ada").await;
    *app.world.claims_source_is_down.lock().unwrap() = true;
    assert_eq!(app.attempt("ada", "ada", "123456").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let answer = app.refresh(&refresh).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    *app.world.claims_source_is_down.lock().unwrap() = false;
    assert_eq!(app.auth.sessions("1").await.unwrap()[0].generation, 0, "the token is not spent");
    assert_eq!(app.refresh(&refresh).await.status, StatusCode::OK);
}

impl App {
    fn auth_user(&self, id: &str) -> super::Account {
        let mut found = None;
        self.users.rows.update(id, |user| found = Some(user.clone()));
        found.expect("a user")
    }
}
