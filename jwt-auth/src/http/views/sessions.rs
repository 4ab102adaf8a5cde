//! The sessions API: a user's own logins, behind their access token.

use super::bodies::{SessionResponse, TokenRefreshRequest};
use super::{hand_out_pair, logged_out, presented, private, refuse};
use crate::error::{AuthError, EndReason};
use crate::flows::Client;
use crate::http::guard::Guard;
use crate::http::rule::IsAuthenticated;
use crate::http::state::AuthState;
use crate::store::{SESSIONS_PAGE, SessionId, SessionPlace};
use crate::user::TokenUser;
use ::http::header::LINK;
use ::http::{HeaderValue, StatusCode};
use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse, Response};

/// `GET /api/sessions/`: the caller's living sessions, the youngest first, in pages. A full page names the next one in its `Link` (RFC 8288); a
/// cursor that none of them named is 404, as DRF's is.
pub(crate) async fn list_sessions<S: AuthState>(
    _: Guard<IsAuthenticated>,
    State(state): State<S>,
    user: TokenUser,
    RawQuery(query): RawQuery,
) -> Response {
    let auth = state.jwt_auth();
    let current = user.token().session_id().and_then(SessionId::parse);
    let cursor = query.iter().flat_map(|query| query.split('&')).find_map(|pair| pair.strip_prefix("cursor="));
    let page = match cursor.map(SessionPlace::parse) {
        None => auth.sessions(user.id()).await,
        Some(Some(place)) => auth.sessions_after(user.id(), place).await,
        Some(None) => Err(AuthError::NotAvailable),
    };
    match page {
        Ok(sessions) => {
            let (now, access_lifetime) = (auth.now(), auth.settings().access_token_lifetime);
            let next = sessions.last().filter(|_| sessions.len() == SESSIONS_PAGE).map(SessionPlace::of);
            let list = sessions.into_iter().map(|session| SessionResponse::of(session, current, now, access_lifetime));
            let mut answer = private(&list.collect::<Vec<_>>());
            // Digits and letters only, so it always is a header.
            let link = next.map(|place| HeaderValue::try_from(format!("<?cursor={place}>; rel=\"next\"")));
            if let Some(Ok(link)) = link {
                answer.headers_mut().insert(LINK, link);
            }
            answer
        }
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `DELETE /api/sessions/{sid}/`: 204; 404 for what is no living session of the caller's.
pub(crate) async fn end_session<S: AuthState>(
    _: Guard<IsAuthenticated>,
    client: Client,
    State(state): State<S>,
    user: TokenUser,
    Path(sid): Path<String>,
) -> Response {
    let auth = state.jwt_auth();
    let ended = match SessionId::parse(&sid) {
        Some(sid) => auth.end_session_for(user.id(), sid, client).await,
        None => Err(AuthError::NotAvailable),
    };
    match ended {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `POST /api/logout/all/`: 200; all of the caller's sessions are over, this one too.
pub(crate) async fn end_all_sessions<S: AuthState>(
    _: Guard<IsAuthenticated>,
    client: Client,
    State(state): State<S>,
    user: TokenUser,
) -> Response {
    let auth = state.jwt_auth();
    match auth.end_all_sessions_for(user.id(), client, EndReason::SessionRevoked, None).await {
        Ok(()) => logged_out(auth.settings()),
        Err(error) => refuse(error, auth.settings()),
    }
}

/// `POST /api/logout/others/`: `{"refresh"}` in, the next pair out; all of the caller's sessions but that token's are over.
///
/// An access token alone gets no tokens: who has stolen one would live on by it.
pub(crate) async fn end_other_sessions<S: AuthState>(
    _: Guard<IsAuthenticated>,
    client: Client,
    State(state): State<S>,
    user: TokenUser,
    request: Request,
) -> Response {
    let (auth, (mut parts, body)) = (state.jwt_auth(), request.into_parts());
    let presented = presented(&mut parts, body, &state, TokenRefreshRequest::read, |body| &body.refresh).await;
    let (TokenRefreshRequest { refresh }, delivery) = match presented {
        Ok(presented) => presented,
        Err(answer) => return answer,
    };
    match auth.refresh_alone(user.id(), refresh.expose(), client.clone()).await {
        Ok(pair) => hand_out_pair(auth, delivery, pair),
        Err(error) => {
            auth.tell_refresh(Err(&error), refresh.expose(), client);
            refuse(error, auth.settings())
        }
    }
}
