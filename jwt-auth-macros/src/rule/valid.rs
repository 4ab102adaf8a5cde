//! What the grammar lets through and a rule must not say.

use super::Rule;
use crate::ctxt::Ctxt;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{LitStr, Path};

/// Complains about texts that cannot be a scope or role, and about rules that somebody without any grant satisfies.
pub(crate) fn check(rule: &Rule, cx: &mut Ctxt) {
    rule.check_leaves(cx);
    let mut negations = TokenStream::new();
    rule.negations(&mut negations);
    if !negations.is_empty() && rule.passes_without_grants() {
        cx.error(
            negations,
            "a caller without any grant would pass this rule; add a permission, scope or role that is needed, as in `Perm::A && !Perm::B`",
        );
    }
}

impl Rule {
    fn check_leaves(&self, cx: &mut Ctxt) {
        match self {
            Self::And(a, b) | Self::Or(a, b) => {
                a.check_leaves(cx);
                b.check_leaves(cx);
            }
            Self::Not(not, rule) => {
                if matches!(&**rule, Self::Type(path) if is_authenticated(path)) {
                    cx.error(not, "nobody passes `!IsAuthenticated`; a handler that is open to all is `#[public]`");
                }
                rule.check_leaves(cx);
            }
            Self::Scope(text) => check_scope(text, cx),
            Self::Role(text) => check_length("role", text, cx),
            Self::DjangoPermission(text) => check_django_permission(text, cx),
            Self::DjangoGroup(text) => check_length("group", text, cx),
            Self::Permission(_) | Self::Type(_) | Self::Authenticated | Self::Bad => {}
        }
    }

    /// The verdict on a caller with a good token, no grants, and who is nothing in particular.
    fn passes_without_grants(&self) -> bool {
        match self {
            Self::And(a, b) => a.passes_without_grants() && b.passes_without_grants(),
            Self::Or(a, b) => a.passes_without_grants() || b.passes_without_grants(),
            Self::Not(_, rule) => !rule.passes_without_grants(),
            Self::Type(path) => is_authenticated(path),
            Self::Authenticated => true,
            Self::Permission(_) | Self::Scope(_) | Self::Role(_) => false,
            Self::DjangoPermission(_) | Self::DjangoGroup(_) => false,
            // Complained about already; nothing is known about what was meant.
            Self::Bad => false,
        }
    }

    fn negations(&self, found: &mut TokenStream) {
        match self {
            Self::And(a, b) | Self::Or(a, b) => {
                a.negations(found);
                b.negations(found);
            }
            Self::Not(_, rule) if matches!(**rule, Self::Bad) => {}
            Self::Not(not, _) if found.is_empty() => not.to_tokens(found),
            _ => {}
        }
    }
}

fn is_authenticated(path: &Path) -> bool {
    path.segments.last().is_some_and(|segment| segment.ident == "IsAuthenticated")
}

fn check_scope(text: &LitStr, cx: &mut Ctxt) {
    let value = text.value();
    if value.contains(char::is_whitespace) {
        let words: Vec<String> = value.split_whitespace().map(|word| format!("scope({word:?})")).collect();
        let words = words.join(" && ");
        cx.error(text, format_args!("a scope holds no spaces; write `{words}`"));
    } else if !value.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
        cx.error(text, "a scope is printable ASCII without `\"` and `\\` (RFC 6749 3.3)");
    } else {
        check_length("scope", text, cx);
    }
}

fn check_django_permission(text: &LitStr, cx: &mut Ctxt) {
    let value = text.value();
    let parts: Vec<&str> = value.split('.').collect();
    match parts.as_slice() {
        [app, codename] if !app.is_empty() && !codename.is_empty() => check_length("permission", text, cx),
        _ => cx.error(
            text,
            "a permission of Django is `app_label.codename`, with one dot; write `DjangoPermission(\"orders.change_order\")`",
        ),
    }
}

fn check_length(kind: &str, text: &LitStr, cx: &mut Ctxt) {
    match text.value().len() {
        0 => cx.error(text, format_args!("an empty {kind}; name one")),
        1..=64 => {}
        len => cx.error(text, format_args!("a {kind} of {len} bytes; 64 is the most a rule can hold")),
    }
}
