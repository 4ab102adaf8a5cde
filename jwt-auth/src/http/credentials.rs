//! The token of a request: found once, verified once, its user loaded once.

use super::auth_header::{auth_header, behind_scheme, find_token, has_auth_header};
use super::cookies::{self, Cookie, CookieText};
use super::denial::tell_denial;
use super::rejection::Rejection;
use super::state::{AuthState, StateUser};
use crate::auth::JwtAuth;
use crate::error::{AuthError, ClassError, TokenError};
use crate::settings::Settings;
use crate::tokens::TokenClass;
use crate::user::User;
use crate::verify::VerifiedToken;
use ::http::request::Parts;
use ::http::{HeaderMap, HeaderValue, Method};
use std::iter;
use std::sync::Arc;

/// The verified token of the request, of its header or else of its cookie; `None` when it carries no credentials.
///
/// The first call verifies and keeps the outcome in the request's extensions, later ones read it there: guard and
/// extractors together verify once. What was cached belongs to the bytes that it was read from: when somebody in between has changed or
/// removed the header, it is read anew.
pub(crate) async fn authenticate<S: AuthState>(
    parts: &mut Parts,
    state: &S,
) -> Result<Option<VerifiedToken>, Rejection> {
    let outcome = identify(parts, state).await.map_err(|error| told(parts, state, error));
    outcome.map(|found| found.map(Identified::into_token))
}

/// As [`authenticate`], where nobody has to be logged in: a cookie that is over is no credential there. A page cannot remove what is
/// `HttpOnly`, and it would shut its user out; a client can leave its header out.
pub(crate) async fn authenticate_optional<S: AuthState>(
    parts: &mut Parts,
    state: &S,
) -> Result<Option<VerifiedToken>, Rejection> {
    match identify(parts, state).await {
        Err(error) if is_dead_cookie(parts, state, &error) => Ok(None),
        outcome => outcome.map(|found| found.map(Identified::into_token)).map_err(|error| told(parts, state, error)),
    }
}

/// A token, and whether it was a ticket in the query: only a guard further out can have taken one.
struct Identified {
    token: VerifiedToken,
    by_ticket: bool,
}

impl Identified {
    fn into_token(self) -> VerifiedToken {
        self.token
    }
}

async fn identify<S: AuthState>(parts: &mut Parts, state: &S) -> Result<Option<Identified>, AuthError> {
    let auth = state.jwt_auth();
    if let Some(cached) = Cached::of(parts, auth) {
        let by_ticket = matches!(cached.source, Source::Ticket(_));
        return Ok(Some(Identified { token: cached.token.clone(), by_ticket }));
    }
    let token = match find_token(&parts.headers, auth.settings())? {
        // In a box, so that who sends headers does not carry the room for it.
        None if relies_on_cookies(parts, auth.settings()) => return Box::pin(identify_cookie(parts, state)).await,
        None => return Ok(None),
        Some(raw) => auth.authenticate(&raw).await?,
    };
    if let Some(cached) = Cached::of_header(&parts.headers, auth, token.clone()) {
        parts.extensions.insert(cached);
    }
    Ok(Some(Identified { token, by_ticket: false }))
}

/// The token of the access cookie, if the request was sent by a page of ours.
async fn identify_cookie<S: AuthState>(parts: &mut Parts, state: &S) -> Result<Option<Identified>, AuthError> {
    let auth = state.jwt_auth();
    let raw = match Cookie::Access.read(&parts.headers, auth.settings()) {
        CookieText::Absent => return Ok(None),
        CookieText::One(raw) => raw.to_owned(),
        CookieText::Unreadable => return Err(not_valid(auth.settings(), TokenError::Malformed)),
    };
    let token = auth.authenticate(&raw).await?;
    cookies::check(parts, auth.settings(), auth.parts().csrf_keys.as_ref(), token.session_id())
        .map_err(AuthError::CsrfFailed)?;
    let source = Source::Cookie(raw, parts.method.clone());
    parts.extensions.insert(Cached { by: auth.parts().id, token: token.clone(), source });
    Ok(Some(Identified { token, by_ticket: false }))
}

/// Whether a cookie can be the credential: not beside the header, whatever that says.
fn relies_on_cookies(parts: &Parts, settings: &Settings) -> bool {
    settings.cookies && !has_auth_header(&parts.headers, settings)
}

