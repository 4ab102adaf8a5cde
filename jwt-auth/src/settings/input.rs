//! One value as a source wrote it, and the readings of it.

use super::Audience;
use super::duration::{DurationError, parse_duration};
use super::key_text::{are_paths, holds_several, is_exposed, is_quoted, key_in_file, key_text, quoted};
use crate::secret::Secret;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// A value that is still to be read as something.
#[derive(Clone)]
pub(super) enum Input {
    /// From the environment, where everything is text.
    Text(String),
    /// From a document.
    Json(Value),
}

/// Why a value cannot be read, and what to write instead. Never holds the value of a key.
pub(super) struct InputError {
    pub(super) reason: String,
    pub(super) remedy: String,
}

impl InputError {
    pub(super) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

impl Input {
    /// Whether it unsets the setting.
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Text(text) => text.trim() == "null",
            Self::Json(value) => value.is_null(),
        }
    }

    /// Refuses a value that stands in quotes.
    pub(super) fn refuse_quotes(&self) -> Result<(), InputError> {
        if self.written().is_some_and(is_quoted) { Err(quoted()) } else { Ok(()) }
    }

    /// `15m`, or seconds.
    pub(super) fn duration(&self) -> Result<Duration, InputError> {
        let wrong = |error: DurationError| {
            InputError::new(
                format!("{error}{}", self.quoted()),
                "write `15m`, `1h30m`, `1d`, `500ms` or a number of seconds",
            )
        };
        match self {
            Self::Json(Value::Number(number)) => parse_duration(&number.to_string()),
            _ => parse_duration(self.scalar().ok_or_else(|| wrong(DurationError::NotADuration))?),
        }
        .map_err(wrong)
    }

    /// `true` or `false`; `1` and `0` too, as text.
    pub(super) fn boolean(&self) -> Result<bool, InputError> {
        match self {
            Self::Json(Value::Bool(value)) => Some(*value),
            _ => self.scalar().and_then(|text| match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            }),
        }
        .ok_or_else(|| InputError::new(format!("neither true nor false{}", self.quoted()), "write `true` or `false`"))
    }

    /// A whole number from 0.
    pub(super) fn count<N: TryFrom<u64>>(&self) -> Result<N, InputError> {
        let number = match self {
            Self::Json(Value::Number(number)) => number.as_u64(),
            _ => self.scalar().and_then(|text| text.parse().ok()),
        };
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| {
            InputError::new(
                format!("not a whole number that fits{}", self.quoted()),
                "write a whole number such as `8192`",
            )
        })
    }

    /// A text.
    pub(super) fn text(&self) -> Result<String, InputError> {
        match self.scalar() {
            Some(_) if self.is_null() => Err(InputError::new("it cannot be unset", "leave it out to have its default")),
            Some(text) => Ok(text.to_owned()),
            None => Err(InputError::new(format!("not a text{}", self.quoted()), "write one text")),
        }
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, InputError> {
        let found = self.scalar().and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            InputError::new(
                format!("not one of the words it takes{}", self.quoted()),
                format!("write {}", words.join(" or ")),
            )
        })
    }

    /// A list of texts: an array, a JSON array in the environment, or one bare item. `null` is the empty list.
    pub(super) fn list(&self) -> Result<Vec<String>, InputError> {
        let items = self.items()?;
        let items: Vec<String> = items.iter().map(|item| item.trim().to_owned()).collect();
        if items.iter().any(|item| is_quoted(item)) {
            return Err(quoted());
        }
        match &items[..] {
            [bare] if !self.is_array() && bare.contains(',') => {
                let parts: Vec<_> = bare.split(',').map(|part| format!("\"{}\"", part.trim())).collect();
                let is_short = !bare.contains('"') && bare.len() <= LONGEST_QUOTE;
                let list = if is_short { parts.join(", ") } else { "\"a\", \"b\"".to_owned() };
                let reason = "one text with commas in it, where a list is a JSON array of texts";
                Err(InputError::new(reason, format!("write `[{list}]`")))
            }
            _ => Ok(items),
        }
    }

    /// A list of texts, or the one text that it is.
    pub(super) fn audience(&self) -> Result<Audience, InputError> {
        let names = self.list()?;
        // A bare item is a list of one to `list`.
        Ok(if self.is_array() || self.is_null() { Audience::List(names) } else { Audience::One(names.concat()) })
    }

    /// `None` for `null`, else as `read` reads it.
    pub(super) fn optional<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, InputError>,
    ) -> Result<Option<T>, InputError> {
        self.refuse_none()?;
        if self.is_null() { Ok(None) } else { read(self).map(Some) }
    }

    /// Python's `None`, copied from a `SIMPLE_JWT`, would become an issuer or a claim of that name.
    fn refuse_none(&self) -> Result<(), InputError> {
        match self.scalar() {
            Some("None") => Err(InputError::new("`None` is Python", "write `null`")),
            _ => Ok(()),
        }
    }

    /// The items as they were written: of an array, or one bare. `null` has none.
    fn items(&self) -> Result<Vec<String>, InputError> {
        let wrong = || {
            InputError::new(
                "not a list of texts",
                "write a JSON array of texts such as `[\"a\", \"b\"]`, or one item bare",
            )
        };
        self.refuse_none()?;
        match self {
            _ if self.is_null() => Ok(Vec::new()),
            Self::Text(text) if self.is_array() => serde_json::from_str(text).map_err(|_| wrong()),
            // Django's settings are full of tuples; a bare item of that look is nobody's.
            Self::Text(text) if text.trim().starts_with('(') && text.trim().ends_with(')') => Err(wrong()),
            Self::Json(Value::Array(values)) => {
                values.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or_else(wrong)
            }
            _ => self.written().map(|text| vec![text.to_owned()]).ok_or_else(wrong),
        }
    }

    fn is_array(&self) -> bool {
        match self {
            Self::Text(text) => text.trim_start().starts_with('['),
            Self::Json(value) => value.is_array(),
        }
    }

    /// The value in a message, when it is short and cannot be a key.
    fn quoted(&self) -> String {
        let shown = match self {
            Self::Text(text) | Self::Json(Value::String(text)) => text.clone(),
            Self::Json(value @ (Value::Number(_) | Value::Bool(_) | Value::Null)) => value.to_string(),
            Self::Json(Value::Array(_) | Value::Object(_)) => return String::new(),
        };
        let printable = shown.chars().all(|c| !c.is_control());
        if printable && shown.len() <= LONGEST_QUOTE { format!(": `{shown}`") } else { String::new() }
    }

    /// The text without the white space around it, which is part of no value but a key's.
    fn scalar(&self) -> Option<&str> {
        self.written().map(str::trim)
    }

    fn written(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Json(Value::String(text)) => Some(text),
            Self::Json(_) => None,
        }
    }
}

