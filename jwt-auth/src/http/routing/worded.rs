//! Handlers whose answers use the words of their state's settings.

use crate::http::challenge::Wording;
use crate::http::cookies;
use crate::http::rejection::reword;
use crate::http::state::AuthState;
use crate::settings::Settings;
use ::http::header::{HeaderValue, VARY};
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// A handler whose `AuthError`s, which know of no settings when they become an answer, are put into the words of its state's.
#[derive(Clone)]
pub(super) struct Worded<H>(pub(super) H);

impl<H, T, S> Handler<T, S> for Worded<H>
where
    H: Handler<T, S>,
    S: AuthState,
{
    type Future = WordedFuture<H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let settings = &state.jwt_auth().parts().settings;
        // Most settings word everything as default settings do, and their requests pay nothing.
        let settings = (!Wording::is_standard(settings)).then(|| Arc::clone(settings));
        let varies = cookies::has_access_token(request.headers(), state.jwt_auth().settings());
        WordedFuture { answer: self.0.call(request, state), settings, varies }
    }
}

pin_project! {
    pub(super) struct WordedFuture<F> {
        #[pin]
        answer: F,
        settings: Option<Arc<Settings>>,
        // The answer may be this user's alone, and caches take no notice of cookies by themselves (RFC 9111 3.5 is about `Authorization`).
        varies: bool,
    }
}

impl<F: Future<Output = Response>> Future for WordedFuture<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let this = self.project();
        let mut response = ready!(this.answer.poll(context));
        let settings = this.settings.as_deref();
        reword(&mut response, || settings.map_or_else(Wording::standard, Wording::of));
        if *this.varies {
            response.headers_mut().append(VARY, HeaderValue::from_static("Cookie"));
        }
        Poll::Ready(response)
    }
}
