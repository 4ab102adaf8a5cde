//! Durations as settings write them.

use std::time::Duration;

/// So many seconds.
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// So many minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(60))
}

/// So many hours.
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(3600))
}

/// So many days.
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(86_400))
}

/// Reads a duration: `15m`, `1h30m`, `30s`, `1d`, `500ms`, or a bare number of seconds such as `90` or `0.5`.
///
/// The units are `d`, `h`, `m`, `s` and `ms`, from the longest to the shortest and each at most once. Decimals are
/// allowed, also before a unit (`1.5h`); what is finer than a nanosecond is cut off.
///
/// ```
/// use jwt_auth::settings::{minutes, parse_duration, seconds};
/// assert_eq!(parse_duration("1h30m"), Ok(minutes(90)));
/// assert_eq!(parse_duration("90"), Ok(seconds(90)));
/// assert!(parse_duration("-5m").is_err());
/// ```
///
/// # Errors
/// [`DurationError`], which says what is wrong and never repeats the text.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let text = text.trim();
    match text.as_bytes() {
        [] => return Err(DurationError::Empty),
        [b'-', ..] => return Err(DurationError::Negative),
        _ => {}
    }
    let (mut rest, mut total, mut finest) = (text, 0_u128, u128::MAX);
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |byte| !byte.is_ascii_digit() && byte != b'.');
        let (unit, after) = split_where(after, |byte| !byte.is_ascii_alphabetic());
        let unit = match unit {
            // Without a unit there is one number only: in `1m30` the 30 could be anything.
            "" if rest.len() == text.len() && after.is_empty() => SECOND,
            "ms" => SECOND / 1000,
            "s" => SECOND,
            "m" => 60 * SECOND,
            "h" => 3600 * SECOND,
            "d" => 86_400 * SECOND,
            _ => return Err(DurationError::NotADuration),
        };
        if unit >= finest {
            return Err(DurationError::NotADuration);
        }
        finest = unit;
        total = total.checked_add(nanoseconds(number, unit)?).ok_or(DurationError::TooLong)?;
        rest = after;
    }
    let whole = u64::try_from(total / SECOND).map_err(|_| DurationError::TooLong)?;
    // A remainder of a division by 10^9 fits.
    let below = u32::try_from(total % SECOND).map_err(|_| DurationError::TooLong)?;
    Ok(Duration::new(whole, below))
}

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DurationError {
    /// There is no text.
    #[error("a duration cannot be empty")]
    Empty,
    /// It begins with a minus sign.
    #[error("a duration cannot be negative")]
    Negative,
    /// It is not numbers with units from the longest to the shortest.
    #[error("not a duration")]
    NotADuration,
    /// It is more than 2^64 seconds.
    #[error("a duration cannot be that long")]
    TooLong,
}

/// A second in nanoseconds.
const SECOND: u128 = 1_000_000_000;

/// `number`, digits with at most one point among them, times `unit`.
fn nanoseconds(number: &str, unit: u128) -> Result<u128, DurationError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(DurationError::NotADuration);
    }
    let whole: u64 = whole.parse().map_err(|_| DurationError::TooLong)?;
    // A day has 8.64 * 10^13 nanoseconds: more than 15 decimals change nothing.
    let mut below = 0;
    let mut place = 1;
    for digit in fraction.bytes().take(15) {
        below = below * 10 + u128::from(digit - b'0');
        place *= 10;
    }
    Ok(u128::from(whole) * unit + below * unit / place)
}

/// Splits before the first byte for which `ends` holds.
fn split_where(text: &str, ends: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(ends).unwrap_or(text.len());
    // Both kinds of bytes that are skipped are ASCII, so this is a boundary; if not, nothing is taken.
    text.split_at_checked(end).unwrap_or(("", text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_forms_of_the_documentation() {
        let cases = [
            ("15m", minutes(15)),
            ("1h30m", minutes(90)),
            ("30s", seconds(30)),
            ("1d", days(1)),
            ("500ms", Duration::from_millis(500)),
            ("1d2h3m4s5ms", Duration::from_millis(93_784_005)),
            ("1.5h", minutes(90)),
            ("90", seconds(90)),
            ("0.5", Duration::from_millis(500)),
            (" 7 ", seconds(7)),
            ("0", Duration::ZERO),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_duration(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        use DurationError::{Empty, Negative, NotADuration, TooLong};
        let cases = [
            ("", Empty),
            ("  ", Empty),
            ("-1", Negative),
            ("-5m", Negative),
            ("5 m", NotADuration),
            ("5x", NotADuration),
            ("5M", NotADuration),
            ("m", NotADuration),
            ("1m30", NotADuration),
            ("30m1h", NotADuration),
            ("1m1m", NotADuration),
            ("1..5s", NotADuration),
            (".5", NotADuration),
            ("5.", NotADuration),
            ("1e3", NotADuration),
            ("inf", NotADuration),
            ("NaN", NotADuration),
            ("٣s", NotADuration),
            ("+5m", NotADuration),
            ("99999999999999999999", TooLong),
            ("18446744073709551615d", TooLong),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_duration(text), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC*") {
            let _ = parse_duration(&text);
        }

        #[test]
        fn numbers_and_units_in_any_order_are_answered(text in "([0-9.]{0,25}(ms|s|m|h|d)?){0,6}") {
            let _ = parse_duration(&text);
        }

        #[test]
        fn what_is_written_is_read(d in 0_u64..100_000, h in 0_u64..24, m in 0_u64..60, s in 0_u64..60, ms in 0_u64..1000) {
            let text = format!("{d}d{h}h{m}m{s}s{ms}ms");
            let expected = days(d) + hours(h) + minutes(m) + seconds(s) + Duration::from_millis(ms);
            prop_assert_eq!(parse_duration(&text), Ok(expected));
        }

        #[test]
        fn decimals_of_a_second_are_exact(whole in any::<u64>(), nanos in 0_u32..1_000_000_000) {
            let text = format!("{whole}.{nanos:09}");
            prop_assert_eq!(parse_duration(&text), Ok(Duration::new(whole, nanos)));
        }
    }
}
