//! The impl of `PermissionSet`.

use super::parse::PermissionEnum;
use crate::paths::mixed;
use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;

impl PermissionEnum {
    pub(super) fn expand(&self) -> TokenStream {
        let Self { name, variants, paths } = self;
        let permission_set = paths.item("PermissionSet", Span::call_site());
        let names = variants.iter().map(|(_, name)| name);
        let arms = variants.iter().enumerate().map(|(index, (variant, _))| {
            let index = Literal::usize_unsuffixed(index);
            quote_spanned!(variant.span()=> Self::#variant { .. } => #index)
        });
        quote_spanned!(mixed(Span::call_site())=>
            #[automatically_derived]
            impl #permission_set for #name {
                const NAMES: &'static [&'static str] = &[#(#names),*];

                const __DERIVED: bool = true;

                fn index(&self) -> usize {
                    match *self { #(#arms),* }
                }
            }
        )
    }
}
