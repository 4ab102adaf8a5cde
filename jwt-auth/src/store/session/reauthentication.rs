//! A new proof of identity.

/// How a user proved anew who they are, within a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reauthentication {
    /// Authentication methods by their names of RFC 8176 (`pwd`, `otp`, `hwk`); added to those of the session.
    pub amr: Vec<String>,
    /// The authentication context class that was reached with it (`mfa`), in place of the session's; `None` for none.
    pub acr: Option<String>,
}
