//! Which parser reads a body: DRF's content negotiation of requests.

use super::{InvalidBody, Value, json_body};
#[cfg(feature = "django")]
use crate::django::body::{Charset, NotForText, form, header_parameters, latin1, multipart};
use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;

/// Reads a body as its media type says.
pub(super) fn parse(headers: &HeaderMap, body: &[u8], as_django: bool) -> Result<Vec<(String, Value)>, InvalidBody> {
    #[cfg(feature = "django")]
    if as_django {
        let media_type = headers.get(CONTENT_TYPE).map(|value| latin1(value.as_bytes()));
        return as_drf(&media_type.unwrap_or_default(), body);
    }
    let media_type = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let media_type = media_type.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(InvalidBody::MediaType(media_type.into_owned()));
    }
    let wrong = |_| InvalidBody::Parse("JSON", "the body is not UTF-8".to_owned());
    json_body::parse(std::str::from_utf8(body).map_err(wrong)?, as_django)
}

/// JSON, form and multipart, the first that fits, wild cards too.
#[cfg(feature = "django")]
fn as_drf(media_type: &str, body: &[u8]) -> Result<Vec<(String, Value)>, InvalidBody> {
    let (essence, parameters) = header_parameters::read(media_type);
    let fits = |known: &str| media_type.chars().count() <= MAX_MEDIA_TYPE && media_types_match(known, &essence);
    let parser = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        .into_iter()
        .find(|known| fits(known));
    let Some(parser) = parser else { return Err(InvalidBody::MediaType(media_type.to_owned())) };
    let name = parameters.get("charset");
    let charset =
        Charset::named(name).map_err(|NotForText| InvalidBody::Charset(name.unwrap_or_default().to_owned()))?;
    match parser {
        "application/json" => {
            let wrong = || InvalidBody::Parse("JSON", "the body is not in its charset".to_owned());
            json_body::parse(&charset.decode_strictly(body).ok_or_else(wrong)?, true)
        }
        "multipart/form-data" => multipart::parse(body, media_type, &parameters, charset),
        _ => form::parse(body, charset),
    }
}

/// DRF's, in characters.
#[cfg(feature = "django")]
pub(crate) const MAX_MEDIA_TYPE: usize = 256;

/// Whether a media type of ours satisfies one that a client sends, which may have wild cards.
#[cfg(feature = "django")]
pub(crate) fn media_types_match(ours: &str, theirs: &str) -> bool {
    let (main, sub) = theirs.split_once('/').unwrap_or((theirs, ""));
    ours.split_once('/')
        .is_some_and(|(our_main, our_sub)| [our_main, "*"].contains(&main) && [our_sub, "*"].contains(&sub))
}
