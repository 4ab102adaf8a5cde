//! SimpleJWT's token classes.

use super::other_kind::is_of_another_kind;
use crate::error::TokenError;
use crate::settings::Settings;
use crate::verify::VerifiedToken;
use std::time::Duration;

/// A kind of token: which `token_type` it carries and where it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenClass {
    /// `AccessToken`, type `access`: what guarded routes accept.
    Access,
    /// `RefreshToken`, type `refresh`: what the refresh and blacklist views accept.
    Refresh,
    /// `SlidingToken`, type `sliding`: one token that opens routes and is refreshed itself. Needs the feature `django`; a build
    /// without it refuses this in `auth_token_classes` at the start.
    Sliding,
    /// Type `ticket`: what opens a handler with the option `ticket` once, and nothing else; it cannot stand in
    /// `auth_token_classes`. SimpleJWT has none.
    Ticket,
    /// `UntypedToken`: any type but `ticket`, also none. The verify view accepts it, and so may guarded routes that trust the tokens of
    /// another issuer, of whatever kind they are.
    Untyped,
}

impl TokenClass {
    /// SimpleJWT's class name, as error bodies give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "AccessToken",
            Self::Refresh => "RefreshToken",
            Self::Sliding => "SlidingToken",
            Self::Ticket => "TicketToken",
            Self::Untyped => "UntypedToken",
        }
    }

    /// The value of the type claim; `None` accepts every type.
    pub const fn token_type(self) -> Option<&'static str> {
        match self {
            Self::Access => Some("access"),
            Self::Refresh => Some("refresh"),
            Self::Sliding => Some("sliding"),
            Self::Ticket => Some("ticket"),
            Self::Untyped => None,
        }
    }

    /// How long after a login such a token may be alive.
    pub(crate) fn longest_life(self, settings: &Settings) -> Duration {
        match self {
            // A ticket ends with the token it was made from at the latest.
            Self::Access | Self::Ticket => settings.access_token_lifetime,
            Self::Refresh => settings.refresh_token_lifetime,
            // Refreshed in its last moment.
            Self::Sliding => longest_sliding_life(settings),
            Self::Untyped => [Self::Access, Self::Refresh]
                .into_iter()
                .map(|class| class.longest_life(settings))
                .fold(longest_sliding_life(settings), Duration::max),
        }
    }

    /// Checks that a verified token is of this class; with `token_type_claim` unset every token is (as in SimpleJWT), and none a
    /// ticket.
    ///
    /// Of another issuer's tokens, whose type no claim tells, those are [`Untyped`](Self::Untyped) alone that show that they are no access tokens.
    pub(crate) fn check(self, token: &VerifiedToken, settings: &Settings) -> Result<(), TokenError> {
        let tells_kinds = || settings.profile.rules().tells_kinds && settings.signing_key.is_none();
        match (&settings.token_type_claim, self.token_type()) {
            (None, _) if self == Self::Ticket => Err(TokenError::MissingType),
            (None, Some(_)) if tells_kinds() && is_of_another_kind(token) => Err(TokenError::WrongType),
            (None, _) => Ok(()),
            (Some(_), None) if token.token_type() == Self::Ticket.token_type() => Err(TokenError::WrongType),
            (Some(_), None) => Ok(()),
            (Some(claim), Some(expected)) => match token.token_type() {
                Some(found) if found == expected => Ok(()),
                None if token.raw_claim(claim).is_none() => Err(TokenError::MissingType),
                _ => Err(TokenError::WrongType),
            },
        }
    }
}

/// Also where nothing hands out such tokens: how long revocations are kept must not hang on a feature.
fn longest_sliding_life(settings: &Settings) -> Duration {
    settings.sliding_token_refresh_lifetime.saturating_add(settings.sliding_token_lifetime)
}
