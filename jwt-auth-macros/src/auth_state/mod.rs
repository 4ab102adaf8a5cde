//! `#[derive(AuthState)]`

mod expand;
mod parse;

use crate::ctxt::Ctxt;
use parse::StateStruct;
use proc_macro2::TokenStream;

/// The whole derive.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut cx = Ctxt::default();
    let expansion =
        cx.take(syn::parse2(item)).and_then(|item| StateStruct::read(item, &mut cx)).map(|state| state.expand());
    let errors = cx.into_tokens();
    quote::quote!(#expansion #errors)
}
