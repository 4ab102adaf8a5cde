//! Whoever guesses passwords waits.

use http::StatusCode;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::{days, minutes, seconds};
use jwt_auth::views::{Credentials, ObtainView, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{AuthError, Client, JwtAuth, Secret, Settings, UserStore, token_routes};
use jwt_auth_tests::{Account, Answer, App, Caller, Events, logged, post, settings};
use serde_json::json;
use std::sync::OnceLock;
use tokio::sync::Semaphore;

async fn log_in(app: &App, username: &str, password: &str) -> Answer {
    post(&app.router, "/api/token/", json!({ "username": username, "password": password })).await
}

fn status(answer: &Answer) -> u16 {
    answer.status.as_u16()
}

#[tokio::test(start_paused = true)]
async fn five_failures_are_free_and_then_the_wait_doubles() {
    for username in ["test", "inactive", "nobody"] {
        let app = App::start(settings()).await;
        for _ in 0..5 {
            assert_eq!(status(&log_in(&app, username, "wrong").await), 401, "{username}");
        }
        let mut wait = 1;
        for _ in 0..12 {
            let refused = log_in(&app, username, "wrong").await;
            assert_eq!(
                (status(&refused), refused.header("retry-after")),
                (429, wait.to_string().as_str()),
                "{username}"
            );
            app.clock.advance(seconds(wait - 1));
            let refused = log_in(&app, username, "wrong").await;
            assert_eq!((status(&refused), refused.header("retry-after")), (429, "1"), "{username}");
            app.clock.advance(seconds(1));
            assert_eq!(status(&log_in(&app, username, "wrong").await), 401, "{username}");
            wait = (wait * 2).min(900);
        }
    }
}

/// Neither by its words nor by its price.
#[tokio::test(start_paused = true)]
async fn a_refusal_does_not_say_whether_there_is_such_a_user() {
    let app = App::start(settings()).await;
    let mut answers = Vec::new();
    for username in ["test", "inactive", "nobody"] {
        for _ in 0..5 {
            log_in(&app, username, "wrong").await;
        }
        let runs = app.auth.password_runs();
        let refused = log_in(&app, username, "test").await;
        assert_eq!(app.auth.password_runs(), runs, "no password was looked at");
        let headers: Vec<_> = refused.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        answers.push((refused.status, refused.text.clone(), headers));
    }
    assert_eq!(
        (answers[0].0, answers[0].1.as_str()),
        (
            StatusCode::TOO_MANY_REQUESTS,
            r#"{"detail":"Request was throttled. Expected available in 1 second.","code":"throttled"}"#
        )
    );
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

/// A name that differs in capitals or white space is no other name, whether or not there is such a user.
#[tokio::test(start_paused = true)]
async fn names_are_compared_loosely() {
    let app = App::start(settings()).await;
    for name in ["test", "nobody"] {
        for typed in [name, &name.replace('o', "O"), &name.to_uppercase(), &format!("{name} "), &format!(" {name}")] {
            assert_eq!(status(&log_in(&app, typed, "wrong").await), 401);
        }
        assert_eq!(status(&log_in(&app, name, name).await), 429);
    }
}

#[tokio::test]
async fn a_success_forgets_failures() {
    let app = App::start(settings()).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(status(&log_in(&app, "test", "wrong").await), 401);
        }
        assert_eq!(status(&log_in(&app, "test", "test").await), 200);
    }
    for _ in 0..5 {
        assert_eq!(status(&log_in(&app, "test", "wrong").await), 401);
    }
    assert_eq!(status(&log_in(&app, "test", "test").await), 429);
    app.clock.advance(seconds(1));
    assert_eq!(status(&log_in(&app, "test", "test").await), 200);
    for _ in 0..5 {
        assert_eq!(status(&log_in(&app, "test", "wrong").await), 401, "free again");
    }
}

#[tokio::test]
async fn a_quarter_of_an_hour_later_all_is_free_again() {
    let app = App::start(settings()).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(status(&log_in(&app, "test", "wrong").await), 401);
        }
        app.clock.advance(minutes(15));
    }
}

