//! A function as an attribute sees it: its signature parsed, its body left alone.

use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Visibility};

/// A function. The body stays tokens, so a half-typed one does not take the expansion away from an editor.
pub(crate) struct HandlerFn {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl HandlerFn {
    /// Reads the item under an attribute of this name.
    pub(crate) fn read(item: TokenStream, attribute: &str) -> syn::Result<Self> {
        syn::parse2(item.clone()).map_err(|_| {
            let message = format!("`#[{attribute}]` goes on a function");
            let place = item.into_iter().find(|token| matches!(token, proc_macro2::TokenTree::Ident(_)));
            syn::Error::new_spanned(place, message)
        })
    }

    /// The last word of each attribute that is still on the function.
    pub(crate) fn marks(&self) -> impl Iterator<Item = (&Attribute, String)> {
        self.attrs.iter().filter_map(|attr| {
            let word = attr.path().segments.last()?;
            Some((attr, word.ident.to_string()))
        })
    }
}

impl Parse for HandlerFn {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for HandlerFn {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}
