//! The times of a token as PyJWT 2.15 and SimpleJWT 5.5.1 judge them: the profile `simple_jwt`.

use crate::clock::Timestamp;
use crate::django::python;
use crate::error::TokenError;
use std::time::Duration;

/// The claims of a token that are times, as JSON texts.
pub(crate) struct Times<'a> {
    pub(crate) issued: Option<&'a str>,
    pub(crate) not_before: Option<&'a str>,
    pub(crate) expires: Option<&'a str>,
}

impl Times<'_> {
    /// Returns `exp` and `iat`. `iat` comes first there, then `nbf`, then `exp`; whatever Python's `int` takes is a time.
    pub(crate) fn check(&self, leeway: Duration, now: Timestamp) -> Result<(Option<i64>, Option<i64>), TokenError> {
        let read = |claim: Option<&str>| claim.map(|raw| python::int(raw).ok_or(TokenError::BadClaim)).transpose();
        let latest = now.after(leeway);
        let issued = read(self.issued)?;
        if issued.is_some_and(|issued| Timestamp::from_signed(issued) > latest) {
            return Err(TokenError::IssuedInFuture);
        }
        if read(self.not_before)?.is_some_and(|starts| Timestamp::from_signed(starts) > latest) {
            return Err(TokenError::NotYetValid);
        }
        let expires = read(self.expires)?;
        if expires.is_some_and(|expires| Timestamp::from_signed(expires) <= now.before(leeway)) {
            return Err(TokenError::Expired);
        }
        Ok((expires, issued))
    }

    /// SimpleJWT's own look at `exp`, after PyJWT's: it must be there, be a number, and lie within Python's calendar.
    pub(crate) fn check_expiry(&self, expires: Option<i64>) -> Result<i64, TokenError> {
        let expires = expires.ok_or(TokenError::MissingExpiry)?;
        // There a 500.
        let is_text = self.expires.is_some_and(|raw| raw.starts_with('"'));
        if is_text || expires > LAST_SECOND { Err(TokenError::BadClaim) } else { Ok(expires) }
    }
}

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;

/// `datetime.fromtimestamp(value)` of a JSON number, to the millisecond; what lies before 1970 is long past. `None` for
/// other types, and for what lies beyond Python's calendar.
pub(crate) fn moment(json: &str) -> Option<Timestamp> {
    let seconds = python::int(json).filter(|_| !json.starts_with('"'))?;
    let fraction = match json.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => (number.fract() * 1000.0) as u64,
        _ => 0,
    };
    match u64::try_from(seconds) {
        Ok(seconds) if seconds <= LAST_SECOND as u64 => Some(Timestamp::from_millis(seconds * 1000 + fraction)),
        Ok(_) => None,
        Err(_) => Some(Timestamp::from_millis(0)),
    }
}
