//! Which event a flow leaves.

use super::code::code;
use super::{AuditEvent, Subject};
use crate::auth::JwtAuth;
use crate::error::{AuthError, EndReason};
use crate::flows::{Client, Refreshed};
use crate::secret::Secret;
use crate::store::{Move, Presentation, Session, SessionId};
use crate::tokens::TokenClass;

/// The longest user name of Django.
const MAX_USERNAME: usize = 150;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// One event for what the session table said.
    pub(crate) fn tell_move(&self, moved: &Move, presented: &Presentation, client: &Client) {
        let Presentation { sid, generation, reauthentication, .. } = presented;
        let (sid, is_reauthentication) = (*sid, reauthentication.is_some());
        let client = client.clone();
        let named = Subject::of_session;
        let unnamed = |client| Subject { user: None, sid: Some(sid), client };
        self.parts().audit.tell(&match moved {
            Move::Rotated(session) | Move::Replayed(session) | Move::Recovered { session, .. }
                if is_reauthentication =>
            {
                AuditEvent::Reauthenticated { subject: named(session, client) }
            }
            Move::Rotated(session) => AuditEvent::RefreshRotated { subject: named(session, client) },
            Move::Replayed(session) => AuditEvent::RefreshReplayed { subject: named(session, client) },
            Move::Recovered { session, before } => AuditEvent::RefreshRecovered {
                subject: named(session, client),
                by_another_client: !presented.is_by(*before),
                login: Client { ip: session.ip.clone(), user_agent: session.user_agent.clone() },
            },
            Move::Conflict => AuditEvent::RefreshConflict { subject: unnamed(client) },
            Move::Theft(session) => return self.tell_theft(session, *generation, client),
            // The other reasons can also come from the user, and are told where a refusal is answered.
            Move::Ended(EndReason::TokenReused) => {
                AuditEvent::RefreshRefused { subject: unnamed(client), code: EndReason::TokenReused.code() }
            }
            Move::Ended(_) => return,
        });
    }

    /// One event for a session that has been ended because a spent token came back, to a refresh or to the verify view.
    pub(crate) fn tell_theft(&self, session: &Session, presented: u64, client: Client) {
        let subject = Subject::of_session(session, client);
        self.parts().audit.tell(&AuditEvent::ReuseDetected { subject, presented, newest: session.generation });
    }

    /// One event for a login: the refresh token that it handed out, or why it did not.
    pub(crate) fn tell_login(&self, outcome: Result<&Secret, &AuthError>, username: &str, client: Client) {
        self.tell_any_login(outcome, TokenClass::Refresh, username, client);
    }

    /// One event for a login that hands out a token of this class.
    pub(crate) fn tell_any_login(
        &self,
        outcome: Result<&Secret, &AuthError>,
        class: TokenClass,
        username: &str,
        client: Client,
    ) {
        self.parts().audit.tell(&match outcome {
            Ok(token) => AuditEvent::LoginSucceeded { subject: self.subject_of(token.expose(), class, client) },
            Err(error) => {
                let subject = Subject { client, ..Subject::default() };
                let username = username.chars().take(MAX_USERNAME).collect();
                match error {
                    AuthError::Throttled { .. } => AuditEvent::LoginThrottled { subject, username },
                    error => AuditEvent::LoginFailed { subject, username, code: code(error) },
                }
            }
        });
    }

    /// One event for a refresh, unless the session table has left one.
    pub(crate) fn tell_refresh(&self, outcome: Result<&Refreshed, &AuthError>, raw: &str, client: Client) {
        let refreshed = match outcome {
            // Told by the table.
            Err(AuthError::RefreshConflict | AuthError::SessionEnded(EndReason::TokenReused)) => return,
            Ok(Refreshed { refresh: Some(_), .. }) if self.parts().store.is_some() => return,
            Ok(refreshed) => Ok(refreshed.refresh.is_some()),
            Err(error) => Err(error),
        };
        self.tell_any_refresh(refreshed, TokenClass::Refresh, raw, client);
    }

    /// One event for a refresh of a token of this class: whether there is a next one, or why it was refused.
    pub(crate) fn tell_any_refresh(
        &self,
        refreshed: Result<bool, &AuthError>,
        class: TokenClass,
        raw: &str,
        client: Client,
    ) {
        let subject = self.subject_of(raw, class, client);
        self.parts().audit.tell(&match refreshed {
            Ok(true) => AuditEvent::RefreshRotated { subject },
            Ok(false) => AuditEvent::RefreshRenewed { subject },
            Err(error) => AuditEvent::RefreshRefused { subject, code: code(error) },
        });
    }

    /// One event for a re-authentication by password that failed, unless the session table has left one.
    #[cfg(feature = "password")]
    pub(crate) fn tell_failed_reauthentication(&self, error: &AuthError, raw: &str, client: Client) {
        if matches!(error, AuthError::RefreshConflict | AuthError::SessionEnded(EndReason::TokenReused)) {
            return;
        }
        let subject = self.subject_of(raw, TokenClass::Refresh, client);
        self.parts().audit.tell(&AuditEvent::ReauthenticationFailed { subject, code: code(error) });
    }

    /// One event for a logout.
    pub(crate) fn tell_logout(&self, outcome: Result<&(), &AuthError>, raw: &str, client: Client) {
        let subject = self.subject_of(raw, TokenClass::Refresh, client);
        self.parts().audit.tell(&match outcome {
            Ok(()) => AuditEvent::LoggedOut { subject },
            Err(error) => AuditEvent::LogoutFailed { subject, code: code(error) },
        });
    }

    /// One event for sessions that were ended by their user or an administrator: one, or all.
    pub(crate) fn tell_revoked(&self, user_id: &str, sid: Option<SessionId>, client: Client) {
        let subject = Subject { user: Some(user_id.to_owned()), sid, client };
        self.parts().audit.tell(&match sid {
            Some(_) => AuditEvent::SessionRevoked { subject },
            None => AuditEvent::AllSessionsRevoked { subject },
        });
    }

    /// One event for sessions that were ended but for this one.
    pub(crate) fn tell_others_revoked(&self, user_id: &str, kept: SessionId, client: Client) {
        let subject = Subject { user: Some(user_id.to_owned()), sid: Some(kept), client };
        self.parts().audit.tell(&AuditEvent::OtherSessionsRevoked { subject });
    }

    /// One event for a request that was refused although it brought credentials.
    pub(crate) fn denial(error: &AuthError, subject: Subject, route: Option<String>) -> AuditEvent {
        let rule = match error {
            AuthError::PermissionDenied(denial) => Some(denial.rule.clone()),
            _ => None,
        };
        AuditEvent::Denied { subject, code: code(error), route, rule }
    }

    /// What a token says of itself, once more: for the log, and only if it is authentic.
    fn subject_of(&self, raw: &str, class: TokenClass, client: Client) -> Subject {
        Subject::of_token(self.read_token(raw, class).as_ref().ok(), client)
    }
}
