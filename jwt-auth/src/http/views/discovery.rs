//! Where others find the keys of this issuer.

use super::jwks::published;
use crate::http::guard::Public;
use crate::http::state::AuthState;
use ::http::{HeaderMap, StatusCode, Uri};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The two addresses at which it is looked for: OpenID Connect Discovery 4 and RFC 8414 3.
pub(crate) const DISCOVERY_PATHS: [&str; 2] =
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

/// `GET /.well-known/openid-configuration`, the document of an API server of Kubernetes: whose keys they are, where they are, and for which
/// algorithms, with what OpenID Connect Discovery 3 requires beside that. There is no login to discover.
///
/// RFC 8414 3.1 puts the path of an issuer behind the well-known one: there the document of that issuer alone is found.
pub(crate) async fn discovery<S: AuthState>(
    _: Public,
    State(state): State<S>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let auth = state.jwt_auth();
    let (Some(issuer), Some(url)) = (&auth.settings().issuer, auth.settings().issuer_url()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let behind = DISCOVERY_PATHS.iter().find_map(|known| uri.path().split_once(known)).map_or("", |(_, behind)| behind);
    if !behind.is_empty() && behind.trim_end_matches('/') != url.path.trim_end_matches('/') {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut algorithms = Vec::new();
    for key in auth.parts().keys.verifying(auth.now()) {
        let name = key.algorithm().name();
        if !key.algorithm().is_symmetric() && !algorithms.contains(&name) {
            algorithms.push(name);
        }
    }
    let document = json!({
        "issuer": issuer,
        "jwks_uri": format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
    });
    published(document.to_string(), "application/json", &headers)
}
