//! Bodies in JSON, as Python reads them.

use super::{MAX_FIELDS, too_much};
use crate::http::body::InvalidBody;
use crate::http::body::json_body::{check_kind, kind, string};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Reads one JSON object; of members with one name the last one counts.
///
/// Django takes any number of members. Each costs a multiple of its bytes, so there are as many as in a form.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, InvalidBody> {
    check_kind(text)?;
    let wrong = |_| InvalidBody::parse("JSON", "expecting a JSON object");
    let members = serde_json::from_str::<Members>(text).map_err(wrong)?;
    if members.0.len() > MAX_FIELDS { Err(too_much()) } else { Ok(members.0) }
}

/// Whether it is an integer that Python refuses to read, lest it takes long.
fn is_too_long(raw: &str) -> bool {
    kind(raw) == Some("int") && raw.trim_start_matches('-').len() > 4300
}

/// The members of an object in order, also those with the same name; one more than there may be tells that there are more.
struct Members(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                // Names, too, may hold half a surrogate pair, which no name that is asked for does.
                while members.len() <= MAX_FIELDS
                    && let Some((name, raw)) = map.next_entry::<Box<RawValue>, Box<RawValue>>()?
                {
                    if is_too_long(raw.get()) {
                        return Err(serde::de::Error::custom("an integer has more digits than Python reads"));
                    }
                    members.push((string(name.get()).text.to_string(), String::from(Box::<str>::from(raw))));
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
