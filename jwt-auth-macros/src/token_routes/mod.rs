//! `#[token_routes("/prefix")]`

mod expand;
mod parse;
mod table;
mod valid;

use crate::ctxt::Ctxt;
use crate::handler::HandlerFn;
use parse::TokenRoutes;
use proc_macro2::TokenStream;
use quote::quote;

/// The whole attribute.
pub(crate) fn attach(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut cx = Ctxt::default();
    let routes = TokenRoutes::read(args, &mut cx);
    let function = cx.take(HandlerFn::read(item.clone(), "token_routes"));
    if let Some(function) = &function {
        valid::check_function(function, &mut cx);
    }
    let whole = match (&routes, &function) {
        (Some(routes), Some(function)) if cx.is_clean() => routes.expand(function),
        _ => item,
    };
    let errors = cx.into_tokens();
    quote!(#whole #errors)
}
