//! The argument that is put in front.

use super::parse::Gate;
use crate::paths::Paths;
use crate::rule::Rule;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{FnArg, parse_quote};

impl Gate {
    /// `_: Guard<Rule>` or `_: Public`.
    pub(super) fn argument(&self) -> FnArg {
        let gate = match self {
            Self::Protected { rule, user, paths } => guard(rule.as_ref(), *user, paths),
            Self::Public { paths } => paths.item("Public", Span::call_site()),
        };
        parse_quote!(_: #gate)
    }
}

fn guard(rule: Option<&Rule>, user: bool, paths: &Paths) -> TokenStream {
    let guard = paths.item("Guard", Span::call_site());
    let rule = rule.unwrap_or(&Rule::Bad).as_type(paths);
    if user {
        let with_user = paths.item("WithUser", Span::call_site());
        quote!(#guard<#rule, #with_user>)
    } else {
        quote!(#guard<#rule>)
    }
}
