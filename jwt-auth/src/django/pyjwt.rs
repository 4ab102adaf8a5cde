//! Tokens as PyJWT 2.15 and SimpleJWT 5.5.1 judge them: the profile `simple_jwt`.

use crate::clock::{Timestamp, Validity};
use crate::django::named_user::NamedUser;
use crate::django::python;
use crate::error::{AuthError, TokenError};
use crate::json::{self, Object};
use crate::settings::Settings;
use crate::verify::VerifiedToken;
use crate::verify::checks::{Checks, Judged, Occasion, Registered, optional_text};
use crate::verify::header::{Header, read_algorithm};
use crate::verify::policy::Policy;
use std::borrow::Cow;
use std::time::Duration;

/// How the profile `simple_jwt` judges tokens.
pub(crate) const POLICY: &dyn Policy = &PyJwt;

#[derive(Debug)]
struct PyJwt;

impl Policy for PyJwt {
    /// Members that PyJWT does not look at mean nothing.
    fn header(&self, object: &Object, text: &str) -> Result<Header, TokenError> {
        let mut algorithm = None;
        for (name, value) in object.members(text) {
            let name: String = json::decode(name).collect();
            match &*name {
                "alg" => algorithm = Some(read_algorithm(value)?),
                // PyJWT asks for a text and then does not choose by it.
                "kid" => _ = json::as_string(value).ok_or(TokenError::BadHeader)?,
                "crit" => return Err(TokenError::ForbiddenHeader),
                "b64" if value == "false" => return Err(TokenError::ForbiddenHeader),
                _ => {}
            }
        }
        Ok(Header { algorithm: algorithm.ok_or(TokenError::BadHeader)?, key_id: None })
    }

    /// PyJWT's checks in PyJWT's order, then SimpleJWT's own but for the type.
    fn claims<'p>(
        &self,
        checks: &Checks,
        (object, payload): (&Object, &'p str),
        found: &Registered<'p>,
        on: Occasion,
    ) -> Result<Judged<'p>, TokenError> {
        let times = Times { issued: found.issued, not_before: found.not_before, expires: found.expires };
        // A node whose clock was ahead must not have logged its user out. SimpleJWT's own refresh tokens belong to no session.
        let may_be_ahead = on.by_row && found.is_of_a_generation();
        let (expires, issued, not_before) = times.check(checks.leeway, on, may_be_ahead)?;
        if !on.by_row {
            checks.check_addressed(found.issuer, found.audience)?;
        }
        let _ = optional_text(found.subject)?;
        let _ = optional_text(object.get(payload, "jti"))?;
        let expires = times.check_expiry(expires)?;
        checks.check_life(expires, issued.unwrap_or(on.now.seconds() as i64))?;
        if checks.id_claim.is_some() && found.id.is_none() {
            return Err(TokenError::MissingId);
        }
        let issued = issued.map(|issued| (issued, issued));
        let times = Validity::new(expires, issued, not_before, on.now.after(checks.leeway));
        Ok((times, found.token_type.and_then(json::as_string)))
    }

    fn names_somebody(&self, token: &VerifiedToken, settings: &Settings) -> Result<(), AuthError> {
        match token.raw_claim(&settings.user_id_claim) {
            None => Err(AuthError::NoUserInToken),
            // What SimpleJWT answers where it looks this user up. Where it does not, it lets them pass.
            Some("null" | "\"\"") => Err(AuthError::UserNotFound),
            Some(_) => Ok(()),
        }
    }

    fn user_id<'t>(&self, token: &'t VerifiedToken, settings: &Settings) -> Result<Cow<'t, str>, AuthError> {
        match NamedUser::of(token, settings) {
            NamedUser::Nobody => Err(AuthError::NoUserInToken),
            named => named.id().map(Cow::Owned).ok_or(AuthError::UserNotFound),
        }
    }
}

/// The claims of a token that are times, as JSON texts.
struct Times<'a> {
    issued: Option<&'a str>,
    not_before: Option<&'a str>,
    expires: Option<&'a str>,
}

/// `exp`, `iat` and `nbf`, in seconds.
type Checked = (Option<i64>, Option<i64>, Option<i64>);

impl Times<'_> {
    /// Returns `exp`, `iat` and `nbf`. `iat` comes first there, then `nbf`, then `exp`; whatever Python's `int` takes is a time.
    /// `may_be_ahead`: `iat` is no reason to refuse it.
    fn check(&self, leeway: Duration, on: Occasion, may_be_ahead: bool) -> Result<Checked, TokenError> {
        let read = |claim: Option<&str>| claim.map(|raw| python::int(raw).ok_or(TokenError::BadClaim)).transpose();
        let latest = on.now.after(leeway);
        let issued = read(self.issued)?;
        if issued.is_some_and(|issued| !may_be_ahead && Timestamp::from_signed(issued) > latest) {
            return Err(TokenError::IssuedInFuture);
        }
        let not_before = read(self.not_before)?;
        if not_before.is_some_and(|starts| Timestamp::from_signed(starts) > latest) {
            return Err(TokenError::NotYetValid);
        }
        let expires = read(self.expires)?;
        let earliest = on.now.before(leeway).before(on.overdue);
        if expires.is_some_and(|expires| Timestamp::from_signed(expires) <= earliest) {
            return Err(TokenError::Expired);
        }
        Ok((expires, issued, not_before))
    }

    /// SimpleJWT's own look at `exp`, after PyJWT's: it must be there, be a number, and lie within Python's calendar.
    fn check_expiry(&self, expires: Option<i64>) -> Result<i64, TokenError> {
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
