//! What a payload must say: the claims of RFC 7519 4.1 and SimpleJWT's own.

use super::policy::Policy;
use super::verified::{Candidate, Facts, VerifiedToken};
use crate::clock::{Timestamp, Validity};
use crate::error::TokenError;
use crate::json::{self, ClaimName, NameKey, Object, place_in};
use crate::settings::Settings;
use std::time::Duration;

/// The longest `jti` in bytes. Blacklists and logs keep it, so it must have a bound.
const LONGEST_ID: usize = 256;

/// The rules of one configuration for payloads.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) leeway: Duration,
    issuer: Option<Box<str>>,
    audience: Box<[Box<str>]>,
    type_claim: Option<ClaimName>,
    pub(crate) id_claim: Option<ClaimName>,
    user_claim: ClaimName,
    pub(super) audience_claim: ClaimName,
    /// Tokens may name any audience where the settings name none.
    any_audience: bool,
    /// The tokens are our own; otherwise `iat` need not be there.
    ours: bool,
    /// The longest life, `exp` - `iat`, of somebody else's token, in whole seconds. Ours are accepted to their end.
    longest: Option<u64>,
    /// Whose tokens these are, if not those of the service itself: none of its sessions, and nobody whom it calls by the bare id.
    pub(super) further: Option<Box<str>>,
}

/// When a token is judged, and what otherwise than on a guarded route.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Occasion {
    pub(crate) now: Timestamp,
    /// It may be of a session whose row decides: issuer and audience are left to `Verifier::check_addressed`.
    pub(crate) by_row: bool,
    /// So long ago the token may have expired, beyond the leeway.
    pub(crate) overdue: Duration,
}

/// The claims that decide, as JSON text.
#[derive(Default)]
pub(crate) struct Registered<'a> {
    pub(crate) expires: Option<&'a str>,
    pub(crate) not_before: Option<&'a str>,
    pub(crate) issued: Option<&'a str>,
    pub(crate) issuer: Option<&'a str>,
    pub(crate) audience: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    session: Option<&'a str>,
    generation: Option<&'a str>,
    epoch: Option<&'a str>,
    auth_time: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) token_type: Option<&'a str>,
    user: Option<&'a str>,
}

/// What was judged: the times, and the token's type.
pub(crate) type Judged<'a> = (Validity, Option<&'a str>);

impl Registered<'_> {
    /// Whether it is a refresh token of a session: who and how old it is stands in a row.
    pub(crate) fn is_of_a_generation(&self) -> bool {
        let is_refresh = |raw| json::as_string(raw).is_some_and(|text| json::same_text(text, "refresh"));
        self.session.is_some() && self.generation.is_some() && self.token_type.is_some_and(is_refresh)
    }
}

impl Checks {
    pub(super) fn new(settings: &Settings) -> Self {
        let ours = settings.signing_key.is_some();
        let of_others = settings.max_token_lifetime.filter(|_| !ours);
        // A lifetime with a fraction can span one whole second more.
        let longest = of_others.map(|life| life.as_secs().saturating_add(u64::from(life.subsec_nanos() > 0)));
        Self {
            leeway: settings.leeway,
            issuer: settings.issuer.as_deref().map(Into::into),
            audience: settings.audience.iter().map(|text| text.as_str().into()).collect(),
            type_claim: settings.token_type_claim.as_deref().map(ClaimName::new),
            id_claim: settings.jti_claim.as_deref().map(ClaimName::new),
            user_claim: ClaimName::new(&settings.user_id_claim),
            audience_claim: ClaimName::new(&settings.audience_claim),
            further: None,
            any_audience: settings.profile.rules().any_audience,
            ours,
            longest,
        }
    }

    /// Judges a payload whose signature was good, and notes what the rest of the crate asks of it.
    pub(super) fn judge(
        &self,
        payload: String,
        policy: &dyn Policy,
        on: Occasion,
    ) -> Result<VerifiedToken, TokenError> {
        let mut candidate = Candidate::new(payload);
        let Candidate { text: payload, object, facts, .. } = &mut candidate;
        object.fill(payload).map_err(|_| TokenError::BadPayload)?;
        let found = self.find(object, payload);
        let (validity, token_type) = policy.claims(self, (object, payload), &found, on)?;
        *facts = Facts {
            validity,
            generation: found.generation.and_then(json::as_integer),
            epoch: found.epoch.and_then(json::as_integer),
            auth_time: found.auth_time.and_then(json::as_integer),
            is_further: self.further.is_some(),
            texts: [
                found.id.and_then(json::as_string),
                token_type,
                found.user.and_then(json::as_id),
                found.session.and_then(json::as_string),
            ]
            .map(|text| text.map(|text| place_in(payload, text))),
        };
        Ok(VerifiedToken::new(candidate, self.further.as_deref()))
    }