#[tokio::test]
async fn addresses_are_counted_apart_and_by_themselves() {
    let app = App::start(settings()).await;
    let at = |ip: &str| Caller::at(&app.router, ip);
    for _ in 0..5 {
        assert_eq!(at("192.0.2.1").try_login("test", "wrong").await, 401);
    }
    assert_eq!(at("192.0.2.1").try_login("test", "test").await, 429);
    assert_eq!(at("192.0.2.2").try_login("staff", "wrong").await, 401, "another name at another address");
    assert_eq!(at("192.0.2.1").try_login("staff", "staff").await, 200, "another name");
    // One subscriber has a /64 at the least.
    for end in 0..5 {
        assert_eq!(at(&format!("2001:db8::{end}")).try_login("staff", "wrong").await, 401);
    }
    assert_eq!(at("2001:db8::ffff:1").try_login("staff", "wrong").await, 429);
    assert_eq!(at("2001:db8:0:1::1").try_login("staff", "wrong").await, 401);

    // One password for all names of a list.
    let sprayer = at("198.51.100.7");
    for number in 0..100 {
        assert_eq!(sprayer.try_login(&format!("user{number}"), "123456").await, 401, "{number}");
    }
    let refused = sprayer.log_in("user100", "123456").await;
    assert_eq!((status(&refused), refused.header("retry-after")), (429, "1"));
    app.clock.advance(seconds(1));
    assert_eq!(sprayer.try_login("test", "test").await, 200, "an account of their own");
    assert_eq!(sprayer.try_login("user101", "123456").await, 401);
    let refused = sprayer.log_in("user102", "123456").await;
    assert_eq!((status(&refused), refused.header("retry-after")), (429, "2"), "frees nothing");
}

/// NIST SP 800-63B 5.2.2.
#[tokio::test(start_paused = true)]
async fn a_hundred_failures_in_a_row_are_the_end_for_strangers() {
    let app = App::start(settings()).await;
    let guess = async |name: &str, number: u32| {
        let address = format!("198.51.{}.{}", number / 250, number % 250);
        Caller::at(&app.router, &address).try_login(name, "wrong").await
    };
    for name in ["staff", "nobody"] {
        for number in 0..100 {
            assert_eq!(guess(name, number).await, 401, "{name} {number}");
            app.clock.advance(minutes(20));
        }
        assert_eq!(guess(name, 100).await, 429, "{name}");
    }
    app.clock.advance(days(3));
    let refused = Caller::at(&app.router, "203.0.113.1").log_in("staff", "staff").await;
    assert_eq!((status(&refused), refused.header("retry-after")), (429, "900"), "days later");
    assert_eq!(status(&log_in(&app, "test", "test").await), 200, "another account");

    let user = app.users.find_by_id("3").await.expect("memory").expect("staff");
    app.auth.password_changed(&user).await.expect("said");
    assert_eq!(guess("staff", 101).await, 401, "a new password, and a hundred tries");
    assert_eq!(guess("staff", 101).await, 401, "not one");
    assert_eq!(guess("nobody", 101).await, 429);
    assert_eq!(Caller::at(&app.router, "203.0.113.1").try_login("staff", "staff").await, 200);
}

/// Where no device is known, and no change of a password heard of, nothing is the end.
#[tokio::test]
async fn without_sessions_a_hundred_failures_are_a_wait() {
    let app = App::stateless(settings()).await;
    let at = |number: u32| Caller::at(&app.router, &format!("198.51.100.{number}"));
    for number in 0..100 {
        assert_eq!(at(number).try_login("test", "wrong").await, 401, "{number}");
    }
    let refused = at(200).log_in("test", "test").await;
    assert_eq!((status(&refused), refused.header("retry-after")), (429, "1"));
    app.clock.advance(seconds(1));
    assert_eq!(at(200).try_login("test", "test").await, 200);
}

#[token_routes("/api/token", reauthenticate)]
fn proving() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

#[tokio::test]
async fn a_reauthentication_shares_the_counts_of_logins() {
    let events = Events::default();
    let app = App::audited(settings(), &events).await;
    let router = proving().with_state(app.auth.clone());
    let caller = Caller::at(&router, "192.0.2.1");
    let thief = Caller::at(&router, "198.51.100.1").with_agent("curl");
    let refresh = caller.log_in("Test".to_lowercase().as_str(), "test").await.member("refresh");
    let prove = async |caller: &Caller, password: &str| {
        caller.post("/api/token/reauthenticate/", json!({ "refresh": refresh, "password": password })).await
    };
    for _ in 0..3 {
        assert_eq!(status(&prove(&thief, "wrong").await), 401);
    }
    for _ in 0..2 {
        assert_eq!(thief.try_login("test", "wrong").await, 401);
    }
    let runs = app.auth.password_runs();
    let refused = prove(&thief, "test").await;
    assert_eq!((status(&refused), refused.header("retry-after")), (429, "1"));
    assert_eq!(thief.try_login("test", "test").await, 429);
    assert_eq!(app.auth.password_runs(), runs);
    assert_eq!(status(&prove(&caller, "test").await), 200, "the owner");
    let names: Vec<_> = events.take().iter().map(|event| (event.name(), event.code())).collect();
    assert!(names.contains(&("auth.reauth_failed", Some("throttled"))), "{names:?}");
    assert!(names.contains(&("login.throttled", None)), "{names:?}");
}

