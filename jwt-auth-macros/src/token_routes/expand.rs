//! The builder around the user's body.

use super::parse::TokenRoutes;
use super::table::VIEWS;
use crate::handler::HandlerFn;
use crate::paths::mixed;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ReturnType;
use syn::spanned::Spanned;

impl TokenRoutes {
    /// The body becomes a closure, so that an early `return` leaves it and not the function.
    pub(super) fn expand(&self, function: &HandlerFn) -> TokenStream {
        let HandlerFn { attrs, vis, sig, body } = function;
        let (prefix, only) = (&self.prefix, self.only());
        let views = self.views.iter().map(|(method, view)| quote_spanned!(view.span()=> .#method::<#view>()));
        let extras = &self.extras;
        let span = mixed(Span::call_site());
        let router = Ident::new("router", span);
        let builder = self.paths.item("TokenRoutes", prefix.span());
        let output = named_output(&sig.output);
        let call = match sig.asyncness {
            Some(_) => quote!((async move || #output #body)().await),
            None => quote!((move || #output #body)()),
        };
        // A function that returns something else is told so at its return type.
        let returned = Ident::new("router", mixed(sig.output.span()));
        let attach = quote_spanned!(mixed(sig.output.span())=> .attach_to(#returned));
        quote!(
            #(#attrs)* #vis #sig {
                #[allow(clippy::redundant_closure_call)]
                let #router = #call;
                #builder::at(#prefix) #only #(#views)* #(.#extras())* #attach
            }
        )
    }

    fn only(&self) -> Option<TokenStream> {
        let words = self.only.as_ref()?;
        let views = words.iter().map(|word| {
            let is_own = self.views.iter().any(|(own, _)| own == word);
            let (_, variant, gated) = VIEWS.iter().find(|(known, ..)| word == known).unwrap_or(&VIEWS[0]);
            match gated {
                Some(gated) if !is_own => {
                    let view = self.paths.item(gated, word.span());
                    quote!(#view::<()>())
                }
                _ => {
                    let variant = Ident::new(variant, word.span());
                    let view = self.paths.item("View", word.span());
                    quote!(#view::#variant)
                }
            }
        });
        Some(quote!(.only([#(#views),*])))
    }
}

/// `impl Trait` cannot be said of a closure; there the body decides.
fn named_output(output: &ReturnType) -> Option<&ReturnType> {
    match output {
        ReturnType::Type(_, ty) if matches!(**ty, syn::Type::ImplTrait(_)) => None,
        output => Some(output),
    }
}
