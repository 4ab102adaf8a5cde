//! One value as a source wrote it, and the readings of it.

use super::Audience;
use super::duration::{DurationError, parse_duration};
use crate::secret::Secret;
use serde_json::Value;
use std::fmt;
use std::fs::File;
use std::io::Read;
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
pub(super) struct Wrong {
    pub(super) reason: String,
    pub(super) remedy: String,
}

impl Wrong {
    pub(super) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

impl Input {
    /// Whether it unsets the setting.
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Text(text) => text == "null",
            Self::Json(value) => value.is_null(),
        }
    }

    /// `15m`, or seconds.
    pub(super) fn duration(&self) -> Result<Duration, Wrong> {
        let wrong = |error: DurationError| {
            Wrong::new(
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
    pub(super) fn boolean(&self) -> Result<bool, Wrong> {
        match self {
            Self::Json(Value::Bool(value)) => Some(*value),
            _ => self.scalar().and_then(|text| match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            }),
        }
        .ok_or_else(|| Wrong::new(format!("neither true nor false{}", self.quoted()), "write `true` or `false`"))
    }

    /// A whole number from 0.
    pub(super) fn count<N: TryFrom<u64>>(&self) -> Result<N, Wrong> {
        let number = match self {
            Self::Json(Value::Number(number)) => number.as_u64(),
            _ => self.scalar().and_then(|text| text.trim().parse().ok()),
        };
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| {
            Wrong::new(format!("not a whole number that fits{}", self.quoted()), "write a whole number such as `8192`")
        })
    }

    /// A text.
    pub(super) fn text(&self) -> Result<String, Wrong> {
        match self.scalar() {
            Some(_) if self.is_null() => Err(Wrong::new("it cannot be unset", "leave it out to have its default")),
            Some(text) => Ok(text.to_owned()),
            None => Err(Wrong::new(format!("not a text{}", self.quoted()), "write one text")),
        }
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Wrong> {
        let found = self.scalar().and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            Wrong::new(
                format!("not one of the words it takes{}", self.quoted()),
                format!("write {}", words.join(" or ")),
            )
        })
    }

    /// A list of texts: an array, a JSON array in the environment, or one bare item. `null` is the empty list.
    pub(super) fn list(&self) -> Result<Vec<String>, Wrong> {
        let wrong = || {
            Wrong::new("not a list of texts", "write a JSON array of texts such as `[\"a\", \"b\"]`, or one item bare")
        };
        let items = |values: &[Value]| {
            values.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().ok_or_else(wrong)
        };
        self.refuse_none()?;
        match self {
            _ if self.is_null() => Ok(Vec::new()),
            Self::Text(text) if text.trim_start().starts_with('[') => {
                serde_json::from_str::<Vec<String>>(text).map_err(|_| wrong())
            }
            // Django's settings are full of tuples; a bare item of that look is nobody's.
            Self::Text(text) if text.starts_with('(') && text.ends_with(')') => Err(wrong()),
            Self::Json(Value::Array(values)) => items(values),
            _ => self.scalar().map(|text| vec![text.to_owned()]).ok_or_else(wrong),
        }
    }

    /// A list of texts, or the one text that it is.
    pub(super) fn audience(&self) -> Result<Audience, Wrong> {
        let names = self.list()?;
        let is_list = match self {
            Self::Text(text) => text.trim_start().starts_with('['),
            Self::Json(value) => value.is_array(),
        };
        // A bare item is a list of one to `list`.
        Ok(if is_list || self.is_null() { Audience::List(names) } else { Audience::One(names.concat()) })
    }

    /// `None` for `null`, else as `read` reads it.
    pub(super) fn optional<T>(&self, read: impl FnOnce(&Self) -> Result<T, Wrong>) -> Result<Option<T>, Wrong> {
        self.refuse_none()?;
        if self.is_null() { Ok(None) } else { read(self).map(Some) }
    }

    /// Python's `None`, copied from a `SIMPLE_JWT`, would become an issuer or a claim of that name.
    fn refuse_none(&self) -> Result<(), Wrong> {
        match self.scalar() {
            Some("None") => Err(Wrong::new("`None` is Python", "write `null`")),
            _ => Ok(()),
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

    fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Json(Value::String(text)) => Some(text),
            Self::Json(_) => None,
        }
    }
}

/// Key texts: nothing of them may come into a message.
impl Input {
    /// A key in the setting itself.
    pub(super) fn key(&self) -> Result<Secret, Wrong> {
        let text = self.scalar().ok_or_else(|| Wrong::new("a key is one text", "write the secret or the PEM text"))?;
        key_text(text)
    }

    /// Several keys.
    pub(super) fn keys(&self) -> Result<Vec<Secret>, Wrong> {
        self.list()?.iter().map(|text| key_text(text)).collect()
    }

    /// A key in the file that the value names.
    pub(super) fn key_file(&self) -> Result<Secret, Wrong> {
        let path = self.scalar().ok_or_else(|| Wrong::new("a file is one text", "write the path of the file"))?;
        read_key(path)
    }

    /// Several keys, each in a file.
    pub(super) fn key_files(&self) -> Result<Vec<Secret>, Wrong> {
        self.list()?.iter().map(|path| read_key(path)).collect()
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

/// The longest key file. A private RSA key of 16384 bits has 13 KiB as PEM.
const LONGEST_FILE: u64 = 65_536;

/// The secret as it stands, or a PEM whose lines may be joined by the two characters `\n`, as `.env` files need it.
fn key_text(text: &str) -> Result<Secret, Wrong> {
    if text.is_empty() {
        return Err(Wrong::new("the key is empty", "write the secret or the PEM text, or leave the setting out"));
    }
    if text.trim_start().starts_with("-----BEGIN") {
        return Ok(Secret::new(text.replace("\\r\\n", "\n").replace("\\n", "\n")));
    }
    Ok(Secret::new(text))
}

/// A key that others can put in its place is theirs. That others can read it is how secrets are mounted into containers.
#[cfg(unix)]
fn is_writable_by_all(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn is_writable_by_all(_: &str) -> bool {
    false
}

// The path is left out of every message: whoever writes the key where its file belongs must not find it in a log.
fn read_key(path: &str) -> Result<Secret, Wrong> {
    let remedy = "write the path of a text file that this process may read and that holds nothing but the key";
    if is_writable_by_all(path) {
        return Err(Wrong::new(
            "everybody on this machine can write the key's file",
            "run `chmod o-w` on it, or `chmod 600`",
        ));
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_string(&mut text));
    let whole = Secret::from(text);
    match read {
        Err(error) => Err(Wrong::new(format!("the file cannot be read: {error}"), remedy)),
        Ok(length) if length as u64 > LONGEST_FILE => Err(Wrong::new("the file is over 64 KiB", remedy)),
        Ok(_) => {
            let text = whole.expose();
            let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
            key_text(text)
        }
    }
}
