//! The keys that others check our tokens with.

use crate::base64url;
use crate::http::guard::Public;
use crate::http::state::AuthState;
use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use ::http::{HeaderMap, StatusCode};
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// `GET /.well-known/jwks.json` (RFC 7517): the public keys of the key ring, or none when it is a secret.
pub(crate) async fn jwks<S: AuthState>(_: Public, State(state): State<S>, headers: HeaderMap) -> Response {
    let body = state.jwt_auth().public_jwk_set();
    let etag = format!("\"{}\"", base64url::encode(digest(&SHA256, body.as_bytes())));
    let cached = [(CACHE_CONTROL, "public, max-age=300"), (ETAG, etag.as_str())];
    if is_known(&headers, &etag) {
        return (StatusCode::NOT_MODIFIED, cached).into_response();
    }
    (cached, [(CONTENT_TYPE, "application/jwk-set+json")], body).into_response()
}

/// Whether the client has this very answer (RFC 9110 13.1.2).
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|tags| tags.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
