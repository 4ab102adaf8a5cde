//! A text field of a body, as DRF's `CharField` reads it; what it makes of a text is in `crate::char_field`.

use super::json_body::{kind, string};
use crate::char_field::{CharFault, read, reading};
use std::mem;
use zeroize::Zeroizing;

/// How a text field is read.
#[derive(Clone, Copy)]
pub(crate) struct CharField<'a> {
    pub(crate) name: &'a str,
    /// Whether it loses white space at both ends: all but passwords, and with SimpleJWT these too.
    pub(crate) trims: bool,
    /// In characters; SimpleJWT has no bound but that of the body.
    pub(crate) max_length: usize,
}

impl CharField<'_> {
    /// Reads a member's JSON text: a string, or a number, which becomes a text. What is wrong with it is told in DRF's messages.
    pub(crate) fn read(
        self,
        json: &str,
        python_texts: bool,
        number: impl FnOnce(&str) -> Option<String>,
    ) -> Result<String, Vec<String>> {
        let one = |message: &str| vec![message.to_owned()];
        let mut text = match kind(json) {
            Some("str") => string(json),
            Some("int" | "float") => Text::plain(number(json).ok_or_else(|| one("Not a valid string."))?),
            Some("NoneType") => return Err(one("This field may not be null.")),
            _ => return Err(one("Not a valid string.")),
        };
        let (trim, max_length) = reading(python_texts, self.trims, self.max_length);
        let (trimmed, faults) = read(&text.text, trim, max_length);
        let message = |fault: &CharFault| match fault {
            CharFault::Blank => "This field may not be blank.".to_owned(),
            CharFault::TooLong => format!("Ensure this field has no more than {} characters.", self.max_length),
            CharFault::Null => "Null characters are not allowed.".to_owned(),
        };
        let mut messages: Vec<String> = faults.iter().map(message).collect();
        if faults == [CharFault::Blank] {
            return Err(messages);
        }
        if let Some(unit) = text.surrogate {
            messages.push(format!("Surrogate characters are not allowed: U+{unit:X}."));
        }
        match messages.is_empty() {
            true if trimmed.len() == text.text.len() => Ok(mem::take(&mut *text.text)),
            true => Ok(trimmed.to_owned()),
            false => Err(messages),
        }
    }
}

/// A text that came as JSON, which can spell what Unicode has no character for. It may be a password: what is left of it is wiped.
pub(crate) struct Text {
    pub(crate) text: Zeroizing<String>,
    /// The first half of a surrogate pair without its other half; a replacement character stands in its place.
    pub(crate) surrogate: Option<u32>,
}

impl Text {
    pub(crate) fn plain(text: String) -> Self {
        Self { text: Zeroizing::new(text), surrogate: None }
    }
}
