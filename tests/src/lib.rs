//! What the black-box suites share.

pub mod scratch;
pub mod sessions;

/// Whether the long versions of the suites are asked for: `JWT_AUTH_LONG=1`.
pub fn long() -> bool {
    std::env::var_os("JWT_AUTH_LONG").is_some()
}
