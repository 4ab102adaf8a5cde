//! How token views read and answer, where profiles differ in it.

use super::body::json_body::parse_json;
use super::body::{InvalidBody, MAX_BODY};
use super::view::View;
use crate::settings::{Profile, Settings};
use ::http::HeaderMap;
use axum::extract::Request;
use axum::response::Response;

/// What token views make of requests. What is not overridden is this crate's own.
pub(crate) trait ViewProtocol: Send + Sync {
    /// The largest body in bytes, and how a larger one is refused.
    fn body_limit(&self) -> (usize, InvalidBody) {
        (MAX_BODY, InvalidBody::TooLarge)
    }

    /// The members of a body in order, each as JSON text; a form's field is the text of a string, a file in it no JSON at all.
    fn members(&self, headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, InvalidBody> {
        parse_json(headers, body)
    }

    /// A JSON number where a text is wanted; `None` for one that cannot be read.
    fn number(&self, raw: &str) -> Option<String> {
        Some(raw.to_owned())
    }

    /// An answer in place of the view's. `is_shipped`: the view is this crate's, and not the application's own.
    fn before(&self, _: View, _is_shipped: bool, _: &Request, _: &Settings) -> Option<Response> {
        None
    }

    /// What is put around whatever was answered.
    fn after(&self, answer: Response) -> Response {
        answer
    }
}

impl Profile {
    pub(crate) fn protocol(self) -> &'static dyn ViewProtocol {
        match self {
            Self::Hardened => &Json,
            Self::SimpleJwt | Self::SimpleJwt6 => crate::django::PROTOCOL,
        }
    }
}

/// JSON in, JSON out.
pub(crate) struct Json;

impl ViewProtocol for Json {}
