use jwt_auth::routing::GuardedRouter;
use std::num::ParseIntError;
use jwt_auth::{JwtAuth, User, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}


type App = JwtAuth<Account>;

#[token_routes("/api/token")]
pub fn plain() -> GuardedRouter<App> {
    GuardedRouter::new()
}

#[token_routes("/api/token/", only(refresh, verify))]
fn early(done: bool) -> axum::Router<App> {
    let mut router = axum::Router::new();
    if done {
        return router;
    }
    router = router.route("/x", axum::routing::get("x"));
    router
}

#[token_routes("/api/token")]
fn fallible(text: &str) -> Result<GuardedRouter<App>, ParseIntError> {
    let _: u8 = text.parse()?;
    Ok(GuardedRouter::new())
}

#[token_routes("/api/token")]
async fn later(mut text: String) -> Result<GuardedRouter<App>, ParseIntError> {
    text.push('1');
    std::future::ready(()).await;
    let _: u8 = text.parse()?;
    Ok(GuardedRouter::new())
}

#[token_routes("/one")]
#[token_routes("/two", only(verify))]
fn generic<S: Clone + jwt_auth::AuthState<User = Account>>() -> GuardedRouter<S> {
    GuardedRouter::new()
}

fn main() {
    let rows = |router: GuardedRouter<App>| router.access_table().rows().len();
    assert_eq!(rows(plain()), 5);
    assert_eq!(rows(generic()), 6);
    assert_eq!(rows(fallible("7").unwrap()), 5);
    assert!(fallible("x").is_err());
    let _ = (early(true), later(String::new()));
}
