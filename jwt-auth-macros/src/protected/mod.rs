//! `#[protected]` and `#[public]`: one zero-sized argument put before the others.

mod expand;
mod parse;
mod valid;

use crate::ctxt::Ctxt;
use crate::handler::HandlerFn;
use parse::Gate;
use proc_macro2::TokenStream;
use quote::quote;

/// `#[protected(..)]`
pub(crate) fn protected(args: TokenStream, item: TokenStream) -> TokenStream {
    mark("protected", item, |cx| Gate::protected(args, cx))
}

/// `#[public]`
pub(crate) fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    mark("public", item, |cx| Gate::public(args, cx))
}

fn mark(name: &'static str, item: TokenStream, gate: impl FnOnce(&mut Ctxt) -> Gate) -> TokenStream {
    let mut cx = Ctxt::default();
    let gate = gate(&mut cx);
    let Some(mut handler) = cx.take(HandlerFn::read(item.clone(), name)) else {
        let errors = cx.into_tokens();
        return quote!(#item #errors);
    };
    valid::check(name, &handler, &mut cx);
    // Also after a mistake, so that no handler comes out of here without its guard; then it is one that nobody passes.
    let gate = if cx.is_clean() { gate } else { gate.closed() };
    let first = usize::from(handler.sig.receiver().is_some());
    handler.sig.inputs.insert(first, gate.argument());
    let errors = cx.into_tokens();
    quote!(#handler #errors)
}
