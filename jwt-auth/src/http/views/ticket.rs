//! Tickets, for what cannot send headers.

use super::bodies::TicketResponse;
use super::{private, refuse};
use crate::http::guard::Guard;
use crate::http::rule::IsAuthenticated;
use crate::http::state::AuthState;
use crate::user::TokenUser;
use axum::extract::State;
use axum::response::Response;

/// `POST /api/token/ticket/`: an access token in the header, `{"ticket"}` out.
pub(crate) async fn token_ticket<S: AuthState>(
    _: Guard<IsAuthenticated>,
    State(state): State<S>,
    user: TokenUser,
) -> Response {
    let auth = state.jwt_auth();
    match auth.ticket_for(user.token()) {
        Ok(ticket) => private(&TicketResponse { ticket }),
        Err(error) => refuse(error, auth.settings()),
    }
}