/// Whether this says that the cookie's token is over, or never was one.
pub(super) fn is_dead_cookie<S: AuthState>(parts: &Parts, state: &S, error: &AuthError) -> bool {
    let by_ticket = parts.extensions.get::<Cached>().is_some_and(|cached| matches!(cached.source, Source::Ticket(_)));
    let is_dead = relies_on_cookies(parts, state.jwt_auth().settings())
        && !by_ticket
        && matches!(
            error,
            AuthError::TokenNotValid(_)
                | AuthError::NoUserInToken
                | AuthError::UserNotFound
                | AuthError::UserInactive
                | AuthError::PasswordChanged
        );
    if is_dead {
        tracing::debug!(target: "jwt_auth::rejection", ?error, "a cookie that is no credential any more");
    }
    is_dead
}

/// A refusal that the audit has been told of.
fn told<S: AuthState>(parts: &mut Parts, state: &S, error: AuthError) -> Rejection {
    let rejection = Rejection::new(error, state.jwt_auth().settings());
    tell_denial(parts, state, &rejection);
    rejection
}

/// The token of the request, if it has been verified and is still the one that the request carries.
pub(super) fn token_of<U: Send + Sync + 'static>(parts: &Parts, auth: &JwtAuth<U>) -> Option<VerifiedToken> {
    Cached::of(parts, auth).map(|cached| cached.token.clone())
}

/// As [`authenticate`], where a token is needed.
pub(crate) async fn require<S: AuthState>(parts: &mut Parts, state: &S) -> Result<VerifiedToken, Rejection> {
    if let Some(known) = token_of(parts, state.jwt_auth()) {
        return Ok(known);
    }
    // In a box, so that behind a guard nobody carries the room for it.
    Box::pin(authenticate(parts, state))
        .await?
        .ok_or_else(|| Rejection::new(AuthError::NotAuthenticated, state.jwt_auth().settings()))
}

/// The token in the header of a request that nobody has looked at yet, where it passed before and nobody has to be asked whether it still does;
/// else [`require_for_guard`] finds out. Most requests go no further than here.
pub(crate) fn seen_token<U: Send + Sync + 'static>(parts: &mut Parts, auth: &JwtAuth<U>) -> Option<VerifiedToken> {
    if parts.extensions.get::<Cached>().is_some() {
        return None;
    }
    let (value, text) = behind_scheme(&parts.headers, auth.settings())?;
    let token = auth.authenticate_seen(text)?;
    let source = Source::Header(value.clone(), Vec::new());
    parts.extensions.insert(Cached { by: auth.parts().id, token: token.clone(), source });
    Some(token)
}

/// As [`require`], for a guard, which says whether a ticket in the query will do.
///
/// A ticket that a guard further out has taken does not open what says nothing of tickets. A header that is there is the only
/// credential, even one of another scheme: what it says cannot be made good by a ticket.
pub(crate) async fn require_for_guard<S: AuthState>(
    parts: &mut Parts,
    state: &S,
    takes_ticket: bool,
) -> Result<VerifiedToken, Rejection> {
    let auth = state.jwt_auth();
    let settings = auth.settings();
    if takes_ticket && token_of(parts, auth).is_none() && !has_auth_header(&parts.headers, settings) {
        let refused = |error| Rejection::new(error, settings);
        // Without one a browser may still be logged in by its cookie.
        if let Some(ticket) = find_ticket(parts.uri.query()).map_err(refused)?.map(str::to_owned) {
            // In a box, so that guards that take no tickets do not carry the room for it.
            let token = Box::pin(auth.authenticate_ticket(&ticket)).await.map_err(refused)?;
            let source = Source::Ticket(ticket);
            parts.extensions.insert(Cached { by: auth.parts().id, token: token.clone(), source });
            return Ok(token);
        }
    }
    let found = identify(parts, state).await.map_err(|error| told(parts, state, error))?;
    match found {
        Some(found) if takes_ticket || !found.by_ticket => Ok(found.token),
        _ => Err(Rejection::new(AuthError::NotAuthenticated, settings)),
    }
}

/// The token's user, loaded and found active; `None` when the request carries no credentials.
pub(crate) async fn optional_user<S>(parts: &mut Parts, state: &S) -> Result<Option<Arc<S::User>>, Rejection>
where
    S: AuthState,
    S::User: User,
{
    let Some(token) = authenticate_optional(parts, state).await? else { return Ok(None) };
    match user_of(parts, state, token).await {
        Err(error) if is_dead_cookie(parts, state, &error) => Ok(None),
        outcome => outcome.map(Some).map_err(|error| told(parts, state, error)),
    }
}

