//! Named, positional, generic and nested states.

use jwt_auth::{AuthState, JwtAuth, NoUser, User};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

type Auth = JwtAuth<Account>;

#[derive(Clone, AuthState)]
struct Named {
    jwt: jwt_auth::JwtAuth<Account>,
    name: &'static str,
}

#[derive(Clone, AuthState)]
struct Alias(u8, #[auth] Auth);

#[derive(Clone, AuthState)]
struct Generic<D, U: User>
where
    D: ToString,
{
    auth: JwtAuth<U>,
    data: D,
}

#[derive(Clone, AuthState)]
struct Nested {
    #[auth]
    inner: Named,
    other: JwtAuth,
}

fn user<S: AuthState<User = U>, U>() {}

fn main() {
    user::<Named, Account>();
    user::<Alias, Account>();
    user::<Generic<String, Account>, Account>();
    user::<Nested, Account>();
    user::<JwtAuth, NoUser>();
    let _ = |a: Named, b: Alias, c: Generic<u8, Account>, d: Nested| (a.name, b.0, c.data, d.other, d.inner);
}
