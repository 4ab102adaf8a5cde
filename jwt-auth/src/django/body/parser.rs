//! Which parser reads a body: DRF's content negotiation of requests.

use super::charset::{Charset, NotForText, latin1};
use super::{form, header_parameters, json, json_text, multipart};
use crate::http::body::InvalidBody;
use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;

/// Reads a body as its media type says.
pub(crate) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, InvalidBody> {
    let media_type = headers.get(CONTENT_TYPE).map(|value| latin1(value.as_bytes()));
    read(&media_type.unwrap_or_default(), body)
}

/// JSON, form and multipart, the first that fits, wild cards too.
fn read(media_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, InvalidBody> {
    let (essence, parameters) = header_parameters::read(media_type);
    let fits = |known: &str| media_type.chars().count() <= MAX_MEDIA_TYPE && media_types_match(known, &essence);
    let parser = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        .into_iter()
        .find(|known| fits(known));
    let Some(parser) = parser else { return Err(InvalidBody::MediaType(media_type.to_owned())) };
    let name = parameters.get("charset");
    let charset = Charset::named(name).map_err(|NotForText| unsupported(name.unwrap_or_default()))?;
    match parser {
        "application/json" => {
            let wrong = || InvalidBody::parse("JSON", "the body is not in its charset");
            json::parse(&charset.decode_strictly(body).ok_or_else(wrong)?)
        }
        "multipart/form-data" => multipart::parse(body, media_type, &parameters, charset),
        _ => {
            let fields = form::parse(body, charset)?;
            Ok(fields.into_iter().map(|(name, text)| (name, json_text(&text))).collect())
        }
    }
}

/// DRF's, in characters.
pub(crate) const MAX_MEDIA_TYPE: usize = 256;

/// Whether a media type of ours satisfies one that a client sends, which may have wild cards.
pub(crate) fn media_types_match(ours: &str, theirs: &str) -> bool {
    let (main, sub) = theirs.split_once('/').unwrap_or((theirs, ""));
    ours.split_once('/')
        .is_some_and(|(our_main, our_sub)| [our_main, "*"].contains(&main) && [our_sub, "*"].contains(&sub))
}

fn unsupported(charset: &str) -> InvalidBody {
    InvalidBody::Detail(format!("Unsupported charset \"{charset}\" in request Content-Type header."))
}
