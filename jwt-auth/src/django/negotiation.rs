//! DRF's content negotiation: what a client may ask an answer to be.

use crate::django::body::form::query_value;
use crate::django::body::parser::{MAX_MEDIA_TYPE, media_types_match};
use crate::django::body::{header_parameters, latin1};
use crate::http::rejection::json;
use crate::http::unread::Unread;
use ::http::header::{ACCEPT, HeaderValue};
use ::http::{HeaderMap, StatusCode, Uri};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Middleware that refuses as a DRF view does, before it is asked who is calling: 406 when `Accept` wants neither JSON nor
/// HTML, 404 for a `?format=` that is neither `json` nor `api`. For routes that took a DRF view's place; the token views do
/// it by themselves under `simple_jwt`.
///
/// ```
/// use axum::middleware::from_fn;
/// use jwt_auth::routing::{GuardedRouter, drf_negotiation};
/// use jwt_auth::{JwtAuth, NoUser};
///
/// let router: GuardedRouter<JwtAuth<NoUser>> = GuardedRouter::new().layer(from_fn(drf_negotiation));
/// ```
pub async fn drf_negotiation(request: Request, next: Next) -> Response {
    match refusal(request.uri(), request.headers()) {
        Some(refusal) => match Unread::of(request.version(), request.headers()) {
            Some(unread) => unread.put_away(request.into_body(), refusal).await,
            None => refusal,
        },
        None => next.run(request).await,
    }
}

/// The answer to an `Accept`, or a parameter `format`, that neither JSON nor HTML satisfies; `None` when one of them does.
pub(crate) fn refusal(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let format = match query_value(uri.query().unwrap_or_default(), "format") {
        Ok(format) => format.unwrap_or_default(),
        Err(invalid) => return Some(invalid.into_response()),
    };
    let renderers: &[&str] = match format.as_str() {
        "" => &["application/json", "text/html"],
        "json" => &["application/json"],
        "api" => &["text/html"],
        _ => return Some(refuse(StatusCode::NOT_FOUND, "Not found.")),
    };
    let wanted = accepted(headers);
    let satisfies = |renderer: &&str| wanted.iter().any(|wanted| media_types_match(renderer, wanted));
    if renderers.iter().any(satisfies) {
        return None;
    }
    Some(refuse(StatusCode::NOT_ACCEPTABLE, "Could not satisfy the request Accept header."))
}

/// The media types of `Accept`, without parameters and however much they are wanted: DRF does not look at `q`.
fn accepted(headers: &HeaderMap) -> Vec<String> {
    if !headers.contains_key(ACCEPT) {
        return vec!["*/*".to_owned()];
    }
    let lines = headers.get_all(ACCEPT).into_iter().map(HeaderValue::as_bytes);
    let line = latin1(&lines.collect::<Vec<_>>().join(&b','));
    let ranges = line.split(',').map(str::trim).filter(|range| (1..=MAX_MEDIA_TYPE).contains(&range.chars().count()));
    ranges.take(MAX_RANGES).map(|range| header_parameters::read(range).0).collect()
}

/// DRF's.
const MAX_RANGES: usize = 64;

fn refuse(status: StatusCode, detail: &str) -> Response {
    json(status, &serde_json::json!({ "detail": detail }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(query: &'static str, accept: &[&'static str]) -> Option<u16> {
        let uri = format!("/{query}").parse::<Uri>().expect("a path");
        let mut headers = HeaderMap::new();
        for accept in accept {
            headers.append(ACCEPT, HeaderValue::from_static(accept));
        }
        refusal(&uri, &headers).map(|answer| answer.status().as_u16())
    }

    #[test]
    fn formats_and_media_types_are_negotiated_as_drf_does() {
        for (query, accept, expected) in [
            ("", &[][..], None),
            ("", &["*/*"], None),
            ("", &["Application/JSON; q=0"], None),
            ("", &["image/png, text/*"], None),
            ("", &["image/png", "application/*"], None),
            ("", &[""], Some(406)),
            ("", &["image/png"], Some(406)),
            ("", &["json"], Some(406)),
            ("?format=json", &["text/html"], Some(406)),
            ("?format=api", &["text/html"], None),
            ("?format=api", &["application/json"], Some(406)),
            ("?format=xml", &["image/png"], Some(404)),
            ("?format=xml&format=json", &[], None),
            ("?f%6frmat=%6ason", &[], None),
            ("?format=", &[], None),
        ] {
            assert_eq!(status(query, accept), expected, "{query} {accept:?}");
        }
        let many = "a=1&".repeat(1000);
        let uri = format!("/?{many}a=1").parse::<Uri>().expect("a path");
        assert_eq!(refusal(&uri, &HeaderMap::new()).map(|answer| answer.status().as_u16()), Some(400));
    }
}
