//! The walk over the text: every byte once, nothing on the call stack.

use super::{BadJson, INLINE, MAX_DEPTH, Member, Object, Span, decode};
use std::ops::Range;

/// A place in a JSON text.
pub(super) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

/// A name in an object that is not closed yet, with enough of it to tell most names apart.
#[derive(Clone, Copy, Default)]
struct Name {
    key: u64,
    span: Span,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self { text, bytes, at: 0 }
    }

    pub(super) fn object(mut self) -> Result<Object, BadJson> {
        let mut object = Object::empty();
        let mut nested = Nested::default();
        self.space();
        self.expect(b'{')?;
        self.space();
        if !self.take(b'}') {
            loop {
                let name = self.name()?;
                let start = self.offset();
                self.value(&mut nested)?;
                let end = self.offset();
                object.push(Member { name, value: Span { start, end, escaped: false } });
                self.space();
                if self.take(b'}') {
                    break;
                }
                self.expect(b',')?;
                self.space();
            }
        }
        self.space();
        if self.at < self.bytes.len() || !self.has_distinct_names(&object) {
            return Err(BadJson);
        }
        Ok(object)
    }

    fn has_distinct_names(&self, object: &Object) -> bool {
        let named = |member: &Member| Name { key: fingerprint(self.text, member.name), span: member.name };
        if object.more.is_empty() {
            let mut names = [Name::default(); INLINE];
            let count = object.len;
            for (name, member) in names.iter_mut().zip(object.first.iter().take(count)) {
                *name = named(member);
            }
            self.distinct(names.get(..count).unwrap_or_default())
        } else {
            let names: Vec<Name> = object.first.iter().chain(&object.more).map(named).collect();
            self.distinct(&names)
        }
    }

    /// One value of any kind. What is inside it is kept on `nested`, not on the call stack.
    fn value(&mut self, nested: &mut Nested) -> Result<(), BadJson> {
        match self.peek() {
            Some(b'"') => return self.string().map(drop),
            Some(b'{' | b'[') => {}
            _ => return self.scalar(),
        }
        'value: loop {
            match self.peek() {
                Some(b'"') => self.string().map(drop)?,
                Some(b'{') => {
                    self.at += 1;
                    self.space();
                    nested.open(true)?;
                    if self.peek() != Some(b'}') {
                        self.nested_name(nested)?;
                        continue 'value;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    self.space();
                    nested.open(false)?;
                    if self.peek() != Some(b']') {
                        continue 'value;
                    }
                }
                _ => self.scalar()?,
            }
            loop {
                self.space();
                let in_object = nested.in_object();
                match self.peek() {
                    Some(b'}') if in_object => {
                        if !self.distinct(nested.names_of_level()) {
                            return Err(BadJson);
                        }
                    }
                    Some(b']') if !in_object => {}
                    Some(b',') => {
                        self.at += 1;
                        self.space();
                        if in_object {
                            self.nested_name(nested)?;
                        }
                        continue 'value;
                    }
                    _ => return Err(BadJson),
                }
                self.at += 1;
                if nested.close() {
                    return Ok(());
                }
            }
        }
    }

    fn nested_name(&mut self, nested: &mut Nested) -> Result<(), BadJson> {
        let span = self.name()?;
        let key = fingerprint(self.text, span);
        nested.names.push(Name { key, span });
        Ok(())
    }

    fn name(&mut self) -> Result<Span, BadJson> {
        let name = self.string()?;
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(name)
    }

    pub(super) fn string(&mut self) -> Result<Span, BadJson> {
        self.expect(b'"')?;
        let start = self.offset();
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.peek().ok_or(BadJson)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                0..0x20 => return Err(BadJson),
                _ => self.at += 1,
            }
        }
        let end = self.offset();
        self.at += 1;
        Ok(Span { start, end, escaped })
    }

    /// Moves past bytes that mean nothing in a string, eight at a time, and stops within eight of one that does.
    fn skip_plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGHS: u64 = ONES << 7;
        // The lowest bit set marks the first byte below `limit` (at most 128); above that one, bits may lie.
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGHS;
        while let Some(eight) = self.bytes.get(self.at..self.at + 8).and_then(|eight| eight.first_chunk()) {
            let word = u64::from_le_bytes(*eight);
            let special = below(word, 0x20)
                | below(word ^ (ONES * u64::from(b'"')), 1)
                | below(word ^ (ONES * u64::from(b'\\')), 1);
            if special != 0 {
                self.at += (special.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
    }

    fn escape(&mut self) -> Result<(), BadJson> {
        self.at += 1;
        match self.peek().ok_or(BadJson)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => match self.unit()? {
                0xd800..0xdc00 => {
                    self.expect(b'\\')?;
                    if self.peek() != Some(b'u') || !(0xdc00..0xe000).contains(&self.unit()?) {
                        return Err(BadJson);
                    }
                }
                0xdc00..0xe000 => return Err(BadJson),
                _ => {}
            },
            _ => return Err(BadJson),
        }
        Ok(())
    }

    /// `uXXXX`
    fn unit(&mut self) -> Result<u32, BadJson> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek().ok_or(BadJson)?).to_digit(16);
            value = value << 4 | digit.ok_or(BadJson)?;
            self.at += 1;
        }
        Ok(value)
    }

    fn scalar(&mut self) -> Result<(), BadJson> {
        match self.peek().ok_or(BadJson)? {
            b'0'..=b'9' | b'-' => self.number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(BadJson),
        }
    }

    fn number(&mut self) -> Result<(), BadJson> {
        /// Digits that cannot make an `f64` overflow by themselves.
        const HARMLESS: usize = 300;
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        let scientific = self.take(b'e') || self.take(b'E');
        if scientific {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let number = start..self.at;
        if (scientific || number.len() > HARMLESS) && !self.is_finite(number) {
            return Err(BadJson);
        }
        Ok(())
    }

    fn is_finite(&self, number: Range<usize>) -> bool {
        let value = self.text.get(number).and_then(|text| text.parse().ok());
        value.is_some_and(f64::is_finite)
    }

    fn digits(&mut self) -> Result<(), BadJson> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(BadJson) }
    }

    fn word(&mut self, word: &str) -> Result<(), BadJson> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(BadJson);
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<(), BadJson> {
        if self.take(byte) { Ok(()) } else { Err(BadJson) }
    }

    /// Fits: the text was measured first.
    fn offset(&self) -> u32 {
        self.at as u32
    }

    fn distinct(&self, names: &[Name]) -> bool {
        /// Where comparing each with each becomes dearer than sorting.
        const FEW: usize = 32;
        let raw = |name: &Name| name.span.of(self.text);
        if names.len() <= FEW {
            return names.iter().enumerate().all(|(index, name)| {
                let earlier = names.get(..index).unwrap_or_default();
                earlier.iter().all(|other| other.key != name.key || !decode(raw(other)).eq(decode(raw(name))))
            });
        }
        let mut sorted = names.to_vec();
        sorted.sort_unstable_by(|a, b| decode(raw(a)).cmp(decode(raw(b))));
        !sorted.windows(2).any(|pair| matches!(pair, [a, b] if decode(raw(a)).eq(decode(raw(b)))))
    }
}

