//! The session of a stream: known good when the stream opened, and watched until it is not.

use crate::auth::JwtAuth;
use crate::clock::{Clock, Timestamp};
use crate::revocation::{Revocations, TokenFacts};
use crate::store::SessionId;
use crate::tokens::access_end;
use crate::verify::VerifiedToken;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::watch;

/// The token of the request, with a word when it stops being good: for WebSockets, server-sent events and other answers that
/// outlive the moment in which the guard looked. Owned, and cheap to clone.
///
/// ```
/// use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
/// use axum::response::Response;
/// use jwt_auth::CurrentSession;
///
/// # #[cfg(feature = "macros")]
/// #[jwt_auth::protected]
/// async fn talk(session: CurrentSession, upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on_upgrade(async move |mut socket: WebSocket| {
///         let mut closed = std::pin::pin!(session.closed());
///         loop {
///             tokio::select! {
///                 _ = &mut closed => return,
///                 Some(Ok(Message::Text(text))) = socket.recv() => {
///                     if socket.send(Message::Text(text)).await.is_err() { return }
///                 }
///                 else => return,
///             }
///         }
///     })
/// }
/// ```
///
/// As an extractor it asks for a good token; `Option<CurrentSession>` is `None` without one.
///
/// # Errors
/// As an extractor: 401 without a good token.
#[derive(Clone)]
pub struct CurrentSession {
    token: VerifiedToken,
    /// From this moment on a guard refuses the token.
    ends_at: Timestamp,
    /// Older knowledge of revocations is not believed; `None` believes any.
    max_staleness: Option<Duration>,
    revocations: Arc<Revocations>,
    clock: Arc<dyn Clock>,
    stop: watch::Receiver<bool>,
}

/// Why a stream has to end: what [`CurrentSession::closed`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Closed {
    /// The token's `exp` (with a ticket, that of the token it was made from) and the leeway after it have passed. The client refreshes and opens the stream anew.
    Expired,
    /// Its session has ended (a logout, a reused refresh token), or its user's epoch has moved on (logged out everywhere,
    /// switched off): only a new login helps. Or the session was proven anew, and the token is of before: the client opens the stream
    /// with a newer one.
    Revoked,
    /// With `revocation_fail_closed`: this node has not heard of revocations for longer than `revocation_max_staleness`, and
    /// a guard would answer 503 by now. The client tries again later.
    OutOfTouch,
    /// [`JwtAuth::shutdown`] was called, or the last clone of the `JwtAuth` dropped: nobody would hear of a revocation any
    /// more. The client opens the stream anew, at another node perhaps.
    ShutDown,
}

impl CurrentSession {
    /// Completes when the token stops being good, and says why; at once when it has been so already.
    ///
    /// A revocation that was made between the guard's look and this call, or between two calls, is not missed. On the node
    /// where it was made it is seen at once, on others within `revocation_sync_interval`; the token's end is told by the
    /// [`Clock`]. What only a store knows is not seen: a user switched off behind this crate's back, a token on SimpleJWT's
    /// blacklist.
    ///
    /// A waiting stream costs one timer and two places in lists, and reads no store. Each revocation wakes all waiting
    /// streams of the node for one look at a hash table.
    ///
    /// The future borrows nothing and may be dropped at any time, and each call makes a new one.
    pub fn closed(&self) -> impl Future<Output = Closed> + Send + use<> {
        self.clone().wait()
    }

    /// The name of the session that the token belongs to, as [`JwtAuth::sessions`] and
    /// [`JwtAuth::end_other_sessions`] know it; `None` for a token that belongs to none.
    pub fn id(&self) -> Option<SessionId> {
        self.token.session_id().and_then(SessionId::parse)
    }

    /// The verified token.
    pub const fn token(&self) -> &VerifiedToken {
        &self.token
    }

    async fn wait(mut self) -> Closed {
        let mut news = self.revocations.news();
        loop {
            // Before the look, so that what comes after it ends the wait below.
            news.borrow_and_update();
            let look_again = match self.look() {
                Ok(look_again) => look_again,
                Err(closed) => return closed,
            };
            let mut time = self.clock.sleep_until(look_again);
            let mut revoked = pin!(news.changed());
            let mut stop = pin!(self.stop.wait_for(|stop| *stop));
            // Which of them it was is seen by looking; that a sender is gone is an end, too.
            poll_fn(|cx| {
                let woken = revoked.as_mut().poll(cx).is_ready()
                    || time.as_mut().poll(cx).is_ready()
                    || stop.as_mut().poll(cx).is_ready();
                if woken { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }

    /// What a guard would say now, or when time alone can change it.
    fn look(&self) -> Result<Timestamp, Closed> {
        let (token, now) = (&self.token, self.clock.now());
        if now >= self.ends_at {
            return Err(Closed::Expired);
        }
        if self.revocations.is_revoked(&TokenFacts::from(token)) {
            return Err(Closed::Revoked);
        }
        let mut look_again = self.ends_at;
        if let Some(bound) = self.max_staleness {
            let silence = self.revocations.silence().filter(|silence| *silence <= bound).ok_or(Closed::OutOfTouch)?;
            look_again = look_again.min(now.after(bound - silence).after(Duration::from_millis(1)));
        }
        if *self.stop.borrow() || self.stop.has_changed().is_err() {
            return Err(Closed::ShutDown);
        }
        Ok(look_again)
    }
}

impl Closed {
    /// A word for clients, as the reason of a WebSocket's close frame: `token_expired`, `token_revoked`, `unavailable` or
    /// `shutting_down`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Revoked => "token_revoked",
            Self::OutOfTouch => "unavailable",
            Self::ShutDown => "shutting_down",
        }
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Watches over a verified token, as the extractor [`CurrentSession`] does, where no axum handler has one.
    pub fn current_session(&self, token: VerifiedToken) -> CurrentSession {
        let inner = self.parts();
        let settings = &inner.settings;
        CurrentSession {
            ends_at: access_end(&token, settings).after(self.settings_of(&token).leeway),
            max_staleness: (inner.store.is_some() && settings.revocation_fail_closed)
                .then_some(settings.revocation_max_staleness),
            revocations: Arc::clone(&inner.revocations),
            clock: Arc::clone(&inner.clock),
            stop: inner.stop.subscribe(),
            token,
        }
    }
}

impl fmt::Debug for CurrentSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentSession")
            .field("token", &self.token)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}
