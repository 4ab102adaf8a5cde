//! The wing: everything that exists only because Django has it.

#![cfg(feature = "django")]

mod body;
pub(crate) mod ledger;
mod metadata;
mod named_user;
pub(crate) mod negotiation;
mod password;
mod protocol;
mod pyjwt;
mod python;
mod revocation_claim;
mod settings;
pub(crate) mod sliding;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) mod store;

pub(crate) use ledger::{Ledger, Tables};
pub(crate) use password::SCHEMES;
pub(crate) use protocol::PROTOCOL;
pub(crate) use pyjwt::POLICY;
pub(crate) use revocation_claim::password_mark;
pub(crate) use settings::{RULES, RULES_6, without_deed};

#[cfg(feature = "openapi")]
pub(crate) use sliding::sliding_operation;
pub(crate) use sliding::sliding_view;

impl<T: ?Sized> crate::http::features::WithDjango for T {}
