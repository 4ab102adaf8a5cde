//! Tokens: SimpleJWT's classes, what each must hold, and how one is made.

mod class;
mod pair;

pub use class::TokenClass;
pub use pair::TokenPair;
