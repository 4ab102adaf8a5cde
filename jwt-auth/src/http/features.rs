//! What the compiler says where something is used whose feature is off.
//!
//! A bound by one of these traits holds when the feature is on. What needs a feature exists in every build, and without the
//! feature it has such a bound and does nothing: rustc would only say that there is no such method.

/// Holds with the feature `password`.
#[diagnostic::on_unimplemented(
    message = "this needs the feature `password` of `jwt-auth`",
    label = "`jwt-auth` is built without the feature `password`",
    note = "write `features = [\"password\"]` at `jwt-auth` in `Cargo.toml`; a login of your own needs no feature: `obtain = MyView`"
)]
pub trait WithPassword {}

/// Holds with the feature `django`, whose wing implements it.
#[diagnostic::on_unimplemented(
    message = "this needs the feature `django` of `jwt-auth`",
    label = "`jwt-auth` is built without the feature `django`",
    note = "write `features = [\"django\"]` at `jwt-auth` in `Cargo.toml`"
)]
pub trait WithDjango {}

/// Holds with the feature `typed-routing`.
#[cfg(not(feature = "typed-routing"))]
#[diagnostic::on_unimplemented(
    message = "this needs the feature `typed-routing` of `jwt-auth`",
    label = "`jwt-auth` is built without the feature `typed-routing`",
    note = "write `features = [\"typed-routing\"]` at `jwt-auth` in `Cargo.toml`"
)]
pub trait WithTypedRouting {}

/// Holds with the feature `openapi`.
#[cfg(not(feature = "openapi"))]
#[diagnostic::on_unimplemented(
    message = "this needs the feature `openapi` of `jwt-auth`",
    label = "`jwt-auth` is built without the feature `openapi`",
    note = "write `features = [\"openapi\"]` at `jwt-auth` in `Cargo.toml`"
)]
pub trait WithOpenapi {}

#[cfg(feature = "password")]
impl<T: ?Sized> WithPassword for T {}
