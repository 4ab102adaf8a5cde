//! What stands in the parentheses of `#[token_routes(..)]`.

use super::table::WrittenOptions;
use super::valid;
use crate::ctxt::Ctxt;
use crate::options::{self, each_item, is_option};
use crate::paths::Paths;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{LitStr, Type};

/// Prefix, options and crate path.
pub(super) struct TokenRoutes {
    pub(super) prefix: LitStr,
    pub(super) only: Option<Vec<Ident>>,
    /// Options that are methods of the builder by the same name, with the type they are given.
    pub(super) views: Vec<(Ident, Type)>,
    /// Those without one.
    pub(super) extras: Vec<Ident>,
    pub(super) paths: Paths,
}

impl TokenRoutes {
    pub(super) fn read(args: TokenStream, cx: &mut Ctxt) -> Option<Self> {
        let mut written = WrittenOptions::default();
        let mut prefix: Option<LitStr> = None;
        let before = cx.is_clean();
        each_item(args, cx, |input, cx| {
            if input.peek(LitStr) {
                let text: LitStr = input.parse()?;
                if prefix.is_some() {
                    cx.error(&text, "a second prefix; write `#[token_routes]` once more for another set of routes");
                }
                valid::check_prefix(&text, cx);
                prefix.get_or_insert(text);
                return Ok(());
            }
            if input.peek(syn::Ident) && input.peek2(syn::Token![=]) && input.fork().call(Ident::parse_any)? == "prefix"
            {
                return Err(input.error("the prefix stands without a name; write `#[token_routes(\"/api/token\")]`"));
            }
            if is_option(input) || input.peek(syn::Ident) {
                return options::read(&mut written, input, cx);
            }
            Err(input.error("expected the prefix as a string or an option, as in `only(..)`"))
        });
        if prefix.is_none() && before == cx.is_clean() {
            let message = "`#[token_routes]` needs a prefix; write `#[token_routes(\"/api/token\")]`";
            cx.push(syn::Error::new(Span::call_site(), message));
        }
        let only = written.only.pair().map(|(name, words)| {
            valid::check_views(name, words, cx);
            words.to_vec()
        });
        let views = [&written.obtain, &written.refresh].into_iter().filter_map(|view| view.pair());
        let views: Vec<_> = views.map(|(name, ty)| (name.clone(), ty.clone())).collect();
        if let Some(only) = &only {
            valid::check_own_views(&views, only, cx);
        }
        let extras = [&written.reauthenticate, &written.sessions, &written.jwks, &written.discovery, &written.ticket];
        let extras = extras.into_iter().filter_map(|extra| extra.name().cloned()).collect();
        Some(Self { prefix: prefix?, only, views, extras, paths: Paths::new(&written.krate) })
    }
}