/// Key texts: nothing of them may come into a message.
impl Input {
    /// A key in the setting itself.
    pub(super) fn key(&self) -> Result<Secret, InputError> {
        let text =
            self.written().ok_or_else(|| InputError::new("a key is one text", "write the secret or the PEM text"))?;
        key_text(text)
    }

    /// Several keys.
    pub(super) fn keys(&self) -> Result<Vec<Secret>, InputError> {
        let items = self.items()?;
        if !self.is_array() && items.iter().any(|text| holds_several(text)) {
            let reason = "several keys in one text, where a list is a JSON array";
            return Err(InputError::new(reason, "write a JSON array of texts, each with one key"));
        }
        items.iter().map(|text| key_text(text)).collect()
    }

    /// A key in the file that the value names.
    pub(super) fn key_file(&self) -> Result<Secret, InputError> {
        let wrong = || match self.is_array() {
            true => InputError::new("it is a list, and this is one file", "write the path of one file"),
            false => InputError::new("a file is one text", "write the path of the file"),
        };
        key_in_file(self.scalar().ok_or_else(wrong)?)
    }

    /// Several keys, each in a file.
    pub(super) fn key_files(&self) -> Result<Vec<Secret>, InputError> {
        let paths = self.items()?;
        if !self.is_array() && paths.iter().any(|path| are_paths(path.trim())) {
            let reason = "several files in one text, where a list is a JSON array";
            return Err(InputError::new(reason, "write `[\"/run/old.key\", \"/run/older.key\"]`"));
        }
        paths.iter().map(|path| key_in_file(path.trim())).collect()
    }

    /// Whether the value names a file that others may read.
    pub(super) fn names_exposed_file(&self) -> bool {
        self.items().is_ok_and(|paths| paths.iter().any(|path| is_exposed(path.trim())))
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may be a key.
        f.write_str("[redacted]")
    }
}

/// A value this long is no slip of the pen, and may be a key that stands in the wrong place. HMAC keys have 32 bytes.
const LONGEST_QUOTE: usize = 24;
