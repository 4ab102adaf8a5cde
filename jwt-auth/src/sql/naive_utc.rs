//! Moments as Django writes them into SQLite: naive UTC text, compared as text.

use crate::clock::Timestamp;

/// `2026-11-23 16:06:23.868000`; without the fraction when it is zero, as Django leaves it out.
pub(crate) fn naive_utc(at: Timestamp) -> String {
    let text = at.to_string().replace('T', " ").replace('Z', "");
    if text.contains('.') { text + "000" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_django_writes_them() {
        for (millis, text) in [
            (0, "1970-01-01 00:00:00"),
            (1_798_761_599_999, "2026-12-31 23:59:59.999000"),
            (253_402_300_799_000, "9999-12-31 23:59:59"),
        ] {
            assert_eq!(naive_utc(Timestamp::from_millis(millis)), text);
        }
    }
}
