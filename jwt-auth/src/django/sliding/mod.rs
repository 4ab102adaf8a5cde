//! Sliding tokens.

mod flows;
