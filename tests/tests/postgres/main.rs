//! The PostgreSQL store: what the contract of all stores does not ask.

mod faults;
mod feed;
mod moves;
mod node;
mod start;
mod throttle;
mod wake_up;
