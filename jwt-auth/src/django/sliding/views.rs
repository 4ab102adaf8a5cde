//! SimpleJWT's views of sliding tokens: body in, flow, JSON out.

use crate::http::body::{Fields, InvalidBody};
use crate::http::client::client_of;
use crate::http::routes::Answer;
use crate::http::state::{AuthState, UserState};
use crate::http::view::View;
use crate::http::views::bodies::{read_token, token as write_token};
#[cfg(feature = "openapi")]
use crate::http::views::operations::{Body, CREDENTIALS, THROTTLED, TOKEN, TokenOperation};
use crate::http::views::{TokenObtainPairRequest, private, refuse};
use crate::secret::Secret;
use crate::tokens::TokenClass;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// What `TokenRefreshSlidingView` takes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRefreshSlidingRequest {
    /// A sliding token.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = r"^[^\x00]*[^\x00\s][^\x00]*$"))]
    pub token: Secret,
}

/// What `TokenObtainSlidingView` and `TokenRefreshSlidingView` answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenSlidingResponse {
    /// The sliding token.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(serialize_with = "write_token")]
    pub token: Secret,
}

/// What answers at the paths of sliding tokens.
pub(crate) fn sliding_view<S: UserState>(view: View) -> Answer<S> {
    if view == View::ObtainSliding {
        |state, request| Box::pin(token_obtain_sliding(state, request))
    } else {
        |state, request| Box::pin(token_refresh_sliding(state, request))
    }
}

/// The same in an OpenAPI document.
#[cfg(feature = "openapi")]
pub(crate) fn sliding_operation(view: View) -> TokenOperation {
    if view == View::ObtainSliding {
        let bodies = (Body::of::<TokenObtainPairRequest>(), Body::of::<TokenSlidingResponse>());
        ("token_obtain_sliding", "Logs in with a sliding token.", bodies, &[CREDENTIALS, THROTTLED])
    } else {
        let bodies = (Body::of::<TokenRefreshSlidingRequest>(), Body::of::<TokenSlidingResponse>());
        ("token_refresh_sliding", "Renews a sliding token.", bodies, &[TOKEN])
    }
}

/// `TokenObtainSlidingView`: name and password in, `{"token"}` out.
async fn token_obtain_sliding<S: UserState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    let settings = auth.settings();
    let fields = Fields::read(&parts, body, settings).await;
    let TokenObtainPairRequest { username, password } =
        match fields.and_then(|fields| TokenObtainPairRequest::read(fields, settings)) {
            Ok(body) => body,
            Err(invalid) => return invalid.into_response(),
        };
    let client = client_of(&parts, &state);
    let outcome = auth.obtain_sliding_on(&username, password, &client, None).await;
    auth.tell_any_login(outcome.as_ref(), TokenClass::Sliding, &username, client);
    match outcome {
        Ok(token) => private(&TokenSlidingResponse { token }),
        Err(error) => refuse(error, settings),
    }
}

/// `TokenRefreshSlidingView`: `{"token"}` in, `{"token"}` out.
async fn token_refresh_sliding<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    let TokenRefreshSlidingRequest { token } =
        match Fields::read(&parts, body, auth.settings()).await.and_then(TokenRefreshSlidingRequest::read) {
            Ok(body) => body,
            Err(invalid) => return invalid.into_response(),
        };
    let outcome = auth.refresh_sliding(token.expose()).await;
    auth.tell_any_refresh(
        outcome.as_ref().map(|_| false),
        TokenClass::Sliding,
        token.expose(),
        client_of(&parts, &state),
    );
    match outcome {
        Ok(token) => private(&TokenSlidingResponse { token }),
        Err(error) => refuse(error, auth.settings()),
    }
}

impl TokenRefreshSlidingRequest {
    fn read(fields: Fields) -> Result<Self, InvalidBody> {
        read_token(fields, "token").map(|token| Self { token })
    }
}
