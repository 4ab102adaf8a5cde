//! A router that takes only handlers which say who may call them.
//!
//! [`GuardedRouter`] and the functions beside it ([`get`], [`post`], ..) have the shape of axum's, and demand that a handler's
//! first argument is a guard: that it is `#[protected]` or `#[public]`. A forgotten attribute does not compile. The one way
//! around is [`GuardedRouter::merge_unguarded`], which wants a reason and shows it in the [`AccessTable`].
//!
//! Plain axum routers take `#[protected]` handlers too; they only cannot promise that no handler lacks it.

mod access;
mod docked;
mod guarded;
mod method_router;
mod methods;
mod mount;
mod router;
#[cfg(not(all(feature = "openapi", feature = "typed-routing")))]
mod switched_off;
#[cfg(feature = "typed-routing")]
mod typed;
mod without_state;
mod worded;

#[cfg(feature = "django")]
pub use crate::django::negotiation::drf_negotiation;
#[cfg(feature = "openapi")]
pub(crate) use access::Row;
pub(crate) use access::{Access, Published};
pub use access::{AccessRow, AccessTable};
pub use axum::routing::MethodFilter;
pub use guarded::Guarded;
pub use method_router::{GuardedMethods, MethodRouter};
pub use methods::{any, connect, delete, get, head, on, options, patch, post, put, trace};
pub use mount::Mountable;
pub use router::{GuardedRouter, GuardedRoutes};
#[cfg(feature = "typed-routing")]
pub use typed::TypedHandler;
