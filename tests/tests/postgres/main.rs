//! The PostgreSQL store: what the contract of all stores does not ask.

mod faults;
mod feed;
mod moves;
mod node;
mod pooler;
mod start;
mod throttle;
#[cfg(unix)]
mod tls;
mod wake_up;
