//! Requests that a page of somebody else may have made a browser send.

use crate::secret::Secret;
use std::fmt;

/// A request whose token came in a cookie, and of which it is not shown that a page of the application made it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CsrfFailure {
    /// What is missing.
    pub reason: CsrfReason,
    /// A token that is good for this session: given where the request came from a page of the application, which may send it once more.
    pub token: Option<Secret>,
}

/// What a request lacks that a page of the application would have sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CsrfReason {
    /// It comes from another site's page, by `Sec-Fetch-Site`, `Origin` or `Referer`; or it opens a connection and does not say where it
    /// comes from.
    CrossSite,
    /// There is no header `X-CSRF-Token`.
    MissingHeader,
    /// What stands in it is no CSRF token.
    BadToken,
    /// It is not one of the session whose token the cookie holds.
    WrongSession,
}

impl CsrfReason {
    /// The `reason` member of the answer.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CrossSite => "cross_site",
            Self::MissingHeader => "missing_header",
            Self::BadToken => "bad_token",
            Self::WrongSession => "wrong_session",
        }
    }
}

/// In the manner of Django's and DRF's own.
impl fmt::Display for CsrfReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CrossSite => "CSRF Failed: the request comes from another origin.",
            Self::MissingHeader => "CSRF Failed: CSRF token missing.",
            Self::BadToken => "CSRF Failed: CSRF token incorrect.",
            Self::WrongSession => "CSRF Failed: CSRF token of another session.",
        })
    }
}

impl From<CsrfReason> for CsrfFailure {
    fn from(reason: CsrfReason) -> Self {
        Self { reason, token: None }
    }
}
