//! What the login view, as DRF's `CharField`, makes of a text: asked by whoever reads one, and by whoever keeps a name or a password
//! that is to be read one day.

/// What is cut off at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trim {
    Nothing,
    /// White space of Unicode.
    WhiteSpace,
    /// Python's `str.strip()`: the same, and four separators that Rust does not count as such.
    AsPython,
}

/// What is wrong with a text, once it is trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CharFault {
    Blank,
    TooLong,
    Null,
}

/// The longest name or password that the login view takes, in characters. SimpleJWT's has no such bound.
pub(crate) const MAX_CREDENTIAL: usize = 1024;

/// How a login reads a text that loses white space or does not, and has a longest length; `python_texts`: every text loses it, and none
/// has a bound but the body's.
pub(crate) const fn reading(python_texts: bool, trims: bool, max_length: usize) -> (Trim, Option<usize>) {
    match (python_texts, trims) {
        (true, _) => (Trim::AsPython, None),
        (false, true) => (Trim::WhiteSpace, Some(max_length)),
        (false, false) => (Trim::Nothing, Some(max_length)),
    }
}

/// The text as it is read, and everything that is wrong with it.
pub(crate) fn read(text: &str, trim: Trim, max_length: Option<usize>) -> (&str, Vec<CharFault>) {
    let text = match trim {
        Trim::Nothing => text,
        Trim::WhiteSpace => text.trim(),
        Trim::AsPython => text.trim_matches(is_python_space),
    };
    if text.is_empty() {
        return (text, vec![CharFault::Blank]);
    }
    let is_long = max_length.is_some_and(|max_length| text.chars().nth(max_length).is_some());
    let faults = [(is_long, CharFault::TooLong), (text.contains('\0'), CharFault::Null)];
    (text, faults.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect())
}

/// White space of Unicode, and four separators that Rust does not count as such.
pub(crate) fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}
