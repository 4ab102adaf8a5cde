//! What SimpleJWT 6 answers otherwise than 5.5.1: three rules, and nothing else.

use super::tokens::{App, Kept, Member, sliding, start};
use http::StatusCode;
use jwt_auth::Settings;
use jwt_auth::settings::{Profile, hours};
use jwt_auth_tests::{Answer, KEY, hasher};

const NO_ACCOUNT: &str = r#"{"detail":"No active account found for the given token."}"#;
const CHANGED: &str = r#"{"detail":"The user's password has been changed."}"#;
const BLACKLISTED: &str = r#"{"detail":"Token is blacklisted","code":"token_not_valid"}"#;

type Profiled = fn(&str) -> Settings;

const BOTH: [(Profiled, bool); 2] =
    [(|key| Settings::simple_jwt(key), false), (|key| Settings::simple_jwt_6(key), true)];

fn watching(settings: Settings) -> Settings {
    Settings { check_revoke_token: true, rotate_refresh_tokens: true, blacklist_after_rotation: true, ..settings }
}

fn change_password(user: &mut Member) {
    user.password_hash = hasher().hash("changed").expect("a hash");
}

async fn slide(app: &App, token: &str) -> Answer {
    app.ask("/api/token/sliding/refresh/", "token", token).await
}

fn assert_refused(answer: &Answer, text: &str) {
    assert_eq!((answer.status, &*answer.text), (StatusCode::UNAUTHORIZED, text));
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"api\"");
}

#[tokio::test]
async fn a_sliding_refresh_looks_at_the_user() {
    for (settings, is_6) in BOTH {
        for kept in [Kept::Nowhere, Kept::InDjangosTables] {
            let app = start(sliding(settings(KEY)), kept).await;
            let token = app.login("/api/token/sliding/").await.member("token");
            assert_eq!(slide(&app, &token).await.status, StatusCode::OK);
            app.members.users.update("1", |user| user.is_active = false);
            let answer = slide(&app, &token).await;
            if is_6 {
                assert_refused(&answer, NO_ACCOUNT);
            } else {
                assert_eq!(answer.status, StatusCode::OK);
            }
            app.members.users.remove("1");
            let answer = slide(&app, &token).await;
            if is_6 {
                assert_refused(&answer, NO_ACCOUNT);
            } else {
                assert_eq!(answer.status, StatusCode::OK);
            }
        }
    }
}

#[tokio::test]
async fn the_user_comes_before_the_end_of_refreshes() {
    let settings = |settings: Settings| Settings { sliding_token_lifetime: hours(48), ..sliding(settings) };
    for (profile, is_6) in BOTH {
        let app = start(settings(profile(KEY)), Kept::Nowhere).await;
        let token = app.login("/api/token/sliding/").await.member("token");
        app.clock.advance(hours(25));
        let ended = slide(&app, &token).await;
        assert!(ended.text.contains("refresh_exp"), "{}", ended.text);
        app.members.users.update("1", |user| user.is_active = false);
        let answer = slide(&app, &token).await;
        assert_eq!(answer.text, if is_6 { NO_ACCOUNT } else { &ended.text });
    }
}

#[tokio::test]
async fn a_refresh_compares_the_password_and_blacklists_what_was_issued_for_another() {
    for (profile, is_6) in BOTH {
        for (kept, second) in [(Kept::Nowhere, CHANGED), (Kept::InDjangosTables, BLACKLISTED)] {
            let settings = watching(profile(KEY));
            let settings = Settings { blacklist_after_rotation: kept == Kept::InDjangosTables, ..settings };
            let app = start(settings, kept).await;
            let pair = app.login("/api/token/").await;
            let pair = app.refresh(&pair.member("refresh")).await;
            assert_eq!(pair.status, StatusCode::OK, "the password is the same");
            app.members.users.update("1", change_password);
            let refused = app.get("/loaded", &pair.member("access")).await;
            assert_eq!(refused, StatusCode::UNAUTHORIZED, "as in 5.5.1");
            let refresh = pair.member("refresh");
            let answer = app.refresh(&refresh).await;
            if is_6 {
                assert_refused(&answer, CHANGED);
                assert_refused(&app.refresh(&refresh).await, second);
            } else {
                assert_eq!(answer.status, StatusCode::OK);
            }
        }
    }
}

#[tokio::test]
async fn so_does_that_of_a_sliding_token() {
    for (profile, is_6) in BOTH {
        let app = start(sliding(watching(profile(KEY))), Kept::InDjangosTables).await;
        let token = app.login("/api/token/sliding/").await.member("token");
        assert_eq!(slide(&app, &token).await.status, StatusCode::OK);
        app.members.users.update("1", change_password);
        let answer = slide(&app, &token).await;
        if is_6 {
            assert_refused(&answer, CHANGED);
            assert_refused(&slide(&app, &token).await, BLACKLISTED);
        } else {
            assert_eq!(answer.status, StatusCode::OK);
        }
    }
}

/// Without `check_revoke_token` no password is compared; a token of before it was switched on has no digest, and is refused.
#[tokio::test]
async fn a_missing_digest_is_a_wrong_one() {
    let app = start(Settings::simple_jwt_6(KEY), Kept::Nowhere).await;
    let refresh = app.login("/api/token/").await.member("refresh");
    app.members.users.update("1", change_password);
    assert_eq!(app.refresh(&refresh).await.status, StatusCode::OK);
    let watching = Settings { blacklist_after_rotation: false, ..watching(Settings::simple_jwt_6(KEY)) };
    let later = start(watching, Kept::Nowhere).await;
    assert_refused(&later.refresh(&refresh).await, CHANGED);
}

#[tokio::test]
async fn a_deleted_user_is_answered_as_one_who_is_switched_off() {
    for (profile, _) in BOTH {
        let app = start(profile(KEY), Kept::InDjangosTables).await;
        let refresh = app.login("/api/token/").await.member("refresh");
        app.members.users.remove("1");
        assert_refused(&app.refresh(&refresh).await, NO_ACCOUNT);
    }
}

#[test]
fn the_profile_differs_from_the_other_by_its_name() {
    let named = |profile: &str| {
        let vars = [("JWT_AUTH_SIGNING_KEY", KEY), ("JWT_AUTH_PROFILE", profile)];
        Settings::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).expect("good settings")
    };
    let (six, five) = (named("simple_jwt_6"), named("simple_jwt"));
    assert_eq!(six.profile, Profile::SimpleJwt6);
    assert_eq!(format!("{six:?}"), format!("{:?}", Settings::simple_jwt_6(KEY)));
    assert_eq!(format!("{:?}", Settings { profile: Profile::SimpleJwt, ..six }), format!("{five:?}"));
}

#[test]
fn its_two_new_names_are_answered_by_the_trait() {
    for name in ["ON_LOGIN_SUCCESS", "ON_LOGIN_FAILED"] {
        let vars = [("JWT_AUTH_PROFILE", "simple_jwt_6"), ("JWT_AUTH_SIGNING_KEY", KEY)];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let vars = vars.into_iter().chain([(format!("JWT_AUTH_{name}"), "shop.auth.hook".to_owned())]);
        let refused = Settings::from_vars(vars).expect_err("a fault").to_string();
        let method = format!("`ObtainView::{}`", name.to_lowercase());
        assert!(refused.contains(&method), "{refused}");
    }
}
