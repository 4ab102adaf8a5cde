//! Documents as lists of names and values, so that nothing written twice gets lost.

use super::input::{Input, InputError};
use super::refused::refusal;
use super::suggestion::distance;
use super::table;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// What a document says about our settings. It may be the application's own: then ours are in its table [`OWN_TABLE`].
pub(super) struct Document {
    pub(super) members: Vec<(String, Input)>,
    /// What looks like ours and stands where it is not read.
    pub(super) misplaced: Vec<(String, InputError)>,
}

/// The members of a JSON object, in their order.
pub(super) fn json(document: &str) -> Result<Document, InputError> {
    let wrong = |error: serde_json::Error| {
        // Only the place: what stands there may be a key.
        let place = format!("line {} column {}", error.line(), error.column());
        InputError::new(format!("it is not a JSON object ({place})"), "write one JSON object of names and values")
    };
    let values = |raw: &str| {
        let Members(members) = serde_json::from_str::<Members>(raw).map_err(wrong)?;
        let value = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).map(Input::Json).map_err(wrong);
        members.into_iter().map(|(name, raw)| Ok((name, value(&raw)?))).collect::<Result<Vec<_>, InputError>>()
    };
    let Members(root) = serde_json::from_str(document).map_err(wrong)?;
    let member = |(name, raw): (String, Box<RawValue>)| {
        let raw = raw.get();
        let value = match raw.as_bytes().first() {
            Some(b'{') => Member::Table(values(raw)?),
            _ => Member::Value(Input::Json(serde_json::from_str(raw).map_err(wrong)?)),
        };
        Ok((name, value))
    };
    Ok(ours(root.into_iter().map(member).collect::<Result<_, InputError>>()?))
}

/// The members of a TOML document.
#[cfg(feature = "toml")]
pub(super) fn toml(document: &str) -> Result<Document, InputError> {
    let table: toml::Table = document.parse().map_err(|error: toml::de::Error| {
        // Only the place: the message of the parser shows the line, which may be that of a key.
        let line =
            error.span().and_then(|span| document.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!(" (line {line})"));
        InputError::new(format!("it is not TOML{place}"), "write `name = value` lines, each name once, texts in quotes")
    })?;
    let values = |table: toml::Table| {
        table.into_iter().map(|(name, value)| (name, Input::Json(from_toml(value)))).collect::<Vec<_>>()
    };
    let member = |(name, value)| match value {
        toml::Value::Table(table) => (name, Member::Table(values(table))),
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => (name, Member::Table(Vec::new())),
        value => (name, Member::Value(Input::Json(from_toml(value)))),
    };
    Ok(ours(table.into_iter().map(member).collect()))
}

/// The table of a document that holds our settings, where the document is the application's.
const OWN_TABLE: &str = "jwt_auth";

enum Member {
    Value(Input),
    Table(Vec<(String, Input)>),
}

/// Takes our settings out of a document: its table `jwt_auth`, or, where it has none, all that is no table.
fn ours(root: Vec<(String, Member)>) -> Document {
    let is_own = |name: &str| name.eq_ignore_ascii_case(OWN_TABLE);
    let has_own = root.iter().any(|(name, member)| is_own(name) && matches!(member, Member::Table(_)));
    let mut document = Document { members: Vec::new(), misplaced: Vec::new() };
    for (name, member) in root {
        let is_setting = || {
            let name = name.to_ascii_lowercase();
            table::find(&name).is_some() || refusal(&name).is_some()
        };
        let misplaced = match member {
            Member::Table(members) if is_own(&name) => {
                document.members.extend(members);
                None
            }
            Member::Table(_) if is_meant_as_own(&name) => {
                Some(InputError::new("there is no such table", format!("did you mean `[{OWN_TABLE}]`?")))
            }
            Member::Table(_) if !has_own && is_setting() => Some(InputError::new(
                "it is a table, and a setting of that name is none",
                format!(
                    "write the setting as `name = value`; beside tables of your own, settings stand in `[{OWN_TABLE}]`"
                ),
            )),
            // The application's own.
            Member::Table(_) => None,
            Member::Value(input) if !has_own => {
                document.members.push((name.clone(), input));
                None
            }
            Member::Value(_) if is_setting() => Some(InputError::new(
                format!("it stands outside the table `[{OWN_TABLE}]`, and only that one is read"),
                "move it into that table; a value of that name which is your own, into a table of yours",
            )),
            Member::Value(_) => None,
        };
        document.misplaced.extend(misplaced.map(|wrong| (name, wrong)));
    }
    document
}

/// `[jwt-auth]`, `[jwtauth]`, `[SIMPLE_JWT]`, or a slip of the pen.
fn is_meant_as_own(name: &str) -> bool {
    let letters = |text: &str| text.replace(['-', '_', '.', ' '], "").to_ascii_lowercase();
    let (own, name) = (letters(OWN_TABLE), letters(name));
    name == "simplejwt" || (name.len() <= 2 * own.len() && distance(&name, &own) <= 2)
}

struct Members(Vec<(String, Box<RawValue>)>);

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
        toml::Value::String(text) if text.trim() == "null" => Value::Null,
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
