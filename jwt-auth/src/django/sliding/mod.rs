//! Sliding tokens.

mod flows;
mod views;

#[cfg(feature = "openapi")]
pub(crate) use views::sliding_operation;
pub(crate) use views::sliding_view;
pub use views::{TokenRefreshSlidingRequest, TokenSlidingResponse};
