//! What the black-box suites share.

pub mod scratch;
