//! Every option of a guard, alone and together, in any order.
use jwt_auth::routing::{GuardedRouter, get, post};
use jwt_auth::{IsAdminUser, JwtAuth, User, protected, rule};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

#[protected(fresh = "5m")]
async fn fresh() {}

#[protected(acr = "urn:example:loa:2 urn:example:loa:3")]
async fn strong() {}

#[protected(live)]
async fn live() {}

#[protected(ticket)]
async fn stream() {}

#[protected(user, live, ticket, acr = "mfa", IsAdminUser && scope("transfer"), fresh = "1d2h30m10s")]
async fn all() {}

fn main() {
    let mounted = rule!(IsAdminUser, fresh = "90s", acr = "mfa", ticket, live, user);
    let _: GuardedRouter<JwtAuth<Account>> = GuardedRouter::new()
        .route("/fresh", get(fresh))
        .route("/strong", get(strong).post(live))
        .route("/stream", get(stream))
        .route("/all", post(all))
        .mount("/mounted", mounted, axum::Router::new());
}
