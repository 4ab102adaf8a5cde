//! The flows of SimpleJWT's serializers, free of HTTP: what the views, the command line and tests call.

mod blacklist;
mod client;
mod deed;
mod hints;
mod located;
mod login;
#[cfg(feature = "password")]
mod new_password;
mod note_hand_out;
#[cfg(feature = "password")]
mod obtain;
mod other_sessions;
mod proven;
mod reauthenticate;
mod refresh;
mod sessions;
mod standing;
mod throttle;
mod ticket;
mod verify;

#[cfg(feature = "cookies")]
pub(crate) use blacklist::LOGOUT;
pub use client::Client;
pub(crate) use deed::Deed;
pub(crate) use hints::Hints;
pub use login::Login;
pub(crate) use login::PASSWORD;
pub use refresh::Refreshed;
pub(crate) use throttle::{Attempt, Attempted, NameMark, Throttle, blames_nobody};
