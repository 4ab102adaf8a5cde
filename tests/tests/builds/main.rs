//! Programs beside us, built by a cargo of their own: with other features, or with other crates, than this workspace has.

mod features;
mod providers;
