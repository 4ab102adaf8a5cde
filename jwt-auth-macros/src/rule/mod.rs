//! The rule grammar: `&&`, `||`, `!`, parentheses, and leaves.

mod expand;
mod parse;
mod valid;

use crate::ctxt::Ctxt;
use crate::guard_options::{GuardOptions, OPTIONS};
use crate::options::{Given, each_item, is_option};
use crate::paths::Paths;
use proc_macro2::{Span, TokenStream};
use syn::{LitStr, Path, Token};

/// A rule as it was written.
pub(crate) enum Rule {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Token![!], Box<Self>),
    /// `Perm::X`
    Permission(Path),
    /// `scope("..")`
    Scope(LitStr),
    /// `role("..")`
    Role(LitStr),
    /// `DjangoPermission("..")`
    DjangoPermission(LitStr),
    /// `DjangoGroup("..")`
    DjangoGroup(LitStr),
    /// A type that implements `Rule`.
    Type(Path),
    /// Something that was complained about already.
    Bad,
}

pub(crate) use parse::read;
pub(crate) use valid::check;

/// `rule!(..)`: the rule as a value.
pub(crate) fn value(args: TokenStream) -> TokenStream {
    let mut cx = Ctxt::default();
    let mut given = Given::default();
    let mut rule = None;
    each_item(args, &mut cx, |input, cx| {
        if is_option(input) {
            return given.read(input, OPTIONS, cx);
        }
        read(input, cx, &mut rule)
    });
    if rule.is_none() && cx.is_clean() {
        cx.push(syn::Error::new(
            Span::call_site(),
            "`rule!` needs a rule; write `rule!(IsAuthenticated)` for everybody with a good token",
        ));
    }
    let rule = rule.unwrap_or(Rule::Bad);
    check(&rule, &mut cx);
    let options = GuardOptions::of(&given, &mut cx);
    let value = rule.as_value(&options, &Paths::new(given.crate_path()));
    let errors = cx.into_tokens();
    quote::quote!({ #errors #value })
}
