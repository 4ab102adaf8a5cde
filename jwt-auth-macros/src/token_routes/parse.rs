//! What stands in the parentheses of `#[token_routes(..)]`.

use crate::ctxt::Ctxt;
use crate::handler::HandlerFn;
use crate::options::{CRATE, Given, Opt, Takes, each_item, is_option};
use crate::paths::Paths;
use crate::suggest::hint;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{LitStr, ReturnType};

/// Prefix, views and crate path.
pub(super) struct TokenRoutes {
    pub(super) prefix: LitStr,
    pub(super) only: Option<Vec<Ident>>,
    pub(super) paths: Paths,
}

/// The views' words, and the variants of `View` they stand for.
pub(super) const VIEWS: [(&str, &str); 7] = [
    ("obtain", "Obtain"),
    ("refresh", "Refresh"),
    ("verify", "Verify"),
    ("blacklist", "Blacklist"),
    ("ticket", "Ticket"),
    ("obtain_sliding", "ObtainSliding"),
    ("refresh_sliding", "RefreshSliding"),
];

const OPTIONS: &[Opt] = &[Opt { name: "only", takes: Takes::Words }, CRATE];

impl TokenRoutes {
    pub(super) fn read(args: TokenStream, cx: &mut Ctxt) -> Option<Self> {
        let mut given = Given::default();
        let mut prefix: Option<LitStr> = None;
        let before = cx.is_clean();
        each_item(args, cx, |input, cx| {
            if input.peek(LitStr) {
                let text: LitStr = input.parse()?;
                if prefix.is_some() {
                    cx.error(&text, "a second prefix; write `#[token_routes]` once more for another set of routes");
                }
                check_prefix(&text, cx);
                prefix.get_or_insert(text);
                return Ok(());
            }
            if input.peek(syn::Ident) && input.peek2(syn::Token![=]) && input.fork().call(Ident::parse_any)? == "prefix"
            {
                return Err(input.error("the prefix stands without a name; write `#[token_routes(\"/api/token\")]`"));
            }
            if is_option(input) || input.peek(syn::Ident) {
                return given.read(input, OPTIONS, cx);
            }
            Err(input.error("expected the prefix as a string, `only(..)` or `crate = path`"))
        });
        if prefix.is_none() && before == cx.is_clean() {
            let message = "`#[token_routes]` needs a prefix; write `#[token_routes(\"/api/token\")]`";
            cx.push(syn::Error::new(Span::call_site(), message));
        }
        let only = given.words("only").map(|(name, words)| {
            if words.is_empty() {
                cx.error(name, "`only()` leaves no view; name some, as in `only(obtain, refresh)`");
            }
            check_views(words, cx);
            words.to_vec()
        });
        Some(Self { prefix: prefix?, only, paths: Paths::new(given.crate_path()) })
    }
}

/// The function must return the router.
pub(super) fn check_function(function: &HandlerFn, cx: &mut Ctxt) {
    if matches!(function.sig.output, ReturnType::Default) {
        cx.error(
            &function.sig.ident,
            "`#[token_routes]` goes on the function that returns the router; write `-> GuardedRouter<App>`",
        );
    }
}

fn check_prefix(text: &LitStr, cx: &mut Ctxt) {
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

fn check_views(words: &[Ident], cx: &mut Ctxt) {
    let known = VIEWS.map(|(word, _)| word);
    for (at, word) in words.iter().enumerate() {
        let text = word.to_string();
        if !known.contains(&&*text) {
            let hint = hint(&text, "known views", &known);
            cx.error(word, format_args!("unknown view `{word}`{hint}"));
        } else if words[..at].contains(word) {
            cx.error(word, format_args!("`{word}` is given twice"));
        }
    }
}
