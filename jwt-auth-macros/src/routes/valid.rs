//! There must be a handler.

use super::parse::Routes;
use crate::ctxt::Ctxt;
use proc_macro2::Span;

pub(super) fn check(routes: &Routes, cx: &mut Ctxt) {
    if routes.handlers.is_empty() && cx.is_clean() {
        let message = "`routes!` needs a handler; write `routes!(orders::list, orders::create)`";
        cx.push(syn::Error::new(Span::call_site(), message));
    }
}
