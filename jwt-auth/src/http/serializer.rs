//! Request bodies, read the way DRF's serializers read them.

use super::rejection::json;
use crate::claims::Claims;
use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, StatusCode};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;

/// The largest body of a token view, in bytes: room for the longest token and password many times over.
const MAX_BODY: usize = 64 * 1024;

/// The members of a request body.
pub(crate) struct Fields {
    members: Claims,
    errors: Vec<(&'static str, String)>,
}

/// A body that is not what the view asks for; SimpleJWT's five shapes of 4xx.
#[derive(Debug)]
pub(crate) enum InvalidBody {
    /// Not JSON: 400.
    Parse(&'static str),
    /// JSON, and no object: 400.
    NotAnObject(&'static str),
    /// `null`: 400.
    NoData,
    /// Fields that are missing or wrong, all of them: 400.
    Fields(Vec<(&'static str, String)>),
    /// Another media type: 415.
    MediaType(String),
    /// Larger than any request of these views can be: 413.
    TooLarge,
}

/// How a text field is read.
#[derive(Clone, Copy)]
pub(crate) struct CharField {
    pub(crate) name: &'static str,
    /// Passwords are taken as they are; all else loses white space at both ends.
    pub(crate) trim: bool,
    /// In characters.
    pub(crate) max_length: usize,
}

impl Fields {
    /// Reads the body of a request.
    pub(crate) async fn read(request: Request) -> Result<Self, InvalidBody> {
        let (parts, body) = request.into_parts();
        let body = collect(body).await?;
        let members = match &body[..] {
            // DRF: without a body there is nothing to parse, whatever the media type.
            [] => Claims::new(),
            text => parse(&parts.headers, text)?,
        };
        Ok(Self { members, errors: Vec::new() })
    }

    /// Takes a text field; what is wrong with it is kept for [`finish`](Self::finish).
    pub(crate) fn text(&mut self, field: CharField) -> String {
        match read_text(self.members.raw(field.name), field) {
            Ok(text) => text,
            Err(message) => {
                self.errors.push((field.name, message));
                String::new()
            }
        }
    }

    /// All faults at once.
    pub(crate) fn finish(self) -> Result<(), InvalidBody> {
        if self.errors.is_empty() { Ok(()) } else { Err(InvalidBody::Fields(self.errors)) }
    }
}

impl IntoResponse for InvalidBody {
    fn into_response(self) -> Response {
        match self {
            Self::Parse(why) => bad_request(json!({ "detail": format!("JSON parse error - {why}") })),
            Self::NotAnObject(kind) => bad_request(json!({
                "non_field_errors": [format!("Invalid data. Expected a dictionary, but got {kind}.")]
            })),
            Self::NoData => bad_request(json!({ "non_field_errors": ["No data provided"] })),
            Self::Fields(errors) => {
                let mut body = Claims::new();
                for (name, message) in errors {
                    // Text always serializes.
                    let _ = body.insert(name, [message]);
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

async fn collect(body: Body) -> Result<Vec<u8>, InvalidBody> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(InvalidBody::TooLarge),
        // The connection broke while the client was sending; nobody reads the answer.
        Err(_) => Err(InvalidBody::Parse("the body ended early")),
    }
}

fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Claims, InvalidBody> {
    let media_type = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let media_type = media_type.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(InvalidBody::MediaType(media_type.into_owned()));
    }
    let text = std::str::from_utf8(body).map_err(|_| InvalidBody::Parse("the body is not UTF-8"))?;
    match kind(text.trim_start_matches([' ', '\t', '\r', '\n'])) {
        Some("dict") => {
            Claims::from_json(text).map_err(|_| InvalidBody::Parse("expecting one JSON object without repeated names"))
        }
        Some(kind) => match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) if kind == "NoneType" => Err(InvalidBody::NoData),
            Ok(_) => Err(InvalidBody::NotAnObject(kind)),
            Err(_) => Err(InvalidBody::Parse("expecting value")),
        },
        None => Err(InvalidBody::Parse("expecting value")),
    }
}

fn read_text(raw: Option<&str>, field: CharField) -> Result<String, String> {
    let raw = raw.ok_or("This field is required.")?;
    let text = match kind(raw) {
        Some("str") => serde_json::from_str(raw).map_err(|_| "Not a valid string.")?,
        // DRF turns numbers into their text.
        Some("int" | "float") => raw.to_owned(),
        Some("NoneType") => return Err("This field may not be null.".to_owned()),
        _ => return Err("Not a valid string.".to_owned()),
    };
    let text: String = if field.trim { text.trim().to_owned() } else { text };
    if text.is_empty() {
        Err("This field may not be blank.".to_owned())
    } else if text.contains('\0') {
        Err("Null characters are not allowed.".to_owned())
    } else if text.chars().nth(field.max_length).is_some() {
        Err(format!("Ensure this field has no more than {} characters.", field.max_length))
    } else {
        Ok(text)
    }
}

/// Python's name for the type of a JSON text, by how it begins: what DRF's messages say.
fn kind(raw: &str) -> Option<&'static str> {
    match raw.as_bytes().first()? {
        b'{' => Some("dict"),
        b'[' => Some("list"),
        b'"' => Some("str"),
        b't' | b'f' => Some("bool"),
        b'n' => Some("NoneType"),
        b'-' | b'0'..=b'9' if raw.contains(['.', 'e', 'E']) => Some("float"),
        b'-' | b'0'..=b'9' => Some("int"),
        _ => None,
    }
}
