//! `#[derive(Permissions)]`

mod expand;
pub(crate) mod parse;

use crate::ctxt::Ctxt;
use parse::PermissionEnum;
use proc_macro2::TokenStream;

/// The whole derive.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut cx = Ctxt::default();
    let expansion =
        cx.take(syn::parse2(item)).and_then(|item| PermissionEnum::read(&item, &mut cx)).map(|set| set.expand());
    let errors = cx.into_tokens();
    quote::quote!(#expansion #errors)
}
