//! The router state that holds a `JwtAuth`.

use crate::auth::JwtAuth;

/// A router state that holds a [`JwtAuth`]: derive it.
pub trait AuthState: Clone + Send + Sync + 'static {
    /// The application's user type; [`NoUser`](crate::NoUser) when it has none.
    type User: Send + Sync + 'static;

    /// The `JwtAuth` in it.
    fn jwt_auth(&self) -> &JwtAuth<Self::User>;
}

impl<U: Send + Sync + 'static> AuthState for JwtAuth<U> {
    type User = U;

    fn jwt_auth(&self) -> &JwtAuth<U> {
        self
    }
}
