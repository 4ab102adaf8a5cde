//! How DRF's views read and answer.

use crate::django::{body, metadata, negotiation, python};
use crate::http::body::InvalidBody;
use crate::http::view::View;
use crate::http::view_protocol::ViewProtocol;
use crate::settings::Settings;
use ::http::{HeaderMap, Method};
use axum::extract::Request;
use axum::response::Response;

/// What token views make of requests under the profile `simple_jwt`.
pub(crate) const PROTOCOL: &dyn ViewProtocol = &Drf;

/// Django's `DATA_UPLOAD_MAX_MEMORY_SIZE`.
const MAX_BODY: usize = 2_621_440;

struct Drf;

impl ViewProtocol for Drf {
    fn body_limit(&self) -> (usize, InvalidBody) {
        (MAX_BODY, body::too_much())
    }

    fn members(&self, headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, InvalidBody> {
        body::parser::parse(headers, body)
    }

    fn number(&self, raw: &str) -> Option<String> {
        python::number_text(raw).map(Into::into)
    }

    fn before(&self, view: View, is_shipped: bool, request: &Request, settings: &Settings) -> Option<Response> {
        let describes = *request.method() == Method::OPTIONS && is_shipped;
        negotiation::refusal(request.uri(), request.headers())
            .or_else(|| describes.then(|| metadata::describe(view, settings)))
    }

    fn after(&self, answer: Response) -> Response {
        metadata::with_headers(answer)
    }
}
