//! The body of a refused request, which nobody wants.
//!
//! On HTTP/1 it stands between the answer and the next request: a server that leaves it there has to close the connection, and a
//! client that is not told so sends its next request into a broken pipe. So a small one is read away, and before a larger one the
//! answer says `Connection: close`. On HTTP/2 a body is a stream of its own, and nothing has to be done.

mod lent;
mod read_away;

pub(crate) use read_away::ReadAway;

use ::http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HeaderValue, TRANSFER_ENCODING};
use ::http::request::Parts;
use ::http::{HeaderMap, Request, Response, Version};
use axum::body::Body;
use bytes::Buf;
use http_body::Body as HttpBody;
use lent::{Lent, Owner};
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The largest body that is read away, in bytes.
const SMALL: u64 = 16 * 1024;

/// How long an answer waits for the rest of a small body.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long, and how much, is read after an answer that ends its connection: many clients send all of a body before they read, and
/// would find a reset connection in place of the answer. What nginx calls `lingering_close`.
const LINGER: Duration = Duration::from_secs(10);
const MOST_LINGERED: u64 = 16 * 1024 * 1024;

/// The mark of an answer that refuses and comes of no `AuthError`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused;

/// What the head of a request says of its body, where that matters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unread {
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Small,
    /// Longer, or in chunks, whose length nobody knows.
    Large,
    /// The client waits for a word before it sends any.
    Held,
}

impl Unread {
    /// `None` for a request without a body, and on HTTP/2.
    pub(crate) fn of(version: Version, headers: &HeaderMap) -> Option<Self> {
        if version > Version::HTTP_11 {
            return None;
        }
        let size = match (headers.contains_key(TRANSFER_ENCODING), headers.get(CONTENT_LENGTH)) {
            (false, None) => return None,
            (false, Some(length)) if length == "0" => return None,
            _ if headers.contains_key(EXPECT) => Size::Held,
            (true, _) => Size::Large,
            (false, Some(length)) => match length.to_str().ok().and_then(|length| length.parse::<u64>().ok()) {
                Some(length) if length <= SMALL => Size::Small,
                _ => Size::Large,
            },
        };
        Some(Self { size })
    }

    /// Of a request whose body is in nobody's hand: whether its refusal has to end the connection.
    pub(super) fn ends_connection(parts: &Parts) -> bool {
        Self::of(parts.version, &parts.headers).is_some_and(|unread| unread.size != Size::Small)
    }

    /// Makes a refusal of a request with this body good for its connection.
    pub(crate) async fn put_away<B, C>(self, body: B, mut refusal: Response<C>) -> Response<C>
    where
        B: HttpBody + Send + 'static,
        B::Data: Send,
    {
        let mut body = Box::pin(body);
        if body.is_end_stream() {
            return refusal;
        }
        if self.size == Size::Small && timeout(PATIENCE, drain(&mut body, SMALL)).await == Ok(true) {
            return refusal;
        }
        end_connection(refusal.headers_mut());
        if self.size != Size::Held
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(async move { timeout(LINGER, drain(&mut body, MOST_LINGERED)).await });
        }
        refusal
    }
}

/// Tells the client that the connection is over.
pub(super) fn end_connection(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
}

/// A request whose body can be had back when it was answered.
pub(super) struct Borrowed {
    unread: Unread,
    owner: Owner,
}

impl Borrowed {
    /// Nothing is borrowed where nothing would be put away.
    pub(super) fn from(request: Request<Body>) -> (Request<Body>, Option<Self>) {
        let Some(unread) = Unread::of(request.version(), request.headers()) else { return (request, None) };
        let (parts, body) = request.into_parts();
        let (body, owner) = Lent::new(body);
        (Request::from_parts(parts, Body::new(body)), Some(Self { unread, owner }))
    }

    /// As [`Unread::put_away`], with whatever has been left of the body.
    pub(super) async fn put_away(self, mut refusal: Response<Body>) -> Response<Body> {
        match self.owner.take_back() {
            Ok(Some(body)) => self.unread.put_away(body, refusal).await,
            Ok(None) => refusal,
            // Somebody reads on behind the refusal, and nobody knows how far.
            Err(lent::StillOut) => {
                end_connection(refusal.headers_mut());
                refusal
            }
        }
    }
}

/// Reads a body to its end; `false` when it is longer, or breaks off.
async fn drain<B: HttpBody>(body: &mut Pin<Box<B>>, most: u64) -> bool {
    let mut left = most;
    loop {
        let frame = match poll_fn(|context| body.as_mut().poll_frame(context)).await {
            None => return true,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => frame,
        };
        let length = frame.data_ref().map_or(0, |data| data.remaining() as u64);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
}
