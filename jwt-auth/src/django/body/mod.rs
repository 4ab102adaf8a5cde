//! Bodies as Django and DRF read them; compiled with the feature `django` only, as all of this wing.

mod charset;
pub(crate) mod form;
pub(crate) mod header_parameters;
mod json;
mod multipart;
pub(crate) mod parser;

pub(crate) use charset::latin1;

use crate::http::body::InvalidBody;

/// Django's `DATA_UPLOAD_MAX_NUMBER_FIELDS`.
const MAX_FIELDS: usize = 1000;

/// What Django itself turns away, too large or of too many fields.
pub(crate) fn too_much() -> InvalidBody {
    InvalidBody::Detail("Request body is too large, or has too many fields.".to_owned())
}

/// The JSON text of a form's field.
fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
