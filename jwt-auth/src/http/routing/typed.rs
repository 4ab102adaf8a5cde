//! Routes whose path is written on the type that holds its parameters: axum-extra's `TypedPath`.

use super::guarded::Guarded;
use super::method_router::MethodRouter;
use super::router::GuardedRouter;
use crate::http::state::AuthState;
use axum::handler::Handler;
use axum::routing::MethodFilter;
use axum_extra::routing::TypedPath;

/// What [`typed_get`](GuardedRouter::typed_get) and its like take: a handler that is `#[protected]` or `#[public]`, and whose
/// first argument is a typed path.
// A trait of the handler and not of its arguments, so that the compiler points at the handler.
#[diagnostic::on_unimplemented(
    message = "this handler does not begin with a typed path behind `#[protected]` or `#[public]`",
    label = "its first argument is no `TypedPath`, or it is unmarked",
    note = "mark the `async fn` with `#[protected]`, `#[protected(<rule>)]` or `#[public]`, and let its first argument be a type with `#[derive(TypedPath)]`"
)]
pub trait TypedHandler<T, S>: Handler<T, S> {
    #[doc(hidden)]
    const PATH: &'static str;

    #[doc(hidden)]
    fn into_methods(self, filter: MethodFilter) -> MethodRouter<S>;
}

#[diagnostic::do_not_recommend]
impl<H, T, S> TypedHandler<T, S> for H
where
    H: Handler<T, S>,
    T: GuardThenPath<S> + 'static,
    S: AuthState + Clone,
{
    const PATH: &'static str = T::Path::PATH;

    fn into_methods(self, filter: MethodFilter) -> MethodRouter<S> {
        MethodRouter::new().on(filter, self)
    }
}

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
impl<S: AuthState + Clone> GuardedRouter<S> {
    /// Routes `GET`, and `HEAD` with it, at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_get<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::GET))
    }

    /// Routes `POST` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_post<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::POST))
    }

    /// Routes `PUT` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_put<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::PUT))
    }

    /// Routes `PATCH` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_patch<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::PATCH))
    }

    /// Routes `DELETE` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_delete<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::DELETE))
    }

    /// Routes `HEAD` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_head<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::HEAD))
    }

    /// Routes `OPTIONS` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_options<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::OPTIONS))
    }

    /// Routes `TRACE` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_trace<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::TRACE))
    }

    /// Routes `CONNECT` at the path of the handler's first argument.
    #[track_caller]
    pub fn typed_connect<H: TypedHandler<T, S>, T>(self, handler: H) -> Self {
        self.route(H::PATH, handler.into_methods(MethodFilter::CONNECT))
    }
}

/// A handler's argument list that begins with a guard and a typed path.
pub trait GuardThenPath<S>: Guarded<S> {
    type Path: TypedPath;
}

macro_rules! guard_then_path {
    ($($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<S, M, G, P, $($argument,)*> GuardThenPath<S> for (M, G, P, $($argument,)*)
        where
            Self: Guarded<S>,
            P: TypedPath,
        {
            type Path = P;
        }
    };
}

guard_then_path!();
guard_then_path!(A1);
guard_then_path!(A1 A2);
guard_then_path!(A1 A2 A3);
guard_then_path!(A1 A2 A3 A4);
guard_then_path!(A1 A2 A3 A4 A5);
guard_then_path!(A1 A2 A3 A4 A5 A6);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8 A9);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13);
guard_then_path!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14);
