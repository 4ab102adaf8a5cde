//! The keys that others check our tokens with.

use crate::base64url;
use crate::http::guard::Public;
use crate::http::state::AuthState;
use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use ::http::{HeaderMap, StatusCode};
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// `GET /.well-known/jwks.json` (RFC 7517): the public keys of this moment, or none where all are secrets.
pub(crate) async fn jwks<S: AuthState>(_: Public, State(state): State<S>, headers: HeaderMap) -> Response {
    published(state.jwt_auth().public_jwk_set(), "application/jwk-set+json", &headers)
}

/// An answer that everybody may keep for a while, and that is not sent again to whoever has it.
///
/// Five minutes ([`KeyTimes::MAX_AGE`](crate::keys::KeyTimes::MAX_AGE)), and as long again while we are away: for so long a key that was
/// removed is accepted elsewhere.
pub(super) fn published(body: String, media_type: &'static str, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", base64url::encode(digest(&SHA256, body.as_bytes())));
    let cached = [(CACHE_CONTROL, "public, max-age=300, stale-if-error=300"), (ETAG, etag.as_str())];
    if is_known(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, cached).into_response();
    }
    (cached, [(CONTENT_TYPE, media_type)], body).into_response()
}

/// Whether the client has this very answer (RFC 9110 13.1.2).
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|tags| tags.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
