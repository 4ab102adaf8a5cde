//! Who is at the other end.

/// What is known of the device behind a request; kept on the session for the user's own list of devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address.
    pub ip: Option<String>,
    /// Its `User-Agent`.
    pub user_agent: Option<String>,
}
