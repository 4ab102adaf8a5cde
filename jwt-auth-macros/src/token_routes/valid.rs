//! What prefix, views and function must be.

use super::table::{VIEWS, WrittenOptions};
use crate::ctxt::Ctxt;
use crate::handler::HandlerFn;
use crate::options;
use crate::suggest::hint;
use proc_macro2::Ident;
use syn::{LitStr, ReturnType, Type};

/// The function must return the router.
pub(super) fn check_function(function: &HandlerFn, cx: &mut Ctxt) {
    if matches!(function.sig.output, ReturnType::Default) {
        cx.error(
            &function.sig.ident,
            "`#[token_routes]` goes on the function that returns the router; write `-> GuardedRouter<App>`",
        );
    }
}

pub(super) fn check_prefix(text: &LitStr, cx: &mut Ctxt) {
    let prefix = text.value();
    if !prefix.starts_with('/') {
        let fixed = format!("/{prefix}");
        cx.error(text, format_args!("the prefix begins with `/`; write {fixed:?}"));
    } else if prefix.contains(['{', '}']) {
        cx.error(text, "the prefix takes no path parameters; write a plain path like \"/api/token\"");
    } else if prefix == "/" || prefix.contains("//") {
        cx.error(text, "the prefix has an empty segment; write a plain path like \"/api/token\"");
    }
}

/// The words in `only(..)`.
pub(super) fn check_views(only: &Ident, words: &[Ident], cx: &mut Ctxt) {
    if words.is_empty() {
        cx.error(only, "`only()` leaves no view; name some, as in `only(obtain, refresh)`");
    }
    let known = VIEWS.map(|(word, ..)| word);
    for (at, word) in words.iter().enumerate() {
        let text = word.to_string();
        if known.contains(&&*text) {
            if words[..at].contains(word) {
                cx.error(word, format_args!("`{word}` is given twice"));
            }
        } else if options::names::<WrittenOptions>().contains(&&*text) {
            cx.error(word, format_args!("`{word}` is no view; write it beside `only(..)`"));
        } else {
            let hint = hint(&text, "known views", &known);
            cx.error(word, format_args!("unknown view `{word}`{hint}"));
        }
    }
}

/// A view of the application's own must be among those of `only(..)`.
pub(super) fn check_own_views(views: &[(Ident, Type)], only: &[Ident], cx: &mut Ctxt) {
    for (name, _) in views.iter().filter(|(name, _)| !only.contains(name)) {
        cx.error(name, format_args!("`only(..)` leaves `{name}` out; add it there, or remove its view"));
    }
}
