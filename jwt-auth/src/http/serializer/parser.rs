//! Which parser reads a body: DRF's content negotiation of requests.

use super::{InvalidBody, Value, json_body};
use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;

/// Reads a body as its media type says.
pub(super) fn parse(headers: &HeaderMap, body: &[u8], as_django: bool) -> Result<Vec<(String, Value)>, InvalidBody> {
    let media_type = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let media_type = media_type.unwrap_or_default();
    #[cfg(feature = "django")]
    if as_django {
        return as_drf(&media_type, body);
    }
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
    use super::{form, header_parameters, multipart};

    let (essence, parameters) = header_parameters::read(media_type);
    let fits = |known: &str| {
        let (ours, theirs) = (known.split_once('/'), essence.split_once('/').unwrap_or((&essence, "")));
        ours.is_some_and(|(main, sub)| [main, "*"].contains(&theirs.0) && [sub, "*"].contains(&theirs.1))
    };
    let charset = parameters.iter().find(|(name, _)| name == "charset").map(|(_, value)| value.as_str());
    if fits("application/json") {
        let wrong = || InvalidBody::Parse("JSON", "the body is not in its charset".to_owned());
        json_body::parse(&form::decode_strictly(body, charset).ok_or_else(wrong)?, true)
    } else if fits("application/x-www-form-urlencoded") {
        form::parse(body, charset)
    } else if fits("multipart/form-data") {
        let boundary = parameters.iter().find(|(name, _)| name == "boundary").map(|(_, value)| value.as_str());
        multipart::parse(body, boundary, charset)
    } else {
        Err(InvalidBody::MediaType(media_type.to_owned()))
    }
}
