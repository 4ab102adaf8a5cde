//! Rules of the application: for one state, for all, generic, and async.

use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::rule::{Rule, RuleError, RuleRequest};
use jwt_auth::{AuthState, JwtAuth, User, protected, rule};

#[derive(Clone)]
struct Account {
    tenant: u64,
}

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
    tenant: u64,
}

struct SameTenant;

impl Rule<App> for SameTenant {
    async fn allows(request: &RuleRequest<'_, App>) -> Result<bool, RuleError> {
        std::future::ready(()).await;
        Ok(request.user().is_some_and(|user| user.tenant == request.state().tenant))
    }
}

mod rules {
    use super::*;

    pub struct Header<const N: usize>;

    impl<S: AuthState, const N: usize> Rule<S> for Header<N> {
        async fn allows(request: &RuleRequest<'_, S>) -> Result<bool, RuleError> {
            Ok(request.parts().headers.len() == N)
        }
    }
}

#[protected(SameTenant && !rules::Header<3>, user)]
async fn handler() {}

fn main() {
    let _: GuardedRouter<App> = GuardedRouter::new()
        .route("/", get(handler))
        .mount("/below", SameTenant, axum::Router::new())
        .mount("/beside", rule!(rules::Header<1> || SameTenant), axum::Router::new());
}
