//! A body that comes back when whoever got it is done with it.

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

/// A request's body in somebody else's hands.
pub(super) struct Lent {
    body: Body,
    has_ended: bool,
    place: Arc<Mutex<Place>>,
}

/// Who gets it back.
pub(super) struct Owner(Arc<Mutex<Place>>);

/// It has not come back.
#[derive(Clone, Copy, Debug)]
pub(super) struct StillOut;

enum Place {
    Out,
    /// Here, and what is left of it unless it was read to its end.
    Back(Option<Body>),
}

impl Lent {
    pub(super) fn new(body: Body) -> (Self, Owner) {
        let place = Arc::new(Mutex::new(Place::Out));
        (Self { body, has_ended: false, place: Arc::clone(&place) }, Owner(place))
    }
}

impl Owner {
    /// What is left of the body; nothing when it was read to its end.
    pub(super) fn take_back(self) -> Result<Option<Body>, StillOut> {
        match mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), Place::Out) {
            Place::Out => Err(StillOut),
            Place::Back(rest) => Ok(rest),
        }
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.has_ended |= frame.is_none();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let body = mem::take(&mut self.body);
        let rest = (!self.has_ended && !body.is_end_stream()).then_some(body);
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Place::Back(rest);
    }
}
