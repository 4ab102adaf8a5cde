//! A body that is not what a view asks for.

use super::json;
use crate::claims::Claims;
use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fmt;

/// A body that is not what the view asks for; SimpleJWT's five shapes of 4xx.
#[derive(Debug)]
pub(crate) enum InvalidBody {
    /// Not what its media type says, or what a framework turns away by itself: 400.
    Detail(String),
    /// JSON, and no object: 400.
    NotAnObject(&'static str),
    /// `null`: 400.
    NoData,
    /// Fields that are missing or wrong, all of them: 400.
    Fields(Vec<(String, Vec<String>)>),
    /// Another media type: 415.
    MediaType(String),
    /// Larger than any request of these views can be: 413.
    TooLarge,
}

impl InvalidBody {
    /// Not what its media type says.
    pub(crate) fn parse(what: &str, why: impl fmt::Display) -> Self {
        Self::Detail(format!("{what} parse error - {why}"))
    }
}

impl IntoResponse for InvalidBody {
    fn into_response(self) -> Response {
        match self {
            Self::Detail(detail) => bad_request(json!({ "detail": detail })),
            Self::NotAnObject(kind) => bad_request(json!({
                "non_field_errors": [format!("Invalid data. Expected a dictionary, but got {kind}.")]
            })),
            Self::NoData => bad_request(json!({ "non_field_errors": ["No data provided"] })),
            Self::Fields(errors) => {
                let mut body = Claims::new();
                for (name, messages) in errors {
                    // Text always serializes.
                    let _ = body.insert(&name, messages);
                }
                json(StatusCode::BAD_REQUEST, &body)
            }
            Self::MediaType(name) => json(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                &json!({ "detail": format!("Unsupported media type \"{name}\" in request.") }),
            ),
            Self::TooLarge => json(StatusCode::PAYLOAD_TOO_LARGE, &json!({ "detail": "Request body is too large." })),
        }
    }
}

fn bad_request(body: serde_json::Value) -> Response {
    json(StatusCode::BAD_REQUEST, &body)
}
