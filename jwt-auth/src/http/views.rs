//! SimpleJWT's views: body in, flow, JSON out.

use super::credentials;
use super::rejection::{Rejection, json};
use super::serializer::{CharField, Fields, InvalidBody};
use super::state::AuthState;
use crate::error::AuthError;
use crate::flows::Client;
use crate::secret::Secret;
use crate::settings::Settings;
use ::http::header::{CACHE_CONTROL, HeaderValue, USER_AGENT};
use ::http::{HeaderMap, StatusCode};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// `TokenObtainPairView`: name and password in, `{"refresh", "access"}` out.
#[cfg(feature = "password")]
pub(crate) async fn token_obtain_pair<S>(state: S, request: Request) -> Response
where
    S: AuthState,
    S::User: crate::user::User,
{
    let auth = state.jwt_auth();
    let client = client_of(request.headers());
    let [username, password] =
        match read_fields(request, auth.settings(), [username_field(auth.settings()), PASSWORD]).await {
            Ok(fields) => fields,
            Err(invalid) => return invalid.into_response(),
        };
    match auth.obtain(&username, Secret::new(password), client).await {
        Ok(pair) => tokens(&Pair { refresh: pair.refresh.expose(), access: pair.access.expose() }),
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `TokenRefreshView`: `{"refresh"}` in, `{"access"}` out, with rotation also the next `"refresh"`.
pub(crate) async fn token_refresh<S: AuthState>(state: S, request: Request) -> Response {
    let auth = state.jwt_auth();
    let client = client_of(request.headers());
    let [token] = match read_fields(request, auth.settings(), [REFRESH]).await {
        Ok(fields) => fields,
        Err(invalid) => return invalid.into_response(),
    };
    match auth.refresh(&token, client).await {
        Ok(refreshed) => tokens(&Refreshed {
            access: refreshed.access.expose(),
            refresh: refreshed.refresh.as_ref().map(Secret::expose),
        }),
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `TokenVerifyView`: `{"token"}` in, `{}` out.
pub(crate) async fn token_verify<S: AuthState>(state: S, request: Request) -> Response {
    let auth = state.jwt_auth();
    let [token] = match read_fields(request, auth.settings(), [TOKEN]).await {
        Ok(fields) => fields,
        Err(invalid) => return invalid.into_response(),
    };
    done(auth.verify(&token).await, auth.settings())
}

/// `TokenBlacklistView`: `{"refresh"}` in, `{}` out, and its session is over.
pub(crate) async fn token_blacklist<S: AuthState>(state: S, request: Request) -> Response {
    let auth = state.jwt_auth();
    let [token] = match read_fields(request, auth.settings(), [REFRESH]).await {
        Ok(fields) => fields,
        Err(invalid) => return invalid.into_response(),
    };
    done(auth.blacklist(&token).await, auth.settings())
}

/// An access token in the header, `{"ticket"}` out.
pub(crate) async fn token_ticket<S: AuthState>(state: S, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let token = match credentials::require(&mut parts, &state).await {
        Ok(token) => token,
        Err(rejection) => return rejection.into_response(),
    };
    let auth = state.jwt_auth();
    match auth.ticket_for(&token) {
        Ok(ticket) => tokens(&Ticket { ticket: ticket.expose() }),
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `TokenObtainSlidingView`: name and password in, `{"token"}` out.
#[cfg(feature = "django")]
pub(crate) async fn token_obtain_sliding<S>(state: S, request: Request) -> Response
where
    S: AuthState,
    S::User: crate::user::User,
{
    let auth = state.jwt_auth();
    let [username, password] =
        match read_fields(request, auth.settings(), [username_field(auth.settings()), PASSWORD]).await {
            Ok(fields) => fields,
            Err(invalid) => return invalid.into_response(),
        };
    match auth.obtain_sliding(&username, Secret::new(password)).await {
        Ok(token) => tokens(&Sliding { token: token.expose() }),
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `TokenRefreshSlidingView`: `{"token"}` in, `{"token"}` out.
#[cfg(feature = "django")]
pub(crate) async fn token_refresh_sliding<S: AuthState>(state: S, request: Request) -> Response {
    let auth = state.jwt_auth();
    let [token] = match read_fields(request, auth.settings(), [TOKEN]).await {
        Ok(fields) => fields,
        Err(invalid) => return invalid.into_response(),
    };
    match auth.refresh_sliding(&token).await {
        Ok(token) => tokens(&Sliding { token: token.expose() }),
        Err(error) => refuse(error, auth.settings()),
    }
}

#[cfg(feature = "password")]
fn username_field(settings: &Settings) -> CharField<'_> {
    #[cfg(feature = "django")]
    let name = settings.username_field.as_str();
    #[cfg(not(feature = "django"))]
    let (name, _) = ("username", settings);
    CharField { name, trim: true, max_length: 1024 }
}

/// Django trims passwords too; here a blank at the end is part of the password (ASVS 6.2.8).
#[cfg(feature = "password")]
const PASSWORD: CharField<'static> = CharField { name: "password", trim: false, max_length: 1024 };
/// Longer tokens are refused by `max_token_bytes`, with the answer of a bad token.
const REFRESH: CharField<'static> = CharField { name: "refresh", trim: true, max_length: usize::MAX };
const TOKEN: CharField<'static> = CharField { name: "token", ..REFRESH };

async fn read_fields<const N: usize>(
    request: Request,
    settings: &Settings,
    wanted: [CharField<'_>; N],
) -> Result<[String; N], InvalidBody> {
    let mut fields = Fields::read(request, settings).await?;
    let values = wanted.map(|field| fields.text(field));
    fields.finish()?;
    Ok(values)
}

fn client_of(headers: &HeaderMap) -> Client {
    let user_agent = headers
        .get(USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(MAX_USER_AGENT).collect());
    Client { ip: None, user_agent }
}

/// In characters: what a session list needs to name a device, and no room for more.
const MAX_USER_AGENT: usize = 256;

fn tokens(body: &impl Serialize) -> Response {
    let mut response = json(StatusCode::OK, body);
    // RFC 6749 5.1: answers with tokens are not kept by anybody on the way.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn done(outcome: Result<(), AuthError>, settings: &Settings) -> Response {
    match outcome {
        Ok(()) => json(StatusCode::OK, &serde_json::json!({})),
        Err(error) => refuse(error, settings),
    }
}

fn refuse(error: AuthError, settings: &Settings) -> Response {
    Rejection::new(error, settings).into_response()
}

#[cfg(feature = "password")]
#[derive(Serialize)]
struct Pair<'a> {
    refresh: &'a str,
    access: &'a str,
}

#[cfg(feature = "django")]
#[derive(Serialize)]
struct Sliding<'a> {
    token: &'a str,
}

#[derive(Serialize)]
struct Ticket<'a> {
    ticket: &'a str,
}

#[derive(Serialize)]
struct Refreshed<'a> {
    access: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<&'a str>,
}
