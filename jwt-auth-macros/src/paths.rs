//! Every path that an expansion names, and the hygiene of what it inserts.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The runtime crate as the user calls it: `::jwt_auth`, or what `crate = path` says.
#[derive(Default)]
pub(crate) struct Paths {
    root: Option<syn::Path>,
}

impl Paths {
    /// The option `crate`.
    pub(crate) fn new(root: Option<syn::Path>) -> Self {
        Self { root }
    }

    /// An item of the runtime's `__private`. Errors about it point at `span`.
    pub(crate) fn item(&self, name: &str, span: Span) -> TokenStream {
        let span = mixed(span);
        let name = Ident::new(name, span);
        let root = match &self.root {
            Some(root) => root.to_token_stream(),
            None => quote_spanned!(span=> ::jwt_auth),
        };
        quote_spanned!(span=> #root::__private::#name)
    }
}

/// Names made with this span are the macro's own, and errors about them point at the user's code.
pub(crate) fn mixed(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