/// The containers that are open inside a member's value.
#[derive(Default)]
struct Nested {
    names: Vec<Name>,
    /// One bit for each open container, the innermost lowest: whether it is an object.
    objects: u32,
    /// Where the names of each open container begin in `names`.
    bases: [u32; MAX_DEPTH as usize],
    depth: usize,
}

impl Nested {
    fn open(&mut self, object: bool) -> Result<(), BadJson> {
        // The object that all this is in is the first level.
        if self.depth + 1 >= MAX_DEPTH as usize {
            return Err(BadJson);
        }
        self.objects = self.objects << 1 | u32::from(object);
        if let Some(base) = self.bases.get_mut(self.depth) {
            *base = self.names.len() as u32;
        }
        self.depth += 1;
        Ok(())
    }

    /// `true` when that was the outermost one.
    fn close(&mut self) -> bool {
        let base = self.base();
        self.names.truncate(base);
        self.objects >>= 1;
        self.depth = self.depth.saturating_sub(1);
        self.depth == 0
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn names_of_level(&self) -> &[Name] {
        self.names.get(self.base()..).unwrap_or_default()
    }

    fn base(&self) -> usize {
        let level = self.depth.checked_sub(1);
        level.and_then(|level| self.bases.get(level)).map_or(0, |base| *base as usize)
    }
}

/// Equal for equal names: length and first seven bytes, escapes decoded.
fn fingerprint(text: &str, name: Span) -> u64 {
    let raw = name.of(text);
    let mut key = [0; 8];
    let mut len = raw.len();
    if name.escaped {
        let decoded: String = decode(raw).collect();
        fill(&mut key, decoded.as_bytes());
        len = decoded.len();
    } else {
        fill(&mut key, raw.as_bytes());
    }
    key[7] = len.min(255) as u8;
    u64::from_le_bytes(key)
}

fn fill(key: &mut [u8; 8], name: &[u8]) {
    if let Some(first) = name.first_chunk() {
        *key = *first;
        return;
    }
    for (place, byte) in key.iter_mut().zip(name.iter().take(7)) {
        *place = *byte;
    }
}
