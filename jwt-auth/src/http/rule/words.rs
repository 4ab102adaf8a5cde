//! Rules over the strings of other issuers.

use super::{Rule, RuleError, RuleRequest};
use crate::http::state::AuthState;
use std::fmt;
use std::future::{Future, ready};

/// `scope("orders:write")`: the claim `scope_claim` holds this scope.
///
/// The text is spelled in const parameters, its length and 64 bytes in big-endian order, so that a rule stays a type
/// expression and fits wherever a type does.
#[derive(Clone, Copy, Debug)]
pub struct Scope<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128>;

/// `role("support")`: the claim `roles_claim` holds this role. Spelled as [`Scope`] is.
#[derive(Clone, Copy, Debug)]
pub struct Role<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128>;

/// A text that is spelled in const parameters.
pub(crate) struct Words<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128>;

impl<const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128> Words<LEN, A, B, C, D> {
    const BYTES: [u8; 64] = bytes([A, B, C, D]);
    pub(crate) const TEXT: &'static str = text(&Self::BYTES, LEN);
}

impl<S, const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128> Rule<S> for Scope<LEN, A, B, C, D>
where
    S: AuthState,
{
    fn allows(request: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send {
        ready(request.has_scope(Words::<LEN, A, B, C, D>::TEXT))
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scope({:?})", Words::<LEN, A, B, C, D>::TEXT)
    }

    fn missing_scope(request: &RuleRequest<'_, S>) -> Option<String> {
        matches!(request.has_scope(Words::<LEN, A, B, C, D>::TEXT), Ok(false))
            .then(|| Words::<LEN, A, B, C, D>::TEXT.to_owned())
    }
}

impl<S, const LEN: usize, const A: u128, const B: u128, const C: u128, const D: u128> Rule<S> for Role<LEN, A, B, C, D>
where
    S: AuthState,
{
    fn allows(request: &RuleRequest<'_, S>) -> impl Future<Output = Result<bool, RuleError>> + Send {
        ready(request.has_role(Words::<LEN, A, B, C, D>::TEXT))
    }

    fn describe(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "role({:?})", Words::<LEN, A, B, C, D>::TEXT)
    }
}

const fn bytes(words: [u128; 4]) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut at = 0;
    while at < 64 {
        bytes[at] = words[at / 16].to_be_bytes()[at % 16];
        at += 1;
    }
    bytes
}

const fn text(bytes: &[u8; 64], len: usize) -> &str {
    let (text, _) = bytes.split_at(len);
    match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(_) => panic!("the text of a rule is UTF-8 of at most 64 bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_const_parameters_spell_the_text() {
        let a = u128::from_be_bytes(*b"orders:write\0\0\0\0");
        let spelled = bytes([a, 0, 0, 0]);
        assert_eq!(text(&spelled, 12), "orders:write");
        let long = [u128::from_be_bytes([b'x'; 16]); 4];
        assert_eq!(text(&bytes(long), 64), "x".repeat(64));
    }
}
