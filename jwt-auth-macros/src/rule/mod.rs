//! The rule grammar: `&&`, `||`, `!`, parentheses, and leaves.

mod expand;
mod parse;
mod valid;

use crate::ctxt::Ctxt;
use crate::guard_options::{GuardOptions, WrittenOptions};
use crate::options::{self, each_item, is_option};
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
    /// No rule was written: anybody with a good token.
    Authenticated,
    /// Something that was complained about already: nobody.
    Bad,
}

impl Rule {
    /// The rule of an attribute that was read to its end. After any mistake it lets nobody pass, also where somebody keeps the
    /// compiler from stopping at the message.
    pub(crate) fn settled(written: Option<Self>, cx: &Ctxt) -> Self {
        match written {
            Some(rule) if cx.is_clean() => rule,
            None if cx.is_clean() => Self::Authenticated,
            Some(rule) => rule.closed(),
            None => Self::Bad,
        }
    }

    /// This rule and one that nobody passes: the compiler goes on looking at what stands in it.
    pub(crate) fn closed(self) -> Self {
        match self {
            Self::Bad => Self::Bad,
            Self::And(first, rest) if matches!(*first, Self::Bad) => Self::And(first, rest),
            rule => Self::And(Box::new(Self::Bad), Box::new(rule)),
        }
    }
}

pub(crate) use parse::read;
pub(crate) use valid::check;

/// `rule!(..)`: the rule as a value.
pub(crate) fn value(args: TokenStream) -> TokenStream {
    let mut cx = Ctxt::default();
    let mut written = WrittenOptions::default();
    let mut rule = None;
    each_item(args, &mut cx, |input, cx| {
        if is_option(input) {
            return options::read(&mut written, input, cx);
        }
        read(input, cx, &mut rule)
    });
    if rule.is_none() && cx.is_clean() {
        cx.push(syn::Error::new(
            Span::call_site(),
            "`rule!` needs a rule; write `rule!(IsAuthenticated)` for everybody with a good token",
        ));
    }
    if let Some(rule) = &rule {
        check(rule, &mut cx);
    }
    let options = GuardOptions::of(&written, &mut cx);
    let value = Rule::settled(rule, &cx).as_value(&options, &Paths::new(&written.krate));
    let errors = cx.into_tokens();
    quote::quote!({ #errors #value })
}
