//! Routes whose path is written on the type that holds its parameters: axum-extra's `TypedPath`.

use super::guarded::Guarded;
use super::methods::{connect, delete, get, head, options, patch, post, put, trace};
use super::router::GuardedRouter;
use crate::http::state::AuthState;
use axum::handler::Handler;
use axum_extra::routing::TypedPath;

/// A handler's argument list that begins with a guard, by `#[protected]` or `#[public]`, and goes on with a typed path `P`.
///
/// As in axum-extra, the path may stand in an `Option` or a `Result`, for a handler that answers a bad path itself.
#[diagnostic::on_unimplemented(
    message = "this handler does not begin with a typed path behind `#[protected]` or `#[public]`",
    label = "no path to route it at, or no mark",
    note = "mark the `async fn` with `#[protected]`, `#[protected(<rule>)]` or `#[public]`, and let its first argument be a type with `#[derive(TypedPath)]`"
)]
pub trait GuardedTypedPath<S, P: TypedPath>: Guarded<S> {}

/// Routes at the path of the handler's first argument, with axum-extra's `TypedPath`; methods of one path may be added one
/// after the other.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use axum_extra::routing::TypedPath;
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::{JwtAuth, protected};
///
/// #[derive(TypedPath, serde::Deserialize)]
/// #[typed_path("/orders/{id}")]
/// struct Order {
///     id: u32,
/// }
///
/// #[protected]
/// async fn show(Order { id }: Order) -> String {
///     id.to_string()
/// }
///
/// let router: GuardedRouter<JwtAuth> = GuardedRouter::new().typed_get(show);
/// assert_eq!(router.access_table().to_string(), "GET /orders/{id} IsAuthenticated\n");
/// # }
/// ```
///
/// # Panics
/// Each as [`route`](GuardedRouter::route) does.
impl<S: AuthState> GuardedRouter<S> {
    /// Routes `GET`, and `HEAD` with it, at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_get<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, get(handler))
    }

    /// Routes `POST` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_post<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, post(handler))
    }

    /// Routes `PUT` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_put<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, put(handler))
    }

    /// Routes `PATCH` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_patch<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, patch(handler))
    }

    /// Routes `DELETE` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_delete<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, delete(handler))
    }

    /// Routes `HEAD` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_head<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, head(handler))
    }

    /// Routes `OPTIONS` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_options<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, options(handler))
    }

    /// Routes `TRACE` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_trace<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, trace(handler))
    }

    /// Routes `CONNECT` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_connect<H, T, P>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: GuardedTypedPath<S, P> + 'static,
        P: TypedPath,
    {
        self.route(P::PATH, connect(handler))
    }
}

macro_rules! typed_arguments {
    ($($argument:ident)*) => {
        typed_arguments!(@ P, [] $($argument)*);
        typed_arguments!(@ Option<P>, [] $($argument)*);
        typed_arguments!(@ Result<P, E>, [E] $($argument)*);
    };
    (@ $path:ty, [$($error:ident)?] $($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<S, M, G, P, $($error,)? $($argument,)*> GuardedTypedPath<S, P> for (M, G, $path, $($argument,)*)
        where
            Self: Guarded<S>,
            P: TypedPath,
        {
        }
    };
}

typed_arguments!();
typed_arguments!(A1);
typed_arguments!(A1 A2);
typed_arguments!(A1 A2 A3);
typed_arguments!(A1 A2 A3 A4);
typed_arguments!(A1 A2 A3 A4 A5);
typed_arguments!(A1 A2 A3 A4 A5 A6);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13);
typed_arguments!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14);
