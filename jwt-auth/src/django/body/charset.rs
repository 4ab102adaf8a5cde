//! Character sets of bodies, under Python's names for them.

use std::borrow::Cow;

/// The character set that a `Content-Type` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Also for every name that is not here, as Django takes one for it that Python does not know.
    Utf8,
    /// With or without a byte order mark.
    Utf8Sig,
    Latin1,
    Ascii,
    Utf16(Order),
    Utf32(Order),
}

/// Which byte comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
    /// As a mark at the beginning says.
    Marked,
}

/// A codec of Python that does not make text out of bytes; DRF refuses it.
pub(crate) struct NotForText;

impl Charset {
    /// The set of a name; without one, UTF-8.
    pub(crate) fn named(name: Option<&str>) -> Result<Self, NotForText> {
        let lower = name.unwrap_or_default().to_lowercase();
        // As Python makes one spelling of many.
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').filter(|word| !word.is_empty()).collect();
        Ok(match words.join("_").as_str() {
            "latin_1" | "latin1" | "latin" | "l1" | "8859" | "cp819" | "ibm819" | "csisolatin1" | "iso8859"
            | "iso8859_1" | "iso_8859_1" | "iso_8859_1_1987" | "iso_ir_100" => Self::Latin1,
            "ascii" | "us_ascii" | "us" | "646" | "cp367" | "ibm367" | "csascii" | "iso646_us" | "iso_ir_6"
            | "ansi_x3.4_1968" | "ansi_x3.4_1986" | "iso_646.irv_1991" => Self::Ascii,
            "utf_8_sig" => Self::Utf8Sig,
            "utf_16" | "utf16" | "u16" => Self::Utf16(Order::Marked),
            "utf_16_le" | "utf_16le" => Self::Utf16(Order::Little),
            "utf_16_be" | "utf_16be" => Self::Utf16(Order::Big),
            "utf_32" | "utf32" | "u32" => Self::Utf32(Order::Marked),
            "utf_32_le" | "utf_32le" => Self::Utf32(Order::Little),
            "utf_32_be" | "utf_32be" => Self::Utf32(Order::Big),
            "base64" | "base_64" | "base64_codec" | "bz2" | "bz2_codec" | "hex" | "hex_codec" | "quopri"
            | "quopri_codec" | "quoted_printable" | "quotedprintable" | "uu" | "uu_codec" | "zip" | "zlib"
            | "zlib_codec" | "rot13" | "rot_13" | "undefined" => return Err(NotForText),
            _ => Self::Utf8,
        })
    }

    /// The text; `None` where Python raises an error.
    pub(crate) fn decode_strictly(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Utf8Sig => {
                std::str::from_utf8(bytes).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text).into())
            }
            Self::Latin1 => Some(latin1(bytes).into()),
            Self::Ascii => std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(Cow::Borrowed),
            Self::Utf16(_) | Self::Utf32(_) => {
                self.wide(bytes)?.into_iter().collect::<Option<String>>().map(Cow::Owned)
            }
        }
    }

    /// The text, with replacement characters for what is not in this set.
    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 | Self::Utf8Sig => String::from_utf8_lossy(bytes).into_owned(),
            Self::Latin1 => latin1(bytes),
            Self::Ascii => {
                bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' }).collect()
            }
            Self::Utf16(_) | Self::Utf32(_) => {
                let characters = self.wide(bytes).unwrap_or_default().into_iter();
                characters.map(|character| character.unwrap_or('\u{fffd}')).collect()
            }
        }
    }

    /// The characters of the wide sets, `None` for each that is none; nothing at all where a mark is missing.
    fn wide(self, bytes: &[u8]) -> Option<Vec<Option<char>>> {
        let (width, order) = match self {
            Self::Utf16(order) => (2, order),
            Self::Utf32(order) => (4, order),
            _ => return None,
        };
        let number = |unit: &[u8], little: bool| {
            let digit = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
            if little { unit.iter().rev().fold(0, digit) } else { unit.iter().fold(0, digit) }
        };
        let (little, bytes) = match order {
            Order::Little => (true, bytes),
            Order::Big => (false, bytes),
            Order::Marked => {
                let (mark, rest) = bytes.split_at_checked(width)?;
                let little = number(mark, true) == MARK;
                (little || number(mark, false) == MARK).then_some((little, rest))?
            }
        };
        let units = bytes.chunks(width);
        let is_cut = bytes.len() % width != 0;
        let mut characters: Vec<Option<char>> = match width {
            // Two bytes always fit.
            2 => char::decode_utf16(units.map(|unit| number(unit, little) as u16)).map(Result::ok).collect(),
            _ => units.map(|unit| char::from_u32(number(unit, little))).collect(),
        };
        if is_cut {
            characters.pop();
            characters.push(None);
        }
        Some(characters)
    }
}

/// The byte order mark.
const MARK: u32 = 0xfeff;

/// Every byte is the character of its number.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> Option<String> {
        Charset::named(Some(name)).ok()?.decode_strictly(bytes).map(Cow::into_owned)
    }

    #[test]
    fn texts_are_read_in_pythons_sets() {
        for (name, bytes, text) in [
            ("UTF-8", &b"\xc3\xbc"[..], Some("ü")),
            ("nonsense", b"\xc3\xbc", Some("ü")),
            ("utf-8-sig", b"\xef\xbb\xbfa", Some("a")),
            ("iso-8859-1", b"\xfc", Some("ü")),
            ("ISO_8859-1:1987", b"\xfc", Some("ü")),
            ("US-ASCII", b"\xfc", None),
            ("utf-16", b"\xff\xfea\x00", Some("a")),
            ("utf-16", b"\xfe\xff\x00a", Some("a")),
            ("utf-16", b"a\x00", None),
            ("utf-16le", b"=\xd8\x00\xde", Some("😀")),
            ("utf-16-be", b"\xd8=\xde\x00", Some("😀")),
            ("utf-16-be", b"\xd8=", None),
            ("utf-16-le", b"a\x00b", None),
            ("utf-32", b"\xff\xfe\x00\x00\x00\xf6\x01\x00", Some("😀")),
            ("utf-32-be", b"\x00\x11\x00\x00", None),
            ("hex", b"61", None),
        ] {
            assert_eq!(read(name, bytes).as_deref(), text, "{name} {bytes:?}");
        }
        let marked = Charset::Utf16(Order::Little);
        assert_eq!(marked.decode(b"a\x00\x00\xd8b"), "a\u{fffd}\u{fffd}");
    }
}
