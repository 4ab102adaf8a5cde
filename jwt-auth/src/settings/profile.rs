//! The profiles, and what they differ in.

use super::Settings;

/// A set of defaults and the strictness that goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Every check of this crate: the default.
    #[default]
    Hardened,
    /// SimpleJWT 5.5.1 to the letter, with PyJWT's checks: for the move from a Django service. Needs the feature `django`; a build
    /// without it refuses the profile at the start.
    SimpleJwt,
    /// SimpleJWT's main branch, which is to become 6.0.0: as [`SimpleJwt`](Self::SimpleJwt), but a refresh compares the password that
    /// the token was issued for (`check_revoke_token`), and that of a sliding token looks at its user. Needs the feature `django`.
    SimpleJwt6,
}

/// What profiles differ in, as far as it is data. How tokens are judged is the `Policy` of `verify`, how token views read and answer the
/// `ViewProtocol` of `http`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProfileRules {
    /// What the settings start from.
    pub(crate) defaults: fn(Settings) -> Settings,
    /// Weak HMAC secrets are refused, not only warned of.
    pub(crate) strong_secrets: bool,
    /// Key pairs without a name write their thumbprint as `kid`.
    pub(crate) names_pairs: bool,
    /// Lifetimes, leeway and the life of a session have bounds that make sense together.
    pub(crate) bounded_times: bool,
    /// Rotation spends the old token, and needs where to note that.
    pub(crate) safe_rotation: bool,
    /// A second authorization header is refused; otherwise they are joined by a comma.
    pub(crate) one_header: bool,
    /// Schemes are compared without regard to case (RFC 9110 11.1).
    pub(crate) any_case_scheme: bool,
    /// Tokens may name any audience where the settings name none.
    pub(crate) any_audience: bool,
    /// What says that it is no access token is taken for none, where others issue the tokens.
    pub(crate) tells_kinds: bool,
    /// The verify view takes a token of any type, also of one that opens nothing here.
    pub(crate) verifies_any_type: bool,
    /// The user id claim may be of any type where no user is loaded.
    pub(crate) any_user_id: bool,
    /// A session ends when its user's stored password is another one.
    pub(crate) watches_passwords: bool,
    /// Logins read texts as Python does: white space is cut from passwords too, and they may be as long as the body.
    pub(crate) python_texts: bool,
    /// What an access token says is copied from the refresh token, may have a meaning here (`acr`, say), and nobody is asked anew.
    pub(crate) copies_claims: bool,
    /// Challenges say what is wrong (RFC 6750 3.1), and those of a 403 too.
    pub(crate) telling_challenges: bool,
    /// Whether a claim's JSON text counts as true.
    pub(crate) is_true: fn(&str) -> bool,
}

impl Profile {
    pub(crate) fn rules(self) -> &'static ProfileRules {
        match self {
            Self::Hardened => HARDENED,
            Self::SimpleJwt => crate::django::RULES,
            Self::SimpleJwt6 => crate::django::RULES_6,
        }
    }
}

pub(crate) const HARDENED: &ProfileRules = &ProfileRules {
    defaults: |settings| settings,
    strong_secrets: true,
    names_pairs: true,
    bounded_times: true,
    safe_rotation: true,
    one_header: true,
    any_case_scheme: true,
    any_audience: false,
    tells_kinds: true,
    verifies_any_type: false,
    any_user_id: false,
    watches_passwords: true,
    python_texts: false,
    copies_claims: false,
    telling_challenges: true,
    is_true: |claim| claim == "true",
};
