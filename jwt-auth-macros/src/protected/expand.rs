//! The argument that is put in front.

use super::parse::Gate;
use crate::guard_options::GuardOptions;
use crate::paths::Paths;
use crate::rule::Rule;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{FnArg, parse_quote};

impl Gate {
    /// `_: Guard<Rule>` or `_: Public`.
    pub(super) fn argument(&self) -> FnArg {
        let gate = match self {
            Self::Protected { rule, options, paths } => guard(rule, options, paths),
            Self::Public { paths } => paths.item("Public", Span::call_site()),
        };
        parse_quote!(_: #gate)
    }
}

fn guard(rule: &Rule, options: &GuardOptions, paths: &Paths) -> TokenStream {
    let guard = paths.item("Guard", Span::call_site());
    let rule = rule.as_type(paths);
    let options = options.as_type(paths).into_iter();
    quote!(#guard<#rule #(, #options)*>)
}
