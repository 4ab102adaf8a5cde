//! What a guard asks beyond a good token.

use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::{AuthError, ClassError, StepUp, TokenError};
use crate::permissions::{TextForm, names};
use crate::store::{SessionId, TokenStore};
use crate::verify::VerifiedToken;
use std::fmt;
use std::time::Duration;

/// The options of a guard, as data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    pub(crate) user: bool,
    pub(crate) live: bool,
    pub(crate) ticket: bool,
    pub(crate) step_up: StepUp,
}

impl Demands {
    pub(crate) const NONE: Self =
        Self { user: false, live: false, ticket: false, step_up: StepUp { max_age: None, acr_values: None } };

    /// Whether anything is asked that a verified token does not bring along.
    pub(crate) const fn asks_of_token(&self) -> bool {
        self.live || self.step_up.max_age.is_some() || self.step_up.acr_values.is_some()
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Asks of a verified token what does not need its user.
    pub(crate) async fn check_demands(&self, token: &VerifiedToken, demands: Demands) -> Result<(), AuthError> {
        if demands.live && !self.is_live(token).await? {
            let classes = &self.settings().auth_token_classes;
            return Err(AuthError::TokenNotValid(ClassError::for_each(classes, TokenError::Revoked)));
        }
        let StepUp { max_age, acr_values } = demands.step_up;
        let fresh = max_age.is_none_or(|seconds| self.is_fresh(token, Duration::from_secs(seconds)));
        if fresh && acr_values.is_none_or(|classes| has_reached(token, classes)) {
            Ok(())
        } else {
            Err(AuthError::InsufficientUserAuthentication(demands.step_up))
        }
    }

    /// A token that belongs to no session has none that could be alive.
    async fn is_live(&self, token: &VerifiedToken) -> Result<bool, AuthError> {
        let store = self.parts().store.as_ref().ok_or(NO_STORE)?;
        let Some(sid) = token.session_id().and_then(SessionId::parse) else { return Ok(false) };
        let session = store.find(sid).await?;
        let is_its = |user_id: &str| Some(user_id) == token.user_id();
        Ok(session.is_some_and(|session| is_its(&session.user_id) && session.is_alive(self.now())))
    }

    /// Leeway stretches no freshness. It only lets another issuer's clock be a little ahead, and no more.
    fn is_fresh(&self, token: &VerifiedToken, max_age: Duration) -> bool {
        let now = self.now();
        token
            .auth_time()
            .map(Timestamp::from_seconds)
            .is_some_and(|proven| proven <= now.after(self.settings_of(token).leeway) && now.since(proven) <= max_age)
    }
}

/// Whether `acr` is one of these classes. It is one text (OpenID Connect Core 2); an array does not say which was reached.
fn has_reached(token: &VerifiedToken, classes: &str) -> bool {
    let claim = token.raw_claim("acr").filter(|raw| raw.starts_with('"'));
    let reached = |class| claim.is_some_and(|raw| names(raw, TextForm::Whole, class) == Ok(true));
    classes.split_ascii_whitespace().any(reached)
}

const NO_STORE: AuthError =
    AuthError::Misconfigured("the option `live` asks a session store: call `.store(..)` on the builder");

impl fmt::Display for Demands {
    /// `, user, live, fresh = "300s"`: what stands behind a rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.user {
            f.write_str(", user")?;
        }
        if self.live {
            f.write_str(", live")?;
        }
        if self.ticket {
            f.write_str(", ticket")?;
        }
        if let Some(seconds) = self.step_up.max_age {
            write!(f, ", fresh = \"{seconds}s\"")?;
        }
        match self.step_up.acr_values {
            Some(classes) => write!(f, ", acr = {classes:?}"),
            None => Ok(()),
        }
    }
}
