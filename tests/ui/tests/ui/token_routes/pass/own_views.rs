use jwt_auth::routing::GuardedRouter;
use jwt_auth::views::{
    Credentials, ObtainView, RefreshView, TokenObtainPairRequest, TokenObtainPairResponse, TokenObtainPairView,
    TokenRefreshView, ViewRequest,
};
use jwt_auth::{AuthError, AuthState, JwtAuth, Refreshed, TokenRoutes, User, View, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
}

struct Plain;

impl ObtainView<App> for Plain {
    type Request = TokenObtainPairRequest;
    type Response = TokenObtainPairResponse;
}

/// For any state, and with credentials of its own.
struct Generic<C>(C);

#[derive(serde::Deserialize)]
struct Nothing {}

impl<S: AuthState<User = Account>> Credentials<S> for Nothing {
    fn username(&self) -> &str {
        ""
    }

    async fn authenticate(&self, _: &ViewRequest<'_, S>) -> Result<Account, AuthError> {
        Err(AuthError::NoActiveAccount)
    }
}

impl<S: AuthState<User = Account>, C: Credentials<S>> ObtainView<S> for Generic<C> {
    type Request = C;
    type Response = TokenObtainPairResponse;
}

struct Short;

impl RefreshView<App> for Short {
    type Response = &'static str;

    async fn response(_: &ViewRequest<'_, App>, _: Refreshed) -> Result<&'static str, AuthError> {
        Ok("")
    }
}

#[token_routes("/api/token", obtain = Plain, refresh = Short, sessions, jwks, ticket)]
fn all() -> GuardedRouter<App> {
    GuardedRouter::new()
}

#[token_routes("/api/token", only(obtain), obtain = Generic<Nothing>)]
fn generic() -> axum::Router<App> {
    axum::Router::new()
}

#[token_routes("/token", sessions, refresh = TokenRefreshView, obtain = TokenObtainPairView)]
fn shipped() -> Result<GuardedRouter<App>, ()> {
    Ok(GuardedRouter::new())
}

fn main() {
    let rows = |router: GuardedRouter<App>| router.access_table().rows().len();
    assert_eq!(rows(all()), 11);
    assert_eq!(rows(shipped().unwrap()), 9);
    let _ = generic();
    let by_hand = TokenRoutes::at("/api/token").only([View::Verify]).obtain::<Plain>().attach_to(GuardedRouter::new());
    assert_eq!(rows(by_hand), 2);
}
