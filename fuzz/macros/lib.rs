//! The modules of `jwt-auth-macros` as they are there, in a crate that may export functions.

#![allow(dead_code)]

#[path = "../../jwt-auth-macros/src/auth_state/mod.rs"]
mod auth_state;
#[path = "../../jwt-auth-macros/src/ctxt.rs"]
mod ctxt;
#[path = "../../jwt-auth-macros/src/duration.rs"]
mod duration;
#[path = "../../jwt-auth-macros/src/guard_options.rs"]
mod guard_options;
#[path = "../../jwt-auth-macros/src/handler.rs"]
mod handler;
#[path = "../../jwt-auth-macros/src/options.rs"]
mod options;
#[path = "../../jwt-auth-macros/src/paths.rs"]
mod paths;
#[path = "../../jwt-auth-macros/src/permissions/mod.rs"]
mod permissions;
#[path = "../../jwt-auth-macros/src/protected/mod.rs"]
mod protected;
#[path = "../../jwt-auth-macros/src/routes/mod.rs"]
mod routes;
#[path = "../../jwt-auth-macros/src/rule/mod.rs"]
mod rule;
#[path = "../../jwt-auth-macros/src/spelled.rs"]
mod spelled;
#[path = "../../jwt-auth-macros/src/suggest.rs"]
mod suggest;
#[path = "../../jwt-auth-macros/src/token_routes/mod.rs"]
mod token_routes;

#[path = "../../jwt-auth-macros/src/tests/any_input.rs"]
mod any_input;

/// Panics where a property does not hold.
pub fn macro_input(data: &[u8]) {
    any_input::macro_input(data);
}
