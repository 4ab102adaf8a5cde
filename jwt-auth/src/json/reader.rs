//! The walk over the text: every byte once, nothing on the call stack.

use super::nested::Nested;
use super::{BadJson, Member, Name, NameKey, Object, Span, decode};
use std::ops::Range;

/// A place in a JSON text.
pub(super) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether there was an escape so far.
    escapes: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self { text, bytes, at: 0, escapes: false }
    }

    pub(super) fn object(mut self, object: &mut Object) -> Result<(), BadJson> {
        self.space();
        self.expect(b'{')?;
        self.space();
        if !self.take(b'}') {
            loop {
                let name = self.name()?;
                let start = self.offset();
                self.value()?;
                let end = self.offset();
                object.push(Member { name, value: Span { start, end } });
                self.space();
                if self.take(b'}') {
                    break;
                }
                self.expect(b',')?;
                self.space();
            }
        }
        self.space();
        if self.at < self.bytes.len() {
            return Err(BadJson);
        }
        let distinct = self.has_distinct_names(object);
        self.judge_names(distinct)?;
        object.escapes = self.escapes;
        Ok(())
    }

    fn judge_names(&mut self, distinct: bool) -> Result<(), BadJson> {
        if distinct { Ok(()) } else { Err(BadJson) }
    }

    fn has_distinct_names(&self, object: &Object) -> bool {
        if object.more.is_empty() {
            let first = object.first.get(..object.len).unwrap_or_default();
            self.distinct(first, |member| member.name)
        } else {
            let names: Vec<Name> = object.iter().map(|member| member.name).collect();
            self.distinct(&names, |name| *name)
        }
    }

    fn value(&mut self) -> Result<(), BadJson> {
        match self.peek() {
            Some(b'"') => self.string_with_escapes().map(drop),
            Some(b'{' | b'[') => self.container(),
            _ => self.scalar(),
        }
    }

    /// An object or array with all that is in it, which is kept track of in `nested` and not on the call stack.
    fn container(&mut self) -> Result<(), BadJson> {
        let nested = &mut Nested::default();
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
                        let distinct = self.distinct(nested.names_of_level(), |name| *name);
                        self.judge_names(distinct)?;
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
        let name = self.name()?;
        nested.names.push(name);
        Ok(())
    }

    // Left to itself the compiler hands the result back through memory, which stalls the next read of it.
    #[inline(always)]
    fn name(&mut self) -> Result<Name, BadJson> {
        let (span, escaped) = self.string_with_escapes()?;
        let key = self.key(span, escaped);
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(Name { key, span })
    }

    #[inline]
    fn key(&self, span: Span, escaped: bool) -> NameKey {
        let raw = span.of(self.text);
        if escaped {
            return NameKey::of(&decode(raw).collect::<String>());
        }
        let rest = self.bytes.get(span.start as usize..).unwrap_or_default();
        match rest.first_chunk() {
            Some(eight) => {
                let keep = 8 * raw.len().min(NameKey::PREFIX);
                let prefix = u64::from_le_bytes(*eight) & ((1 << keep) - 1);
                NameKey::new(prefix, raw.len())
            }
            None => NameKey::of(raw),
        }
    }

    pub(super) fn string(&mut self) -> Result<Span, BadJson> {
        self.string_with_escapes().map(|(span, _)| span)
    }

    /// Also says whether there are escapes in it.
    #[inline(always)]
    fn string_with_escapes(&mut self) -> Result<(Span, bool), BadJson> {
        self.expect(b'"')?;
        let start = self.offset();
        let mut escaped = false;
        loop {
            self.at += plain_length(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escapes = true;
                    self.escape()?;
                }
                _ => return Err(BadJson),
            }
        }
        let end = self.offset();
        self.at += 1;
        Ok((Span { start, end }, escaped))
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

    #[inline]
    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), BadJson> {
        if self.take(byte) { Ok(()) } else { Err(BadJson) }
    }

    /// Fits: the text was measured first.
    fn offset(&self) -> u32 {
        self.at as u32
    }

    fn distinct<T>(&self, all: &[T], name: impl Fn(&T) -> Name) -> bool {
        /// Where comparing each with each becomes dearer than sorting.
        const FEW: usize = 32;
        let decoded = |name: Name| decode(name.span.of(self.text));
        let same = |a: Name, b: Name| a.key == b.key && decoded(a).eq(decoded(b));
        if all.len() <= FEW {
            let mut rest = all;
            while let [first, others @ ..] = rest {
                if others.iter().any(|other| same(name(first), name(other))) {
                    return false;
                }
                rest = others;
            }
            return true;
        }
        let mut sorted: Vec<Name> = all.iter().map(name).collect();
        sorted.sort_unstable_by(|a, b| decoded(*a).cmp(decoded(*b)));
        !sorted.windows(2).any(|pair| matches!(pair, [a, b] if same(*a, *b)))
    }
}

/// How many bytes there are before the first quote, backslash or control character; eight are looked at in one step.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // The lowest byte whose high bit is set in this is the first below `bound`; those above it may be wrong.
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGH;
    let equal = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);

    let (words, rest) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, b'"') | equal(word, b'\\') | below(word, 0x20);
        if found != 0 {
            return length + found.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let in_rest = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    length + in_rest.unwrap_or(rest.len())
}
