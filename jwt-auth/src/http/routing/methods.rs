//! Where a route begins: `get(handler)`, `post(handler)`, ..
//!
//! Written out one by one, because the compiler quotes them in its messages and a macro's body there helps nobody.

use super::guarded::Guarded;
use super::method_router::MethodRouter;
use crate::http::state::AuthState;
use axum::handler::Handler;
use axum::routing::MethodFilter;

/// Routes `GET`, and to `HEAD` to a guarded handler.
pub fn get<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().get(handler)
}

/// Routes `POST` to a guarded handler.
pub fn post<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().post(handler)
}

/// Routes `PUT` to a guarded handler.
pub fn put<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().put(handler)
}

/// Routes `PATCH` to a guarded handler.
pub fn patch<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().patch(handler)
}

/// Routes `DELETE` to a guarded handler.
pub fn delete<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().delete(handler)
}

/// Routes `HEAD` to a guarded handler.
pub fn head<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().head(handler)
}

/// Routes `OPTIONS` to a guarded handler.
pub fn options<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().options(handler)
}

/// Routes `TRACE` to a guarded handler.
pub fn trace<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().trace(handler)
}

/// Routes `CONNECT` to a guarded handler.
pub fn connect<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().connect(handler)
}

/// Routes the methods of a filter to a guarded handler.
pub fn on<H, T, S>(filter: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::new().on(filter, handler)
}

/// Routes every method to a guarded handler; methods chained to it go to theirs.
pub fn any<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: AuthState + Clone,
{
    MethodRouter::any(handler, T::access())
}
