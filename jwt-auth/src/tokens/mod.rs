//! Tokens: SimpleJWT's classes, what each must hold, and how one is made.

mod class;
#[cfg_attr(not(feature = "cookies"), allow(dead_code, reason = "cookies alone have such tokens"))]
mod csrf_keys;
#[cfg_attr(not(feature = "cookies"), allow(dead_code, reason = "cookies alone make them"))]
mod device_keys;
pub(crate) mod issuer;
mod other_kind;
mod pair;
mod ticket;

pub use class::TokenClass;
pub(crate) use csrf_keys::{CsrfKeys, own_keys};
pub(crate) use device_keys::DeviceKeys;
pub(crate) use issuer::{Issuer, LOGIN_MARK, PASSWORD_MARK, Stamp, own_claims};
pub use pair::TokenPair;
pub(crate) use ticket::access_end;
