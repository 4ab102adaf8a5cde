//! Moments as Django writes them into SQLite: naive UTC text, compared as text.

use crate::clock::Timestamp;

/// `2026-11-23 16:06:23.868000`; without the fraction when it is zero, as Django leaves it out.
pub(crate) fn naive_utc(at: Timestamp) -> String {
    let seconds = at.seconds();
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let whole = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    match at.millis() % 1000 {
        0 => whole,
        millis => format!("{whole}.{millis:03}000"),
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is a year's last, in eras of 400 years, which are all equally long.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // from 0000-03-01
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_django_writes_them() {
        for (millis, text) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_400_000, "2000-02-29 00:00:00"),
            (951_868_800_000, "2000-03-01 00:00:00"),
            (1_798_761_599_999, "2026-12-31 23:59:59.999000"),
            (1_800_000_000_000, "2027-01-15 08:00:00"),
            (4_107_542_400_000, "2100-03-01 00:00:00"),
            (253_402_300_799_000, "9999-12-31 23:59:59"),
        ] {
            assert_eq!(naive_utc(Timestamp::from_millis(millis)), text);
        }
    }
}