/// As [`optional_user`], where a user is needed.
pub(crate) async fn load_user<S>(parts: &mut Parts, state: &S) -> Result<Arc<S::User>, Rejection>
where
    S: AuthState,
    S::User: User,
{
    let token = require(parts, state).await?;
    user_of(parts, state, token).await.map_err(|error| told(parts, state, error))
}

async fn user_of<S>(parts: &mut Parts, state: &S, token: VerifiedToken) -> Result<Arc<S::User>, AuthError>
where
    S: AuthState,
    S::User: User,
{
    if let Some(loaded) = parts.extensions.get::<Loaded<S::User>>().filter(|loaded| loaded.token.is_same(&token)) {
        return Ok(Arc::clone(&loaded.user));
    }
    let user = Arc::new(state.jwt_auth().load_user(&token).await?);
    parts.extensions.insert(Loaded { token, user: Arc::clone(&user) });
    Ok(user)
}

#[diagnostic::do_not_recommend]
impl<U: User> StateUser for U {
    async fn __load<S: AuthState<User = Self>>(parts: &mut Parts, state: &S) -> Result<Option<Arc<Self>>, Rejection> {
        load_user(parts, state).await.map(Some)
    }

    fn __is_staff(&self) -> bool {
        User::is_staff(self)
    }

    fn __permissions(&self) -> Vec<String> {
        User::permissions(self)
    }
}

/// The user of a token. Every verification makes another token, that of another `JwtAuth` and that of another header too.
struct Loaded<U> {
    token: VerifiedToken,
    user: Arc<U>,
}

impl<U> Clone for Loaded<U> {
    fn clone(&self) -> Self {
        Self { token: self.token.clone(), user: Arc::clone(&self.user) }
    }
}

/// What one `JwtAuth` found out about the request. A router of another configuration may be mounted inside this one, and
/// must not take its word.
#[derive(Clone)]
struct Cached {
    by: u64,
    token: VerifiedToken,
    source: Source,
}

/// Where a token was read, byte for byte.
#[derive(Clone)]
enum Source {
    /// The value of the header, and under `simple_jwt` those after it.
    Header(HeaderValue, Vec<HeaderValue>),
    /// The ticket in the query of a request without that header.
    Ticket(String),
    /// The access cookie of a request without that header, and how it was judged whether a page of ours sent it.
    Cookie(String, Method),
}

impl Cached {
    /// What is known of the request, if the token is still the one that it carries.
    fn of<'r, U: Send + Sync + 'static>(parts: &'r Parts, auth: &JwtAuth<U>) -> Option<&'r Self> {
        let cached = parts.extensions.get::<Self>()?;
        (cached.by == auth.parts().id && cached.is_still_in(parts, auth.settings())).then_some(cached)
    }

    fn of_header<U: Send + Sync + 'static>(
        headers: &HeaderMap,
        auth: &JwtAuth<U>,
        token: VerifiedToken,
    ) -> Option<Self> {
        let mut values = auth_header(headers, auth.settings()).into_iter().cloned();
        let source = Source::Header(values.next()?, values.collect());
        Some(Self { by: auth.parts().id, token, source })
    }

    fn is_still_in(&self, parts: &Parts, settings: &Settings) -> bool {
        let mut values = auth_header(&parts.headers, settings).into_iter();
        match &self.source {
            Source::Header(first, rest) => values.eq(iter::once(first).chain(rest)),
            Source::Ticket(ticket) => {
                values.next().is_none() && matches!(find_ticket(parts.uri.query()), Ok(Some(given)) if given == ticket)
            }
            Source::Cookie(text, method) => {
                let given = Cookie::Access.read(&parts.headers, settings);
                values.next().is_none()
                    && matches!(given, CookieText::One(given) if given == text)
                    && *method == parts.method
            }
        }
    }
}

/// The value of `ticket` in a query. Tickets need no escapes in a URL, so an escaped one is none of ours.
fn find_ticket(query: Option<&str>) -> Result<Option<&str>, AuthError> {
    let mut tickets = query.unwrap_or_default().split('&').filter_map(|pair| pair.strip_prefix("ticket="));
    match (tickets.next(), tickets.next()) {
        (ticket, None) => Ok(ticket),
        // As with two headers.
        _ => Err(AuthError::TokenNotValid(vec![ClassError::of(TokenClass::Ticket, TokenError::Malformed)])),
    }
}

pub(super) fn not_valid(settings: &Settings, error: TokenError) -> AuthError {
    AuthError::TokenNotValid(ClassError::for_each(&settings.auth_token_classes, error))
}
