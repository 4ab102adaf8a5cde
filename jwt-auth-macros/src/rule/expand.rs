//! From a rule to the type expression that judges it.

use super::Rule;
use crate::guard_options::GuardOptions;
use crate::paths::{Paths, mixed};
use crate::spelled::spelled;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Path};

impl Rule {
    /// The rule as a type.
    pub(crate) fn as_type(&self, paths: &Paths) -> TokenStream {
        match self {
            Self::And(a, b) => {
                let and = paths.item("And", Span::call_site());
                let (a, b) = (a.as_type(paths), b.as_type(paths));
                quote!(#and<#a, #b>)
            }
            Self::Or(a, b) => {
                let or = paths.item("Or", Span::call_site());
                let (a, b) = (a.as_type(paths), b.as_type(paths));
                quote!(#or<#a, #b>)
            }
            Self::Not(not, rule) => {
                let not = paths.item("Not", not.span());
                let rule = rule.as_type(paths);
                quote!(#not<#rule>)
            }
            Self::Permission(path) => permission(path, paths),
            Self::Scope(text) => words("Scope", text, paths),
            Self::Role(text) => words("Role", text, paths),
            Self::DjangoPermission(text) => words("DjangoPermission", text, paths),
            Self::DjangoGroup(text) => words("DjangoGroup", text, paths),
            Self::Type(path) => quote!(#path),
            Self::Authenticated => paths.item("IsAuthenticated", Span::call_site()),
            Self::Bad => paths.item("Nobody", Span::call_site()),
        }
    }

    /// The rule as a value, for `mount`.
    pub(super) fn as_value(&self, options: &GuardOptions, paths: &Paths) -> TokenStream {
        let value = paths.item("RuleValue", Span::call_site());
        let rule = self.as_type(paths);
        let options = options.as_type(paths).into_iter();
        quote!(#value::<#rule #(, #options)*>::NEW)
    }
}

/// `Has<Perm, { index::<Perm>(Perm::X as usize) }>`: a variant that does not exist, and an enum that is no permission set, are
/// reported by the compiler at the user's own token.
fn permission(variant: &Path, paths: &Paths) -> TokenStream {
    let set = enum_of(variant);
    let has = paths.item("Has", variant.span());
    let index = paths.item("index", set.span());
    quote_spanned!(mixed(variant.span())=> #has<#set, { #index::<#set>(#variant as usize) }>)
}

/// `acl::Perm` of `acl::Perm::X`.
fn enum_of(variant: &Path) -> Path {
    let mut set = variant.clone();
    set.segments.pop();
    set.segments.pop_punct();
    set
}

fn words(leaf: &str, text: &LitStr, paths: &Paths) -> TokenStream {
    let leaf = paths.item(leaf, text.span());
    let words = spelled(text);
    quote_spanned!(mixed(text.span())=> #leaf<#words>)
}
