//! A strict reader of one JSON object: it keeps where the members are, and builds nothing.
//!
//! Stricter than RFC 8259 where that matters to tokens: names must differ within each object (RFC 7519 4, compared after
//! escapes are decoded), objects and arrays nest at most 32 deep, lone surrogates and numbers beyond `f64` are refused.
//! It does not recurse, and allocates only for objects inside the object or more members than tokens have.

mod claim_name;
mod nested;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use claim_name::ClaimName;

use reader::Reader;

/// How deep objects and arrays may nest, the object itself being the first level.
pub(crate) const MAX_DEPTH: u32 = 32;

/// Not one object that keeps the rules of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadJson;

/// Where the members of an object are in the text it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    first: [Member; INLINE],
    more: Vec<Member>,
    len: usize,
    escapes: bool,
}

/// More claims than common tokens have; beyond that a `Vec` takes over.
const INLINE: usize = 16;

/// Where one member is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Member {
    name: Name,
    value: Span,
}

/// Where a name is, and enough of it to tell most names apart without looking there.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    key: NameKey,
    span: Span,
}

/// The first seven bytes of a name, escapes decoded, and its length up to 255: for names of at most seven bytes, all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameKey(u64);

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    end: u32,
}

impl Object {
    /// Of a text that is not read yet.
    pub(crate) fn empty() -> Self {
        Self { first: [Member::default(); INLINE], more: Vec::new(), len: 0, escapes: false }
    }

    /// Reads the whole text as one object.
    pub(crate) fn read(text: &str) -> Result<Self, BadJson> {
        let mut object = Self::empty();
        object.fill(text)?;
        Ok(object)
    }

    /// The same, into an [`empty`](Self::empty) object: it is large, and returning it would copy it.
    pub(crate) fn fill(&mut self, text: &str) -> Result<(), BadJson> {
        // Spans are 32 bits; no token gets near that.
        if u32::try_from(text.len()).is_err() {
            return Err(BadJson);
        }
        Reader::new(text).object(self)
    }

    /// Names (the text between the quotes, escapes and all) and values (JSON text), in order. `text` is what was read.
    pub(crate) fn members<'a>(&self, text: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().map(|member| (member.name(text), member.value(text)))
    }

    /// The JSON text of a member.
    pub(crate) fn get<'a>(&self, text: &'a str, name: &str) -> Option<&'a str> {
        let key = NameKey::of(name);
        self.iter()
            .find(|member| member.name.key == key && same_text(member.name(text), name))
            .map(|member| member.value(text))
    }

    /// Whether any string in it is written with escapes; when not, all of them read as they stand.
    pub(crate) fn has_escapes(&self) -> bool {
        self.escapes
    }

    /// What it takes beside itself.
    pub(crate) fn spilled_bytes(&self) -> usize {
        self.more.capacity() * size_of::<Member>()
    }

    /// The members, in order, to find many of them in one walk.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member> {
        let first = self.first.get(..self.len).unwrap_or_default();
        first.iter().chain(&self.more)
    }

    fn push(&mut self, member: Member) {
        match self.first.get_mut(self.len) {
            Some(place) => {
                *place = member;
                self.len += 1;
            }
            None => self.more.push(member),
        }
    }
}

impl Member {
    pub(crate) fn key(&self) -> NameKey {
        self.name.key
    }

    /// What stands between the quotes of the name, escapes and all, in the text that was read.
    pub(crate) fn name<'a>(&self, text: &'a str) -> &'a str {
        self.name.span.of(text)
    }

    /// The JSON text of the value, in the text that was read.
    pub(crate) fn value<'a>(&self, text: &'a str) -> &'a str {
        self.value.of(text)
    }
}

impl NameKey {
    /// How long a name can be that its key holds all of.
    pub(crate) const PREFIX: usize = 7;

