//! The router state that holds a `JwtAuth`.

use super::rejection::Rejection;
use crate::auth::{JwtAuth, NoUser};
use crate::user::User;
use ::http::request::Parts;
use std::future::{Future, ready};
use std::sync::Arc;

/// A router state that holds a [`JwtAuth`]: derive it, or use a `JwtAuth<User>` itself as the state of a small application.
///
/// A router clones its state for each request. Let the state be `Clone`, or put it in an `Arc`: an `Arc<App>` is a state when
/// `App` is one, and then `App` need not be `Clone`.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use jwt_auth::user::Identity;
/// use jwt_auth::{AuthState, JwtAuth, User};
///
/// #[derive(Clone)]
/// struct Account { id: u64 }
/// impl User for Account {
///     fn identity(&self) -> Identity<'_> {
///         Identity { id: self.id.to_string(), password_hash: "", is_active: true }
///     }
/// }
///
/// #[derive(Clone, AuthState)]
/// struct App {
///     auth: JwtAuth<Account>,
///     greeting: &'static str,
/// }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` holds no `JwtAuth`",
    label = "no `JwtAuth` can be taken from this state",
    note = "put a field `auth: JwtAuth<User>` into it and write `#[derive(AuthState)]`, and `Clone` too unless the state is in an `Arc`; a `JwtAuth<User>` is also a state by itself",
    note = "the state `()` is that of a router which has got its state already: `#[token_routes]` and guarded routes come before `.with_state(..)`"
)]
pub trait AuthState: Send + Sync + 'static {
    /// The application's user type; [`NoUser`] when it has none.
    type User: StateUser;

    /// The `JwtAuth` in it.
    fn jwt_auth(&self) -> &JwtAuth<Self::User>;
}

impl<U: StateUser> AuthState for JwtAuth<U> {
    type User = U;

    fn jwt_auth(&self) -> &Self {
        self
    }
}

impl<S: AuthState + ?Sized> AuthState for Arc<S> {
    type User = S::User;

    fn jwt_auth(&self) -> &JwtAuth<S::User> {
        S::jwt_auth(self)
    }
}

/// Who clones a state for each request: any `Clone` type will do. It is here for its message alone.
// A trait of the router and not of the state: else rustc finds that `&App` is `Clone`, advises to borrow, and leaves the label out.
#[diagnostic::on_unimplemented(
    message = "the router state `{S}` cannot be cloned for each request",
    label = "`{S}` is neither `Clone` nor in an `Arc`",
    note = "write `#[derive(Clone)]` on it, or put it in an `Arc`: `GuardedRouter<Arc<{S}>>` and `.with_state(Arc::new(..))`"
)]
pub trait ClonesState<S> {
    /// An empty router, which axum makes for such states only.
    fn router() -> axum::Router<S>;
}

#[diagnostic::do_not_recommend]
impl<S: Clone + Send + Sync + 'static> ClonesState<S> for Routing {
    fn router() -> axum::Router<S> {
        axum::Router::new()
    }
}

/// What clones states.
#[derive(Debug)]
pub struct Routing;

/// What the user type of a state can be: any [`User`], or [`NoUser`].
///
/// This lets a guard ask for the user where there is one, without shutting out applications that have none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a user",
    label = "does not implement `jwt_auth::User`",
    note = "write `impl jwt_auth::User for {Self}`, or leave the type out (`JwtAuth`) when the application only looks at claims"
)]
pub trait StateUser: sealed::Sealed + Send + Sync + Sized + 'static {
    /// Loads the user of the request's token; `None` when this application has no users.
    #[doc(hidden)]
    fn __load<S: AuthState<User = Self>>(
        parts: &mut Parts,
        state: &S,
    ) -> impl Future<Output = Result<Option<Arc<Self>>, Rejection>> + Send;

    #[doc(hidden)]
    fn __is_staff(&self) -> bool;

    #[doc(hidden)]
    fn __permissions(&self) -> Vec<String>;
}

impl StateUser for NoUser {
    fn __load<S: AuthState<User = Self>>(
        _: &mut Parts,
        _: &S,
    ) -> impl Future<Output = Result<Option<Arc<Self>>, Rejection>> + Send {
        ready(Ok(None))
    }

    fn __is_staff(&self) -> bool {
        match *self {}
    }

    fn __permissions(&self) -> Vec<String> {
        match *self {}
    }
}

/// A state with users of its own: what the token views need.
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` has no users",
    label = "its `JwtAuth` has no user type",
    note = "write `JwtAuth<YourUser>`, `YourUser` being a type that implements `jwt_auth::User`, and give the builder `.users(..)`",
    note = "the state `()` is that of a router which has got its state already: put `#[token_routes]` on the function that returns it before `.with_state(..)`"
)]
pub trait UserState: AuthState<User: User> {}

#[diagnostic::do_not_recommend]
impl<S: AuthState<User: User>> UserState for S {}

mod sealed {
    pub trait Sealed {}
    impl<U: crate::user::User> Sealed for U {}
    impl Sealed for crate::auth::NoUser {}
}
