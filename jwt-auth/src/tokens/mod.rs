//! Tokens: SimpleJWT's classes, what each must hold, and how one is made.

mod class;
mod issuer;
mod pair;
#[cfg(feature = "django")]
mod simple_jwt;
mod ticket;

pub use class::TokenClass;
#[cfg(feature = "django")]
pub(crate) use issuer::check_somebody;
pub(crate) use issuer::{Issuer, PASSWORD_MARK, Stamp, own_claims};
pub use pair::TokenPair;
#[cfg(feature = "django")]
pub(crate) use simple_jwt::{SimpleToken, lifetime};
pub(crate) use ticket::access_end;
