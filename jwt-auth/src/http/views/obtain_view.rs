//! The view that logs in.

use super::credentials::Credentials;
use super::obtain_response::ObtainResponse;
use super::view_request::ViewRequest;
#[cfg(feature = "password")]
use super::{TokenObtainPairRequest, TokenObtainPairResponse};
use super::{add_headers, refuse};
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::error::AuthError;
use crate::flows::{Attempt, Attempted, Client, Deed, Login, blames_nobody};
use crate::http::body::Fields;
use crate::http::client::client_of;
use crate::http::cookies;
use crate::http::state::UserState;
use crate::secret::Secret;
use crate::tokens::TokenPair;
use crate::user::User;
use ::http::HeaderMap;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use std::future::{Future, ready};

/// A login of the application's own: what SimpleJWT calls a custom serializer (`TOKEN_OBTAIN_SERIALIZER`).
///
/// It says what a client sends and gets, and may add claims and be told of the outcome. Everything else stays: one hash,
/// one answer for all failures, the session, `Cache-Control: no-store`. `TokenObtainPairView` (feature `password`) is the shipped one.
///
/// ```
/// # #[cfg(all(feature = "macros", feature = "password"))] {
/// use jwt_auth::routing::GuardedRouter;
/// use jwt_auth::views::{ObtainView, TokenObtainPairRequest, TokenObtainPairResponse, ViewRequest};
/// use jwt_auth::{AuthError, Claims, token_routes};
/// # use jwt_auth::{JwtAuth, User, user::Identity};
/// # #[derive(Clone)] struct Account { tenant: String }
/// # impl User for Account { fn identity(&self) -> Identity<'_> { unreachable!() } }
/// # type App = JwtAuth<Account>;
///
/// /// User name and password, and the tenant that the user belongs to now: it stays for as long as the session.
/// struct TenantLogin;
///
/// impl ObtainView<App> for TenantLogin {
///     type Request = TokenObtainPairRequest;
///     type Response = TokenObtainPairResponse;
///
///     async fn claims(_: &ViewRequest<'_, App>, user: &Account) -> Result<Claims, AuthError> {
///         let mut claims = Claims::new();
///         claims.insert("tenant", &user.tenant)?;
///         Ok(claims)
///     }
/// }
///
/// #[token_routes("/api/token", obtain = TenantLogin)]
/// fn urls() -> GuardedRouter<App> {
///     GuardedRouter::new()
/// }
/// # }
/// ```
#[doc(alias = "TokenObtainPairSerializer")]
#[doc(alias = "AuthenticationProvider")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an obtain view",
    label = "does not implement `jwt_auth::views::ObtainView` for the router's state",
    note = "write `impl ObtainView<App> for {Self}`, `App` being the state; it names the type a client sends and the type it gets"
)]
pub trait ObtainView<S: UserState>: Send + Sync + 'static {
    /// What a client logs in with.
    type Request: Credentials<S>;

    /// What it gets.
    type Response: ObtainResponse<S>;

    /// The device that logs in, as the list of sessions and the audit will have it. Defaults to what is known of the
    /// request; an address in a header of your own is one to believe only where nobody else can send it.
    fn client(request: &ViewRequest<'_, S>) -> Client {
        request.client().clone()
    }

    /// Claims that stay with the login and are copied into every token of it, as [`Login::claims`]: a tenant, a device.
    /// Defaults to none. What is true of the user rather than of the login belongs to
    /// [`UserStore::claims`](crate::UserStore::claims), which is asked again at every refresh.
    ///
    /// # Errors
    /// As [`Credentials::authenticate`]: no session is opened.
    fn claims(request: &ViewRequest<'_, S>, user: &S::User) -> impl Future<Output = Result<Claims, AuthError>> + Send {
        let _ = (request, user);
        ready(Ok(Claims::new()))
    }

    /// Called when the session is open, before the tokens are handed out. Defaults to nothing.
    ///
    /// SimpleJWT's `ON_LOGIN_SUCCESS`, whatever `update_last_login` says.
    ///
    /// # Errors
    /// As [`Credentials::authenticate`]: the tokens are not handed out, and their session is ended.
    fn on_login_success(
        request: &ViewRequest<'_, S>,
        user: &S::User,
    ) -> impl Future<Output = Result<(), AuthError>> + Send {
        let _ = (request, user);
        ready(Ok(()))
    }

    /// Called when a login came to nothing, be it by an outage, with the name that the client gave and the true reason, which
    /// the client does not learn. Defaults to nothing.
    ///
    /// SimpleJWT's `ON_LOGIN_FAILED`. It changes nothing about the answer, and sees no password.
    fn on_login_failed(
        request: &ViewRequest<'_, S>,
        username: &str,
        error: &AuthError,
    ) -> impl Future<Output = ()> + Send {
        let _ = (request, username, error);
        ready(())
    }
}

/// SimpleJWT's `TokenObtainPairView`: name and password in, `{"refresh", "access"}` out.
#[cfg(feature = "password")]
#[derive(Clone, Copy, Debug)]
pub struct TokenObtainPairView;

#[cfg(feature = "password")]
impl<S: UserState> ObtainView<S> for TokenObtainPairView {
    type Request = TokenObtainPairRequest;
    type Response = TokenObtainPairResponse;
}

