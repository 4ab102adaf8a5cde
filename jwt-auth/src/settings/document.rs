//! Documents as lists of names and values, so that nothing written twice gets lost.

use super::input::{Input, Wrong};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The members of a JSON object, in their order.
pub(super) fn json(document: &str) -> Result<Vec<(String, Input)>, Wrong> {
    let Members(members) = serde_json::from_str(document).map_err(|error| {
        // Only the place: what stands there may be a key.
        let place = format!("line {} column {}", error.line(), error.column());
        Wrong::new(format!("it is not a JSON object ({place})"), "write one JSON object of names and values")
    })?;
    Ok(members.into_iter().map(|(name, value)| (name, Input::Json(value))).collect())
}

/// The members of a TOML document.
#[cfg(feature = "toml")]
pub(super) fn toml(document: &str) -> Result<Vec<(String, Input)>, Wrong> {
    let table: toml::Table = document.parse().map_err(|error: toml::de::Error| {
        // Only the place: the message of the parser shows the line, which may be that of a key.
        let line =
            error.span().and_then(|span| document.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!(" (line {line})"));
        Wrong::new(format!("it is not TOML{place}"), "write `name = value` lines, each name once, texts in quotes")
    })?;
    Ok(table.into_iter().map(|(name, value)| (name, Input::Json(from_toml(value)))).collect())
}

struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// TOML has no null, so the text `null` stands for it here as in the environment.
#[cfg(feature = "toml")]
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) if text == "null" => Value::Null,
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        // JSON has no infinity and no NaN; as text they are no number either.
        toml::Value::Float(number) => {
            serde_json::Number::from_f64(number).map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(name, value)| (name, from_toml(value))).collect(),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
    }
}