    /// Of a name without escapes.
    pub(crate) const fn of(name: &str) -> Self {
        let name = name.as_bytes();
        let mut prefix = 0;
        let mut at = 0;
        while at < name.len() && at < Self::PREFIX {
            prefix |= (name[at] as u64) << (8 * at);
            at += 1;
        }
        Self::new(prefix, name.len())
    }

    const fn new(prefix: u64, length: usize) -> Self {
        let length = if length < 255 { length } else { 255 };
        Self(prefix | (length as u64) << 56)
    }
}

impl Span {
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A part of a text by its position in it.
pub(crate) fn place_in(text: &str, part: &str) -> (u32, u32) {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    (start as u32, (start + part.len()) as u32)
}

/// What stands between the quotes, when the value is a string; escapes are still in it.
pub(crate) fn as_string(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// The text of an id, a string or a number in its digits; an empty one names nobody.
pub(crate) fn as_id(value: &str) -> Option<&str> {
    match value.as_bytes().first()? {
        b'"' => as_string(value).filter(|text| !text.is_empty()),
        b'-' | b'0'..=b'9' => Some(value),
        _ => None,
    }
}

/// The value, when it is an integer that `i64` can hold, written without fraction and exponent.
pub(crate) fn as_integer(value: &str) -> Option<i64> {
    value.parse().ok()
}

/// The whole numbers on both sides of a number with a fraction (`1.5` gives 1 and 2), or twice the integer; none beyond `i64`, and
/// for one with an exponent, which no issuer writes for a time.
pub(crate) fn whole_around(value: &str) -> Option<(i64, i64)> {
    let Some((whole, fraction)) = value.split_once('.') else {
        return as_integer(value).map(|whole| (whole, whole));
    };
    let towards_zero = as_integer(whole)?;
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    if fraction.bytes().all(|digit| digit == b'0') {
        Some((towards_zero, towards_zero))
    } else if whole.starts_with('-') {
        Some((towards_zero.checked_sub(1)?, towards_zero))
    } else {
        Some((towards_zero, towards_zero.checked_add(1)?))
    }
}

/// Calls `each` with every string of an array (as [`as_string`] gives it); `false` when something else is in it.
pub(crate) fn each_string<'a>(array: &'a str, mut each: impl FnMut(&'a str)) -> bool {
    let mut reader = Reader::new(array);
    if !reader.take(b'[') {
        return false;
    }
    reader.space();
    if reader.take(b']') {
        return true;
    }
    loop {
        let Ok(span) = reader.string() else {
            return false;
        };
        each(span.of(array));
        reader.space();
        if !reader.take(b',') {
            return reader.take(b']');
        }
        reader.space();
    }
}

/// Whether a string of the JSON text says `wanted`, escapes decoded.
pub(crate) fn same_text(raw: &str, wanted: &str) -> bool {
    // An escape is never shorter than what it stands for.
    if raw.len() == wanted.len() {
        raw == wanted && !is_escaped(raw)
    } else {
        raw.len() > wanted.len() && is_escaped(raw) && decode(raw).eq(wanted.chars())
    }
}

fn is_escaped(raw: &str) -> bool {
    memchr::memchr(b'\\', raw.as_bytes()).is_some()
}

/// The characters of a string of the JSON text. The text must have been read by [`Object::read`].
pub(crate) fn decode(raw: &str) -> impl Iterator<Item = char> {
    let mut rest = raw.chars();
    std::iter::from_fn(move || match rest.next()? {
        '\\' => Some(match rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => decode_unit(&mut rest)?,
            itself => itself,
        }),
        plain => Some(plain),
    })
}

fn decode_unit(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let mut unit = || {
        let digits = rest.as_str().get(..4)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        rest.nth(3)?;
        Some(value)
    };
    let high = unit()?;
    if !(0xd800..0xdc00).contains(&high) {
        return char::from_u32(high);
    }
    rest.nth(1)?;
    let digits = rest.as_str().get(..4)?;
    let low = u32::from_str_radix(digits, 16).ok()?;
    rest.nth(3)?;
    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?)
}
