//! `routes!(list, create)`: handlers with what `#[utoipa::path]` made beside them.

mod expand;
mod parse;
mod valid;

use crate::ctxt::Ctxt;
use parse::Routes;
use proc_macro2::TokenStream;
use quote::quote;

/// The whole macro.
pub(crate) fn routes(args: TokenStream) -> TokenStream {
    let mut cx = Ctxt::default();
    let routes = Routes::read(args, &mut cx);
    valid::check(&routes, &mut cx);
    let value = routes.expand();
    let errors = cx.into_tokens();
    quote!({ #errors #value })
}