/// A login by the application's own words, which opens when the test says so.
#[derive(serde::Deserialize)]
struct Slow {
    name: String,
    otp: String,
}

struct SlowLogin;

static GATE: OnceLock<Semaphore> = OnceLock::new();

impl Credentials<JwtAuth<Account>> for Slow {
    fn username(&self) -> &str {
        &self.name
    }

    async fn authenticate(&self, request: &ViewRequest<'_, JwtAuth<Account>>) -> Result<Account, AuthError> {
        if self.otp == "right, and slow" {
            let gate = GATE.get_or_init(|| Semaphore::new(0));
            gate.acquire().await.expect("open").forget();
        }
        let user = request.state().check_password(&self.name, &Secret::from("test")).await?;
        if self.otp.starts_with("right") { Ok(user) } else { Err(AuthError::NoActiveAccount) }
    }
}

impl ObtainView<JwtAuth<Account>> for SlowLogin {
    type Request = Slow;
    type Response = TokenObtainPairResponse;
}

#[token_routes("/api/token", obtain = SlowLogin)]
fn slow_urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

/// A code that somebody guesses behind a good password counts as well; and of many guesses at once the right one is worth nothing if it comes
/// after those that are free.
#[tokio::test(start_paused = true)]
async fn many_at_once_are_no_more_than_one_after_the_other() {
    let app = App::start(settings()).await;
    let router = slow_urls().with_state(app.auth.clone());
    let caller = Caller::at(&router, "192.0.2.1");
    let guess =
        async |otp: &str| caller.post("/api/token/", json!({ "name": "test", "otp": otp })).await.status.as_u16();
    let gate = GATE.get_or_init(|| Semaphore::new(0));
    let beside = async |wrong: usize| {
        let wrong_ones = async {
            tokio::task::yield_now().await;
            for _ in 0..wrong {
                assert_eq!(guess("wrong").await, 401);
            }
            gate.add_permits(1);
        };
        tokio::join!(guess("right, and slow"), wrong_ones).0
    };
    assert_eq!(beside(4).await, 200, "within the free ones");
    assert_eq!(beside(5).await, 429, "it came too late");
    app.clock.advance(minutes(31));
    assert_eq!(guess("right").await, 200);
}

#[tokio::test]
async fn it_can_be_switched_off_and_is_under_simple_jwt() {
    let off = Settings { login_throttle: false, ..settings() };
    for settings in [off, Settings::simple_jwt(jwt_auth_tests::KEY), Settings::simple_jwt_6(jwt_auth_tests::KEY)] {
        let app = App::start(settings).await;
        for _ in 0..30 {
            assert_eq!(status(&log_in(&app, "test", "wrong").await), 401);
        }
        assert_eq!(status(&log_in(&app, "test", "test").await), 200);
    }
    let on = Settings { login_throttle: true, ..Settings::simple_jwt(jwt_auth_tests::KEY) };
    let app = App::start(on).await;
    for _ in 0..5 {
        assert_eq!(status(&log_in(&app, "test", "wrong").await), 401);
    }
    assert_eq!(status(&log_in(&app, "test", "test").await), 429, "where it is asked for");
}

#[tokio::test]
async fn sliding_tokens_and_logins_in_code_are_counted_too() {
    let app = App::start(settings()).await;
    let wrong = || Secret::from("wrong");
    let client = Client::default;
    for _ in 0..3 {
        let refused = app.auth.obtain("test", wrong(), client()).await;
        assert!(matches!(refused, Err(AuthError::NoActiveAccount)), "{refused:?}");
    }
    for _ in 0..2 {
        let refused = app.auth.obtain_sliding("test", wrong()).await;
        assert!(matches!(refused, Err(AuthError::NoActiveAccount)), "{refused:?}");
    }
    let one = seconds(1);
    let refused = app.auth.obtain("test", "test".into(), client()).await;
    assert!(matches!(refused, Err(AuthError::Throttled { retry_after }) if retry_after == one), "{refused:?}");
    let refused = app.auth.obtain_sliding("test", "test".into()).await;
    assert!(matches!(refused, Err(AuthError::Throttled { retry_after }) if retry_after == one), "{refused:?}");
}

/// Neither names nor what stands for them.
#[test]
fn logs_say_nothing_of_names() {
    let log = logged(async {
        let app = App::start(settings()).await;
        for _ in 0..7 {
            log_in(&app, "correct horse battery", "wrong").await;
        }
    });
    assert!(log.contains("login.throttled") && !log.contains("horse"), "{log}");
}
