//! The builder of the runtime.

use super::parse::Routes;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprPath, Path, PathArguments};

impl Routes {
    pub(super) fn expand(&self) -> TokenStream {
        let routes = self.paths.item("DescribedRoutes", Span::call_site());
        let handlers = self.handlers.iter().map(|handler| {
            let description = description(handler);
            quote_spanned!(handler.span()=> .and::<#description, _, _>(#handler))
        });
        quote!(#routes::new() #(#handlers)*)
    }
}

/// `orders::__path_list` for `orders::list`: the type that `#[utoipa::path]` makes beside a handler.
fn description(handler: &ExprPath) -> Path {
    let mut path = handler.path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = format_ident!("__path_{}", last.ident, span = last.ident.span());
        last.arguments = PathArguments::None;
    }
    path
}
