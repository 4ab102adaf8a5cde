//! The impl of `AuthState`.

use super::parse::StateStruct;
use crate::paths::mixed;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

impl StateStruct {
    pub(super) fn expand(&self) -> TokenStream {
        let Self { name, generics, field, field_type, paths } = self;
        let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
        let auth_state = paths.item("AuthState", Span::call_site());
        let of_field = paths.item("AuthState", field_type.span());
        let jwt_auth = paths.item("JwtAuth", Span::call_site());
        let user = quote_spanned!(mixed(field_type.span())=> <#field_type as #of_field>::User);
        let read = quote_spanned!(mixed(field_type.span())=> <#field_type as #of_field>::jwt_auth(&self.#field));
        // A state is shared between threads; what a parameter stands for decides whether it can be.
        let bounds = (!generics.params.is_empty()).then(|| {
            let before = where_clause.map(|clause| &clause.predicates).into_iter();
            let before = before.flatten();
            quote!(where #(#before,)* Self: ::core::marker::Send + ::core::marker::Sync + 'static)
        });
        quote_spanned!(mixed(Span::call_site())=>
            #[automatically_derived]
            impl #impl_generics #auth_state for #name #type_generics #bounds {
                type User = #user;

                fn jwt_auth(&self) -> &#jwt_auth<#user> {
                    #read
                }
            }
        )
    }
}
