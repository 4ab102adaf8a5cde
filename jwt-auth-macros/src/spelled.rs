//! Texts as const parameters, so that a rule stays a type.

use crate::paths::mixed;
use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

/// Length and bytes of a text as const parameters.
pub(crate) fn spelled(text: &LitStr) -> TokenStream {
    let value = text.value();
    let mut bytes = [0; 64];
    let len = value.len().min(64);
    bytes[..len].copy_from_slice(&value.as_bytes()[..len]);
    let [a, b, c, d] = [0, 16, 32, 48].map(|at| {
        let mut word = [0; 16];
        word.copy_from_slice(&bytes[at..at + 16]);
        Literal::u128_unsuffixed(u128::from_be_bytes(word))
    });
    let len = Literal::usize_unsuffixed(len);
    quote_spanned!(mixed(text.span())=> #len, #a, #b, #c, #d)
}
