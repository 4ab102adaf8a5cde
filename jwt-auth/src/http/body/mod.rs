//! Request bodies, read the way DRF's serializers read them.

mod invalid_body;
mod json_body;
mod parser;
mod typed;

pub(crate) use invalid_body::InvalidBody;
#[cfg(feature = "django")]
pub(crate) use parser::{MAX_MEDIA_TYPE, media_types_match};

use super::rejection::json;
#[cfg(feature = "django")]
use crate::django::python;
use crate::settings::Settings;
use ::http::request::Parts;
use axum::body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use json_body::kind;

/// The largest body of a token view, in bytes: room for the longest token and password many times over.
const MAX_BODY: usize = 64 * 1024;
/// Django's `DATA_UPLOAD_MAX_MEMORY_SIZE`.
const MAX_DJANGO_BODY: usize = 2_621_440;

/// Django's `DATA_UPLOAD_MAX_NUMBER_FIELDS`.
pub(crate) const MAX_FIELDS: usize = 1000;

/// The members of a request body.
pub(crate) struct Fields {
    members: Vec<(String, Value)>,
    errors: Vec<(String, Vec<String>)>,
    as_django: bool,
}

/// What a body says of one field.
pub(crate) enum Value {
    /// A JSON text.
    Json(String),
    /// A field of a form.
    #[cfg(feature = "django")]
    Text(String),
    /// A file in a form.
    #[cfg(feature = "django")]
    File,
}

/// How a text field is read.
#[derive(Clone, Copy)]
pub(crate) struct CharField<'a> {
    pub(crate) name: &'a str,
    /// Whether it loses white space at both ends: all but passwords, and with SimpleJWT these too.
    pub(crate) trim: bool,
    /// In characters; SimpleJWT has no bound but that of the body.
    pub(crate) max_length: usize,
}

impl Fields {
    /// Reads the body of a request with this head.
    pub(crate) async fn read(parts: &Parts, body: Body, settings: &Settings) -> Result<Self, InvalidBody> {
        let as_django = settings.profile.is_simple_jwt();
        let body = collect(body, as_django).await?;
        let members = match &body[..] {
            // DRF: without a body there is nothing to parse, whatever the media type.
            [] => Vec::new(),
            text => parser::parse(&parts.headers, text, as_django)?,
        };
        Ok(Self { members, errors: Vec::new(), as_django })
    }

    /// Takes a text field; what is wrong with it is kept for [`finish`](Self::finish).
    pub(crate) fn text(&mut self, field: CharField<'_>) -> String {
        match self.read_text(field) {
            Ok(text) => text,
            Err(messages) => {
                self.errors.push((field.name.to_owned(), messages));
                String::new()
            }
        }
    }

    /// All faults at once.
    pub(crate) fn finish(self) -> Result<(), InvalidBody> {
        if self.errors.is_empty() { Ok(()) } else { Err(InvalidBody::Fields(self.errors)) }
    }

    /// The text, or DRF's messages.
    fn read_text(&self, field: CharField<'_>) -> Result<String, Vec<String>> {
        let one = |message: &str| vec![message.to_owned()];
        // Of fields that are given several times, the last one counts, as in Python.
        let value = self.members.iter().rev().find(|(name, _)| name == field.name).map(|(_, value)| value);
        let text = match value.ok_or_else(|| one("This field is required."))? {
            Value::Json(raw) => match kind(raw) {
                Some("str") => json_body::string(raw),
                Some("int" | "float") => Text::plain(self.number(raw).ok_or_else(|| one("Not a valid string."))?),
                Some("NoneType") => return Err(one("This field may not be null.")),
                _ => return Err(one("Not a valid string.")),
            },
            #[cfg(feature = "django")]
            Value::Text(text) => Text::plain(text.clone()),
            #[cfg(feature = "django")]
            Value::File => return Err(one("Not a valid string.")),
        };
        let trimmed = if field.trim || self.as_django { self.trim(&text.text) } else { &text.text };
        if trimmed.is_empty() {
            return Err(one("This field may not be blank."));
        }
        let mut messages = Vec::new();
        if trimmed.chars().nth(field.max_length).is_some() && !self.as_django {
            messages.push(format!("Ensure this field has no more than {} characters.", field.max_length));
        }
        if trimmed.contains('\0') {
            messages.push("Null characters are not allowed.".to_owned());
        }
        if let Some(unit) = text.surrogate {
            messages.push(format!("Surrogate characters are not allowed: U+{unit:X}."));
        }
        if messages.is_empty() { Ok(trimmed.to_owned()) } else { Err(messages) }
    }

    /// DRF turns numbers into their text.
    fn number(&self, raw: &str) -> Option<String> {
        #[cfg(feature = "django")]
        if self.as_django {
            return python::number_text(raw).map(Into::into);
        }
        Some(raw.to_owned())
    }

    fn trim<'a>(&self, text: &'a str) -> &'a str {
        #[cfg(feature = "django")]
        if self.as_django {
            return python::strip(text);
        }
        text.trim()
    }
}

/// A text that came as JSON, which can spell what Unicode has no character for.
struct Text {
    text: String,
    /// The first half of a surrogate pair without its other half; a replacement character stands in its place.
    surrogate: Option<u32>,
}

impl Text {
    fn plain(text: String) -> Self {
        Self { text, surrogate: None }
    }
}

async fn collect(body: Body, as_django: bool) -> Result<Vec<u8>, InvalidBody> {
    let limit = if as_django { MAX_DJANGO_BODY } else { MAX_BODY };
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() && as_django => Err(InvalidBody::Suspicious),
        Err(error) if error.is::<LengthLimitError>() => Err(InvalidBody::TooLarge),
        // The connection broke while the client was sending; nobody reads the answer.
        Err(_) => Err(InvalidBody::Parse("JSON", "the body ended early".to_owned())),
    }
}
