//! The views that verify, blacklist (log out) and reauthenticate: body in, flow, JSON out.

use super::bodies::{TokenBlacklistRequest, TokenVerifyRequest};
#[cfg(feature = "password")]
use super::{bodies::TokenReauthenticateRequest, hand_out_pair, presented};
use super::{done, logged_out, refuse};
use crate::http::body::Fields;
use crate::http::client::client_of;
use crate::http::cookies::{self, Delivery};
use crate::http::state::AuthState;
#[cfg(feature = "password")]
use crate::http::state::UserState;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};

/// `TokenVerifyView`: `{"token"}` in, `{}` out.
pub(crate) async fn token_verify<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    match Fields::read(&parts, body, auth.settings()).await.and_then(TokenVerifyRequest::read) {
        Ok(body) => {
            let client = client_of(&parts, &state);
            done(auth.verify_for(body.token.expose(), &client).await, auth.settings())
        }
        Err(invalid) => invalid.into_response(),
    }
}

/// `TokenBlacklistView`: `{"refresh"}` in, `{}` out, and its session is over.
pub(crate) async fn token_blacklist<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (mut parts, body)) = (state.jwt_auth(), request.into_parts());
    let settings = auth.settings();
    let mut fields = match Fields::read(&parts, body, settings).await {
        Ok(fields) => fields,
        Err(invalid) => return invalid.into_response(),
    };
    let delivery = cookies::lend(&mut fields, &parts.headers, settings);
    if settings.cookies && !fields.has("refresh") {
        // Logged out already. Who sends this is asked all the same: a page of another site must not take cookies away.
        return match cookies::check_login(&parts, settings) {
            Ok(_) => logged_out(settings),
            Err(error) => refuse(error, settings),
        };
    }
    let TokenBlacklistRequest { refresh } = match TokenBlacklistRequest::read(fields) {
        Ok(body) => body,
        Err(invalid) => return invalid.into_response(),
    };
    if let Err(refusal) = cookies::check_presented(&mut parts, &state, delivery, refresh.expose()) {
        return refusal.into_response();
    }
    let client = client_of(&parts, &state);
    if delivery == Delivery::Body {
        return done(auth.log_out(refresh.expose(), client).await, settings);
    }
    let left = cookies::leave(auth, refresh.expose(), &client).await;
    // A browser that asks twice is logged out, too, and nothing has happened.
    if !matches!(left, Ok(false)) {
        auth.tell_logout(left.as_ref().map(|_| &()), refresh.expose(), client);
    }
    match left {
        Ok(_) => logged_out(settings),
        Err(error) => refuse(error, settings),
    }
}

/// Password of the user whom `{"refresh"}` names in, the next pair out, with a new `auth_time` (RFC 9470).
#[cfg(feature = "password")]
pub(crate) async fn token_reauthenticate<S: UserState>(state: S, request: Request) -> Response {
    let (auth, (mut parts, body)) = (state.jwt_auth(), request.into_parts());
    let presented = presented(&mut parts, body, &state, TokenReauthenticateRequest::read, |body| &body.refresh).await;
    let (TokenReauthenticateRequest { refresh, password }, delivery) = match presented {
        Ok(presented) => presented,
        Err(answer) => return answer,
    };
    let client = client_of(&parts, &state);
    let device = cookies::device(&parts.headers, auth.settings());
    match auth.reauthenticate_on(refresh.expose(), password, client.clone(), device).await {
        Ok(pair) => hand_out_pair(auth, delivery, pair),
        Err(error) => {
            auth.tell_failed_reauthentication(&error, refresh.expose(), client);
            refuse(error, auth.settings())
        }
    }
}
