//! Whoever guesses passwords waits, and the owner does not.

use jwt_auth::settings::seconds;
use jwt_auth_tests::{Answer, App, post, settings};
use serde_json::json;

async fn log_in(app: &App, username: &str, password: &str) -> Answer {
    post(&app.router, "/api/token/", json!({ "username": username, "password": password })).await
}

fn status(answer: &Answer) -> u16 {
    answer.status.as_u16()
}

#[tokio::test]
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
