//! Whom a token names.

use crate::django::python;
use crate::settings::Settings;
use crate::verify::VerifiedToken;

/// What the user id claim of a token says.
pub(crate) enum NamedUser {
    /// It is not there.
    Nobody,
    /// `null`.
    Null,
    /// An id to look up, and whether Python takes the claim for true.
    Id { id: String, is_true: bool },
    /// A list, an object: what SimpleJWT answers with 500.
    Unreadable { is_true: bool },
}

impl NamedUser {
    /// Whom a token names, as Django's `get(id=..)` would read it.
    pub(crate) fn of(token: &VerifiedToken, settings: &Settings) -> Self {
        let Some(raw) = token.raw_claim(&settings.user_id_claim) else { return Self::Nobody };
        let text = || token.user_id().map(str::to_owned);
        // The usual primary key is a number, or a UUID; other fields compare texts.
        let id = match raw.as_bytes().first() {
            Some(b'n') => return Self::Null,
            Some(b'"') if settings.user_id_field != "id" => text(),
            Some(b't') if settings.user_id_field != "id" => Some("True".to_owned()),
            Some(b'f') if settings.user_id_field != "id" => Some("False".to_owned()),
            Some(b'-' | b'0'..=b'9') if settings.user_id_field != "id" => python::number_text(raw).map(Into::into),
            _ => python::int(raw).map(|id| id.to_string()).or_else(|| text().filter(|text| is_uuid(text))),
        };
        match id {
            Some(id) => Self::Id { id, is_true: python::truth(raw) },
            None => Self::Unreadable { is_true: python::truth(raw) },
        }
    }

    /// The id to look up, if any.
    pub(crate) fn id(self) -> Option<String> {
        match self {
            Self::Id { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether `if user_id` is true in Python: SimpleJWT looks nobody up otherwise.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Id { is_true: true, .. } | Self::Unreadable { is_true: true })
    }
}

/// 32 hexadecimal digits, hyphens left out.
fn is_uuid(text: &str) -> bool {
    let digits = text.bytes().filter(|byte| *byte != b'-');
    text.len() <= 36 && digits.clone().count() == 32 && digits.into_iter().all(|byte| byte.is_ascii_hexdigit())
}