    /// Every check, in the order in which they are told.
    pub(super) fn strict<'a>(&self, found: &Registered<'a>, on: Occasion) -> Result<Judged<'a>, TokenError> {
        let times = self.check_times(found, on)?;
        if !on.by_row {
            self.check_addressed(found.issuer, found.audience)?;
        }
        let _ = optional_text(found.subject)?;
        let token_type = optional_text(found.token_type)?;
        if self.id_claim.is_some() {
            check_id(found.id)?;
        }
        Ok((times, token_type))
    }

    fn find<'a>(&self, object: &Object, payload: &'a str) -> Registered<'a> {
        const EXP: NameKey = NameKey::of("exp");
        const NBF: NameKey = NameKey::of("nbf");
        const IAT: NameKey = NameKey::of("iat");
        const ISS: NameKey = NameKey::of("iss");
        const SUB: NameKey = NameKey::of("sub");
        const SID: NameKey = NameKey::of("sid");
        const GEN: NameKey = NameKey::of("gen");
        const EP: NameKey = NameKey::of("ep");
        const AUTH_TIME: NameKey = NameKey::of("auth_time");

        let mut found = Registered::default();
        for member in object.iter() {
            let value = Some(member.value(payload));
            match member.key() {
                EXP => found.expires = value,
                NBF => found.not_before = value,
                IAT => found.issued = value,
                ISS => found.issuer = value,
                SUB => found.subject = value,
                SID | GEN | EP if self.further.is_some() => {}
                SID => found.session = value,
                GEN => found.generation = value,
                EP => found.epoch = value,
                // Longer than its key.
                AUTH_TIME if json::same_text(member.name(payload), "auth_time") => found.auth_time = value,
                _ => {}
            }
            // Configured names may be any of the above, `user_id_claim = "sub"` above all.
            let is = |wanted: &ClaimName| wanted.is(member, payload);
            if is(&self.audience_claim) {
                found.audience = value;
            }
            if is(&self.user_claim) {
                found.user = value;
            }
            if self.id_claim.as_ref().is_some_and(is) {
                found.id = value;
            }
            if self.type_claim.as_ref().is_some_and(is) {
                found.token_type = value;
            }
        }
        found
    }

    /// The boundary belongs to the past: on `exp` a token is expired (RFC 7519 4.1.4).
    fn check_times(&self, found: &Registered<'_>, on: Occasion) -> Result<Validity, TokenError> {
        let (expires, expires_late) = optional_time(found.expires)?.ok_or(TokenError::MissingExpiry)?;
        if Timestamp::from_signed(expires) <= on.now.before(self.leeway).before(on.overdue) {
            return Err(TokenError::Expired);
        }
        let latest = on.now.after(self.leeway);
        let not_before = optional_time(found.not_before)?.map(|(_, starts)| starts);
        if not_before.is_some_and(|starts| Timestamp::from_signed(starts) > latest) {
            return Err(TokenError::NotYetValid);
        }
        let issued = match optional_time(found.issued)? {
            None if self.ours => return Err(TokenError::MissingIssuedAt),
            None => None,
            // Of a refresh token of a session the row decides: a node whose clock was ahead must not have logged its user out.
            Some((_, issued)) if Timestamp::from_signed(issued) > latest && !found.is_of_a_generation() => {
                return Err(TokenError::IssuedInFuture);
            }
            Some(issued) => Some(issued),
        };
        self.check_life(expires_late, issued.map_or(on.now.seconds() as i64, |(issued, _)| issued))?;
        Ok(Validity::new(expires, issued, not_before, latest))
    }

    pub(crate) fn check_life(&self, expires: i64, issued: i64) -> Result<(), TokenError> {
        let life = u64::try_from(i128::from(expires) - i128::from(issued)).unwrap_or(0);
        if self.longest.is_some_and(|longest| life > longest) { Err(TokenError::LivesTooLong) } else { Ok(()) }
    }

    pub(crate) fn check_addressed(&self, issuer: Option<&str>, audience: Option<&str>) -> Result<(), TokenError> {
        self.check_issuer(issuer)?;
        self.check_audience(audience)
    }

    /// One string, and the right one; a list with the right one in it is not (CVE-2025-30144).
    fn check_issuer(&self, claim: Option<&str>) -> Result<(), TokenError> {
        let Some(wanted) = &self.issuer else { return Ok(()) };
        let issuer = claim.and_then(json::as_string);
        if issuer.is_some_and(|issuer| json::same_text(issuer, wanted)) { Ok(()) } else { Err(TokenError::WrongIssuer) }
    }

    /// A string or a list of strings that shares one with the settings. Who has no name is not meant by a token that names somebody
    /// (RFC 7519 4.1.3), but for SimpleJWT.
    fn check_audience(&self, claim: Option<&str>) -> Result<(), TokenError> {
        if self.audience.is_empty() {
            return if self.any_audience || claim.is_none() { Ok(()) } else { Err(TokenError::WrongAudience) };
        }
        let is_ours = |text: &str| self.audience.iter().any(|ours| json::same_text(text, ours));
        let claim = claim.ok_or(TokenError::WrongAudience)?;
        let addressed = match json::as_string(claim) {
            Some(text) => is_ours(text),
            None => {
                let mut any = false;
                json::each_string(claim, |text| any |= is_ours(text)) && any
            }
        };
        if addressed { Ok(()) } else { Err(TokenError::WrongAudience) }
    }
}

/// The whole seconds before and after a NumericDate, which may have a fraction (RFC 7519 2): the one that refuses counts.
fn optional_time(claim: Option<&str>) -> Result<Option<(i64, i64)>, TokenError> {
    claim.map(|value| json::whole_around(value).ok_or(TokenError::BadClaim)).transpose()
}

pub(crate) fn optional_text(claim: Option<&str>) -> Result<Option<&str>, TokenError> {
    claim.map(|value| json::as_string(value).ok_or(TokenError::BadClaim)).transpose()
}

fn check_id(claim: Option<&str>) -> Result<(), TokenError> {
    let id = json::as_string(claim.ok_or(TokenError::MissingId)?).ok_or(TokenError::BadClaim)?;
    if (1..=LONGEST_ID).contains(&id.len()) { Ok(()) } else { Err(TokenError::BadClaim) }
}
