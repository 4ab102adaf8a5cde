//! What can happen.

use super::Subject;
use crate::flows::Client;

/// Something that an operator or an auditor may ask about. A request to a token view leaves one, as does a request that a guard
/// refuses although it brought credentials; a request that is let through, or refused for want of credentials, leaves none.
///
/// The [names](Self::name) do not change between releases. `code` says why, in the words of the answer's `reason` where it has one:
/// `token_expired`, `session_revoked`, `no_active_account`, `permission_denied`, `unavailable`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditEvent {
    /// `login.succeeded`: tokens were handed out for a proof of identity.
    LoginSucceeded {
        /// Who, with the session that was opened.
        subject: Subject,
    },
    /// `login.failed`: none were, whatever the reason.
    LoginFailed {
        /// Only the client is known.
        subject: Subject,
        /// The name that was given, its first 150 characters. People type passwords into that field, so keep it as you would
        /// keep one; `tracing` does not get it.
        username: String,
        /// Why.
        code: &'static str,
    },
    /// `login.throttled`: none were, as too many have failed before. No password was looked at, unless so many were tried at once that this
    /// one came too late.
    LoginThrottled {
        /// Only the client is known.
        subject: Subject,
        /// As of [`LoginFailed`](Self::LoginFailed).
        username: String,
    },
    /// `refresh.rotated`: the newest refresh token was exchanged for the next one.
    RefreshRotated {
        /// Who.
        subject: Subject,
    },
    /// `refresh.replayed`: a spent one came back in time and got the same successor, as after a lost answer.
    RefreshReplayed {
        /// Who.
        subject: Subject,
    },
    /// `refresh.recovered`: the last but one came back late and got a new successor; what was issued meanwhile is orphaned.
    RefreshRecovered {
        /// Who.
        subject: Subject,
        /// Whether it is another client than the one that made the last move, by address and agent text: a lost answer whose retry came
        /// from another address, or a thief. Nobody but the user can tell; `tracing` has it at `warn`.
        by_another_client: bool,
        /// The client of the login.
        login: Client,
    },
    /// `refresh.conflict`: somebody else moved the session a moment ago. Nothing changed.
    RefreshConflict {
        /// Who.
        subject: Subject,
    },
    /// `refresh.renewed`: a new access token for a refresh token that stays as it is, without rotation.
    RefreshRenewed {
        /// Who.
        subject: Subject,
    },
    /// `refresh.refused`: no tokens; the token is not good, its session is over, or its user gets no more.
    RefreshRefused {
        /// Who, where the token is authentic.
        subject: Subject,
        /// Why.
        code: &'static str,
    },
    /// `token.reuse_detected`: a spent refresh token came back that only a thief or its victim can hold. The session is over.
    ReuseDetected {
        /// Who presented it.
        subject: Subject,
        /// The generation that was presented.
        presented: u64,
        /// The newest one.
        newest: u64,
    },
    /// `auth.reauth`: a user who is logged in has proven anew who they are.
    Reauthenticated {
        /// Who.
        subject: Subject,
    },
    /// `auth.reauth_failed`: they have not.
    ReauthenticationFailed {
        /// Who, where the refresh token is authentic.
        subject: Subject,
        /// Why.
        code: &'static str,
    },
    /// `logout.succeeded`: the session of a refresh token is over, or the token is on SimpleJWT's blacklist.
    LoggedOut {
        /// Who.
        subject: Subject,
    },
    /// `logout.failed`: the token is not good, or its session was over already.
    LogoutFailed {
        /// Who, where the token is authentic.
        subject: Subject,
        /// Why.
        code: &'static str,
    },
    /// `session.revoked`: one session of a user was ended by its id.
    SessionRevoked {
        /// Whose, with the session that is over.
        subject: Subject,
    },
    /// `sessions.revoked_all`: all sessions of a user are over.
    AllSessionsRevoked {
        /// Whose.
        subject: Subject,
    },
    /// `sessions.revoked_others`: all sessions of a user but one are over.
    OtherSessionsRevoked {
        /// Whose, with the session that goes on.
        subject: Subject,
    },
    /// `key.compromised`: this node has heard that a key is known to others, and refuses what it signed. Each node tells of it once.
    KeyCompromised {
        /// Nobody.
        subject: Subject,
        /// The key's `kid`.
        key_id: String,
    },
    /// `authz.denied`: a guard or an extractor answered 401 or 403 to a request with credentials.
    Denied {
        /// Who, where the token is good.
        subject: Subject,
        /// Why.
        code: &'static str,
        /// The route as the router has it, `/orders/{id}`: a path could hold a secret. `None` outside a router.
        route: Option<String>,
        /// The rule that said no, for 403.
        rule: Option<String>,
    },
}

impl AuditEvent {
    /// Its name, which stays.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LoginSucceeded { .. } => "login.succeeded",
            Self::LoginFailed { .. } => "login.failed",
            Self::LoginThrottled { .. } => "login.throttled",
            Self::RefreshRotated { .. } => "refresh.rotated",
            Self::RefreshReplayed { .. } => "refresh.replayed",
            Self::RefreshRecovered { .. } => "refresh.recovered",
            Self::RefreshConflict { .. } => "refresh.conflict",
            Self::RefreshRenewed { .. } => "refresh.renewed",
            Self::RefreshRefused { .. } => "refresh.refused",
            Self::ReuseDetected { .. } => "token.reuse_detected",
            Self::Reauthenticated { .. } => "auth.reauth",
            Self::ReauthenticationFailed { .. } => "auth.reauth_failed",
            Self::LoggedOut { .. } => "logout.succeeded",
            Self::LogoutFailed { .. } => "logout.failed",
            Self::SessionRevoked { .. } => "session.revoked",
            Self::AllSessionsRevoked { .. } => "sessions.revoked_all",
            Self::OtherSessionsRevoked { .. } => "sessions.revoked_others",
            Self::KeyCompromised { .. } => "key.compromised",
            Self::Denied { .. } => "authz.denied",
        }
    }

    /// Whom it is about.
    pub const fn subject(&self) -> &Subject {
        match self {
            Self::LoginSucceeded { subject }
            | Self::LoginFailed { subject, .. }
            | Self::LoginThrottled { subject, .. }
            | Self::RefreshRotated { subject }
            | Self::RefreshReplayed { subject }
            | Self::RefreshRecovered { subject, .. }
            | Self::RefreshConflict { subject }
            | Self::RefreshRenewed { subject }
            | Self::RefreshRefused { subject, .. }
            | Self::ReuseDetected { subject, .. }
            | Self::Reauthenticated { subject }
            | Self::ReauthenticationFailed { subject, .. }
            | Self::LoggedOut { subject }
            | Self::LogoutFailed { subject, .. }
            | Self::SessionRevoked { subject }
            | Self::AllSessionsRevoked { subject }
            | Self::OtherSessionsRevoked { subject }
            | Self::KeyCompromised { subject, .. }
            | Self::Denied { subject, .. } => subject,
        }
    }

    /// Why, for what did not go well.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::LoginFailed { code, .. }
            | Self::RefreshRefused { code, .. }
            | Self::ReauthenticationFailed { code, .. }
            | Self::LogoutFailed { code, .. }
            | Self::Denied { code, .. } => Some(code),
            _ => None,
        }
    }
}
