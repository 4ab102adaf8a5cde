//! What DRF puts around every answer of a view, under `simple_jwt`: `Allow`, `Vary`, and the description that `OPTIONS`
//! answers, word for word as clients of SimpleJWT read it.

use crate::http::rejection::json;
use crate::http::view::View;
use crate::settings::Settings;
use ::http::StatusCode;
use ::http::header::{ALLOW, HeaderValue, VARY};
use axum::response::Response;
use serde_json::{Value, json};

/// DRF's headers, on whatever a view answers.
pub(crate) fn with_headers(mut response: Response) -> Response {
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
}

/// What DRF's `SimpleMetadata` says of a view.
pub(crate) fn describe(view: View, settings: &Settings) -> Response {
    let Description { name, description, fields } = Description::of(view, settings);
    let mut actions = String::new();
    for (field, is_output) in fields {
        let separator = if actions.is_empty() { "" } else { "," };
        let (name, label) = (Value::from(field), Value::from(label(field)));
        // By hand, because the order of the members is part of the answer.
        actions.push_str(&format!(
            r#"{separator}{name}:{{"type":"string","required":{},"read_only":{is_output},"label":{label}}}"#,
            !is_output
        ));
    }
    let (name, description) = (Value::from(name), Value::from(description));
    let text = format!(
        r#"{{"name":{name},"description":{description},"renders":["application/json","text/html"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"],"actions":{{"POST":{{{actions}}}}}}}"#
    );
    match serde_json::value::RawValue::from_string(text) {
        Ok(body) => json(StatusCode::OK, &body),
        Err(_) => json(StatusCode::OK, &json!({})),
    }
}

struct Description<'a> {
    name: &'static str,
    description: &'static str,
    /// Names, and whether they are only answered.
    fields: Vec<(&'a str, bool)>,
}

impl<'a> Description<'a> {
    fn of(view: View, settings: &'a Settings) -> Self {
        let login = vec![(settings.username_field.as_str(), false), ("password", false)];
        let (name, description, fields) = match view {
            View::Obtain => (
                "Token Obtain Pair",
                "Takes a set of user credentials and returns an access and refresh JSON web\ntoken pair to prove the authentication of those credentials.",
                login,
            ),
            View::Refresh => (
                "Token Refresh",
                "Takes a refresh type JSON web token and returns an access type JSON web\ntoken if the refresh token is valid.",
                vec![("refresh", false), ("access", true)],
            ),
            View::Verify => (
                "Token Verify",
                "Takes a token and indicates if it is valid.  This view provides no\ninformation about a token's fitness for a particular use.",
                vec![("token", false)],
            ),
            View::Blacklist => (
                "Token Blacklist",
                "Takes a token and blacklists it. Must be used with the\n`rest_framework_simplejwt.token_blacklist` app installed.",
                vec![("refresh", false)],
            ),
            // SimpleJWT has no such view; said as it would say it.
            View::Reauthenticate => (
                "Token Reauthenticate",
                "Takes a refresh type JSON web token and the password of its user and returns the\nnext pair of tokens, which says that the user has just been authenticated.",
                vec![("refresh", false), ("password", false), ("access", true)],
            ),
            View::ObtainSliding => (
                "Token Obtain Sliding",
                "Takes a set of user credentials and returns a sliding JSON web token to\nprove the authentication of those credentials.",
                login,
            ),
            View::RefreshSliding => (
                "Token Refresh Sliding",
                "Takes a sliding JSON web token and returns a new, refreshed version if the\ntoken's refresh period has not expired.",
                vec![("token", false)],
            ),
        };
        Self { name, description, fields }
    }
}

/// `user_name` as `User name`.
fn label(field: &str) -> String {
    let words = field.replace('_', " ").to_lowercase();
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
