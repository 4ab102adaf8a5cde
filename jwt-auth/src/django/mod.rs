//! The wing: everything that exists only because Django has it.

pub(crate) mod body;
pub(crate) mod ledger;
pub(crate) mod metadata;
pub(crate) mod negotiation;
pub(crate) mod pyjwt;
pub(crate) mod python;
mod revocation_claim;
mod sliding;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) mod store;

pub(crate) use revocation_claim::revocation_claim;
