use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::rule::{Rule, RuleError, RuleRequest};
use jwt_auth::{AuthState, JwtAuth, protected};

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth,
}

#[derive(Clone, AuthState)]
struct OtherApp {
    auth: JwtAuth,
}

struct Weekdays;

impl Rule<OtherApp> for Weekdays {
    async fn allows(_: &RuleRequest<'_, OtherApp>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[protected(Weekdays)]
async fn list() {}

fn main() {
    let _ = GuardedRouter::<App>::new().route("/list", get(list));
}
