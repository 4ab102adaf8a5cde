//! Durations, as settings write them, in whole seconds.

/// The seconds of `5m`, `1h30m`, `2d` or `90s`; units from the longest to the shortest, each at most once.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let (mut rest, mut total, mut finest) = (text, 0_u64, u64::MAX);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let unit = match rest.as_bytes().get(digits)? {
            b'd' => 86_400,
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        if unit >= finest {
            return None;
        }
        finest = unit;
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (finest < u64::MAX).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn reads_what_settings_read_and_nothing_else() {
        for (text, expected) in
            [("5m", 300), ("90s", 90), ("1h30m", 5400), ("2d", 172_800), ("1d1h1m1s", 90_061), ("0s", 0)]
        {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        let long = format!("{}d", u64::MAX);
        for text in ["", "5", "m", "5 m", "-5m", "5m5m", "5s1m", "5x", "1.5h", "5ms", "\u{661}m", &long] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