/// Serves an obtain view.
pub(crate) async fn token_obtain<S: UserState, V: ObtainView<S>>(state: S, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let auth = state.jwt_auth();
    let settings = auth.settings();
    let delivery = match cookies::check_login(&parts, settings) {
        Ok(delivery) => delivery,
        Err(error) => {
            auth.tell_login(Err(&error), "", client_of(&parts, &state));
            return refuse(error, settings);
        }
    };
    let fields = Fields::read(&parts, body, settings).await;
    let credentials = match fields.and_then(|fields| V::Request::__read(fields, settings)) {
        Ok(credentials) => credentials,
        Err(invalid) => return invalid.into_response(),
    };
    let request = ViewRequest::new(&parts, &state);
    let client = V::client(&request);
    let request = request.with_client(client);
    let outcome = try_to_log_in::<S, V>(&request, &credentials).await;
    let answered = match outcome {
        Ok(LoggedIn { answer, pair, user_id }) => {
            let response = match cookies::hand_out_at_login(auth, delivery, &pair, &user_id, &answer) {
                Ok(response) => leave_session_before(&request, response.headers()).await.map(|()| response),
                Err(error) => Err(error),
            };
            match response {
                Ok(response) => Ok((add_headers(response, |headers| answer.headers(headers)), pair.refresh)),
                Err(error) => {
                    take_back(auth, &pair.refresh).await;
                    Err(error)
                }
            }
        }
        Err(error) => Err(error),
    };
    let told = answered.as_ref().map(|(_, refresh)| refresh);
    auth.tell_login(told, credentials.username(), request.client().clone());
    match answered.map(|(response, _)| response) {
        Ok(response) => response,
        Err(error) => {
            V::on_login_failed(&request, credentials.username(), &error).await;
            refuse(one_answer(error), settings)
        }
    }
}

/// An open session and what is answered.
struct LoggedIn<A> {
    answer: A,
    pair: TokenPair,
    user_id: String,
}

/// Looks whether a login may be tried, and counts what it comes to: whatever is answered as bad credentials is a failure, lest the count tell
/// one from another.
async fn try_to_log_in<S: UserState, V: ObtainView<S>>(
    request: &ViewRequest<'_, S>,
    credentials: &V::Request,
) -> Result<LoggedIn<V::Response>, AuthError> {
    let auth = request.state().jwt_auth();
    let device = cookies::device(&request.parts().headers, auth.settings());
    let attempt = auth.attempt(Attempted::Name(credentials.username()), request.client(), device).await?;
    let outcome = log_in::<S, V>(request, credentials, &attempt).await;
    auth.conclude(attempt, outcome).await
}

async fn log_in<S: UserState, V: ObtainView<S>>(
    request: &ViewRequest<'_, S>,
    credentials: &V::Request,
    attempt: &Attempt<S::User>,
) -> Result<LoggedIn<V::Response>, AuthError> {
    let auth = request.state().jwt_auth();
    let user = credentials.authenticate(request).await?;
    let proven = auth.confirm(&user).await?;
    attempt.prove(proven.user.identity().id)?;
    let claims = V::claims(request, &proven.user).await?;
    let pair = auth
        .log_in(
            &proven,
            attempt,
            Login { claims, client: request.client().clone(), amr: credentials.amr(), acr: credentials.acr() },
        )
        .await?;
    let answer = answer::<S, V>(request, &proven.user, pair.clone()).await;
    if answer.is_err() {
        take_back(auth, &pair.refresh).await;
    }
    Ok(LoggedIn { answer: answer?, pair, user_id: proven.user.identity().id })
}

/// Ends the session that a browser had when it logged in: its tokens are overwritten, and would be left to whoever has copied them
/// (OWASP ASVS 7.2.4).
async fn leave_session_before<S: UserState>(request: &ViewRequest<'_, S>, answer: &HeaderMap) -> Result<(), AuthError> {
    let auth = request.state().jwt_auth();
    let Some(refresh) = cookies::replaced(&request.parts().headers, answer, auth.settings()) else { return Ok(()) };
    if cookies::leave(auth, refresh, request.client()).await? {
        auth.tell_logout(Ok(&()), refresh, request.client().clone());
    }
    Ok(())
}

async fn take_back<U: Send + Sync + 'static>(auth: &JwtAuth<U>, refresh: &Secret) {
    if let Err(error) = auth.take_back(refresh.expose(), Deed::revoked_because("not_handed_out")).await {
        // Nobody holds its tokens, so it can only stand in the user's list until it expires.
        tracing::debug!(target: "jwt_auth", ?error, "the session of a refused login could not be ended");
    }
}

async fn answer<S: UserState, V: ObtainView<S>>(
    request: &ViewRequest<'_, S>,
    user: &S::User,
    pair: TokenPair,
) -> Result<V::Response, AuthError> {
    V::on_login_success(request, user).await?;
    V::Response::new(request, user, pair).await
}

/// Whatever was wrong with the credentials, the client learns the same of it.
fn one_answer(error: AuthError) -> AuthError {
    let is_told = blames_nobody(&error) || matches!(error, AuthError::Throttled { .. });
    if is_told { error } else { AuthError::NoActiveAccount }
}
