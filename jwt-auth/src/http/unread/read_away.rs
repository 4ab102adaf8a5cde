//! Handlers whose refusals leave their connection in good order.

use super::{Borrowed, Refused};
use crate::error::AuthError;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// A handler behind whose refusals the body is put away. Answers of the application's own stay as they are.
#[derive(Clone)]
pub(crate) struct ReadAway<H>(pub(crate) H);

impl<H, T, S> Handler<T, S> for ReadAway<H>
where
    H: Handler<T, S>,
{
    type Future = ReadAwayFuture<H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let (request, borrowed) = Borrowed::from(request);
        ReadAwayFuture { answer: self.0.call(request, state), borrowed, putting_away: None }
    }
}

pin_project! {
    pub(crate) struct ReadAwayFuture<F> {
        #[pin]
        answer: F,
        borrowed: Option<Borrowed>,
        putting_away: Option<Pin<Box<dyn Future<Output = Response> + Send>>>,
    }
}

impl<F: Future<Output = Response>> Future for ReadAwayFuture<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let this = self.project();
        if this.putting_away.is_none() {
            let response = ready!(this.answer.poll(context));
            match this.borrowed.take().filter(|_| is_refusal(&response)) {
                None => return Poll::Ready(response),
                Some(borrowed) => *this.putting_away = Some(Box::pin(borrowed.put_away(response))),
            }
        }
        match this.putting_away {
            Some(putting_away) => putting_away.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

fn is_refusal(response: &Response) -> bool {
    let extensions = response.extensions();
    extensions.get::<Arc<AuthError>>().is_some() || extensions.get::<Refused>().is_some()
}
