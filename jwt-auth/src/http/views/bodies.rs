//! What goes over the wire: one type for each body, in SimpleJWT's order of members.

#[cfg(feature = "password")]
use crate::char_field::MAX_CREDENTIAL;
use crate::clock::Timestamp;
use crate::flows::Refreshed;
use crate::http::body::{CharField, Fields, InvalidBody};
use crate::secret::Secret;
#[cfg(feature = "password")]
use crate::settings::Settings;
use crate::store::{Session, SessionId};
use crate::tokens::TokenPair;
use serde::{Deserialize, Serialize, Serializer};
use std::time::Duration;

/// What `TokenObtainPairView` and `TokenObtainSlidingView` take.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenObtainPairRequest {
    /// The login name. With the setting `username_field` the member has that name.
    #[cfg_attr(feature = "openapi", schema(pattern = r"^[^\x00]*[^\x00\s][^\x00]*$", max_length = 1024))]
    pub username: String,
    /// The password.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Password, min_length = 1, max_length = 1024, pattern = r"^[^\x00]*$"))]
    pub password: Secret,
}

/// What `TokenObtainPairView` answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenObtainPairResponse {
    /// The refresh token.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(serialize_with = "token")]
    pub refresh: Secret,
    /// The access token.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(serialize_with = "token")]
    pub access: Secret,
}

/// What `TokenRefreshView` takes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRefreshRequest {
    /// A refresh token.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = r"^[^\x00]*[^\x00\s][^\x00]*$"))]
    pub refresh: Secret,
}

/// What `TokenRefreshView` answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRefreshResponse {
    /// The new access token.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(serialize_with = "token")]
    pub access: Secret,
    /// The next refresh token, with rotation; else the member is not there.
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    #[serde(serialize_with = "optional_token", skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Secret>,
}

/// What the reauthenticate view takes; it answers as `TokenRefreshView` does.
#[cfg(feature = "password")]
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenReauthenticateRequest {
    /// A refresh token.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = r"^[^\x00]*[^\x00\s][^\x00]*$"))]
    pub refresh: Secret,
    /// The password of its user.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Password, min_length = 1, max_length = 1024, pattern = r"^[^\x00]*$"))]
    pub password: Secret,
}

/// What `TokenVerifyView` takes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenVerifyRequest {
    /// A token of any type.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = r"^[^\x00]*[^\x00\s][^\x00]*$"))]
    pub token: Secret,
}

/// What `TokenBlacklistView` takes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenBlacklistRequest {
    /// A refresh token.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = r"^[^\x00]*[^\x00\s][^\x00]*$"))]
    pub refresh: Secret,
}

/// What the ticket view answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketResponse {
    /// The ticket, to be put into a URL as `?ticket=..` once.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(serialize_with = "token")]
    pub ticket: Secret,
}

/// One login in the list of the sessions API.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionResponse {
    /// Its name, by which it is ended.
    pub sid: String,
    /// When the user logged in, in RFC 3339.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// About when it was last in use, in RFC 3339: to the access lifetime, see [`Session::last_used_at`].
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub last_used_at: Timestamp,
    /// The client's address at login.
    pub ip: Option<String>,
    /// The client's `User-Agent` at login.
    pub user_agent: Option<String>,
    /// Whether the request was made in this session.
    pub current: bool,
}

impl TokenObtainPairRequest {
    /// As Django's serializer reads it: all faults at once, the name in the member that the settings say.
    #[cfg(feature = "password")]
    pub(crate) fn read(mut fields: Fields, settings: &Settings) -> Result<Self, InvalidBody> {
        let username =
            fields.text(CharField { name: &settings.username_field, trims: true, max_length: MAX_CREDENTIAL });
        let password = fields.text(PASSWORD).into();
        fields.finish().map(|()| Self { username, password })
    }
}

impl TokenRefreshRequest {
    pub(super) fn read(fields: Fields) -> Result<Self, InvalidBody> {
        read_token(fields, "refresh").map(|refresh| Self { refresh })
    }
}

#[cfg(feature = "password")]
impl TokenReauthenticateRequest {
    pub(super) fn read(mut fields: Fields) -> Result<Self, InvalidBody> {
        let (refresh, password) = (fields.text(token_field("refresh")).into(), fields.text(PASSWORD).into());
        fields.finish().map(|()| Self { refresh, password })
    }
}

impl TokenVerifyRequest {
    pub(super) fn read(fields: Fields) -> Result<Self, InvalidBody> {
        read_token(fields, "token").map(|token| Self { token })
    }
}

impl TokenBlacklistRequest {
    pub(super) fn read(fields: Fields) -> Result<Self, InvalidBody> {
        read_token(fields, "refresh").map(|refresh| Self { refresh })
    }
}

impl From<TokenPair> for TokenRefreshResponse {
    fn from(pair: TokenPair) -> Self {
        Self { access: pair.access, refresh: Some(pair.refresh) }
    }
}

impl From<TokenPair> for TokenObtainPairResponse {
    fn from(pair: TokenPair) -> Self {
        Self { refresh: pair.refresh, access: pair.access }
    }
}

impl From<Refreshed> for TokenRefreshResponse {
    fn from(refreshed: Refreshed) -> Self {
        Self { access: refreshed.access, refresh: refreshed.refresh }
    }
}

impl SessionResponse {
    pub(super) fn of(session: Session, current: Option<SessionId>, now: Timestamp, access_lifetime: Duration) -> Self {
        Self {
            sid: session.sid.to_string(),
            created_at: session.created_at,
            last_used_at: session.last_used_at(now, access_lifetime),
            ip: session.ip,
            user_agent: session.user_agent,
            current: Some(session.sid) == current,
        }
    }
}

/// Django trims passwords too; here a blank at the end is part of the password (ASVS 6.2.8).
#[cfg(feature = "password")]
const PASSWORD: CharField<'static> = CharField { name: "password", trims: false, max_length: MAX_CREDENTIAL };

/// Longer tokens are refused by `max_token_bytes`, with the answer of a bad token.
const fn token_field(name: &str) -> CharField<'_> {
    CharField { name, trims: true, max_length: usize::MAX }
}

pub(crate) fn read_token(mut fields: Fields, name: &str) -> Result<Secret, InvalidBody> {
    let token = fields.text(token_field(name));
    fields.finish().map(|()| token.into())
}

/// Writes a token out.
pub(crate) fn token<S: Serializer>(token: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose())
}

fn optional_token<S: Serializer>(token: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    token.as_ref().map(Secret::expose).serialize(serializer)
}
