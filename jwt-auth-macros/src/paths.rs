//! Every path that an expansion names, and the hygiene of what it inserts.

use crate::options::Opt;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The runtime crate as the user calls it: `::jwt_auth`, or what `crate = path` says.
#[derive(Default)]
pub(crate) struct Paths {
    root: Option<syn::Path>,
}

impl Paths {
    /// The option `crate`.
    pub(crate) fn new(krate: &Opt<syn::Path>) -> Self {
        Self { root: krate.value().cloned() }
    }

    /// An item of the runtime's hidden module. Errors about it point at `span`.
    pub(crate) fn item(&self, name: &str, span: Span) -> TokenStream {
        let span = mixed(span);
        let name = Ident::new(name, span);
        let root = match &self.root {
            Some(root) => root.to_token_stream(),
            None => quote_spanned!(span=> ::jwt_auth),
        };
        let private = Ident::new(&hidden_module(), span);
        quote_spanned!(span=> #root::#private::#name)
    }
}

/// `__private_0_1_0`: the runtime of another version has none of this name, and says so, where it would be misunderstood.
pub(crate) fn hidden_module() -> String {
    format!("__private_{}", env!("CARGO_PKG_VERSION").replace(|letter: char| !letter.is_ascii_alphanumeric(), "_"))
}

/// The one keyword that syn reads as a name in a path, which it was before 2018.
pub(crate) fn keyword_in(path: &syn::Path) -> Option<&Ident> {
    path.segments.iter().map(|segment| &segment.ident).find(|name| *name == "try")
}

/// Names made with this span are the macro's own, and errors about them point at the user's code.
pub(crate) fn mixed(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
