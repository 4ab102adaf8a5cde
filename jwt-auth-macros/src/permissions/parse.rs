//! An enum, read as a set of permission names.

use crate::ctxt::Ctxt;
use crate::options::{self, OnlyCrate, each_item, is_option};
use crate::paths::Paths;
use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Data, DeriveInput, LitStr, Meta, Variant};

/// A set of permissions. After mistakes it holds what could be read, so that uses of the enum raise no further errors.
pub(super) struct PermissionEnum {
    pub(super) name: Ident,
    pub(super) variants: Vec<(Ident, String)>,
    pub(super) paths: Paths,
}

const MOST_VARIANTS: usize = 128;

impl PermissionEnum {
    pub(super) fn read(item: &DeriveInput, cx: &mut Ctxt) -> Option<Self> {
        let Data::Enum(data) = &item.data else {
            cx.error(&item.ident, "`#[derive(Permissions)]` goes on an enum; each variant is one permission");
            return None;
        };
        if !item.generics.params.is_empty() {
            cx.error(&item.generics, "a permission enum has no generic parameters; remove them");
            return None;
        }
        if data.variants.is_empty() {
            cx.error(&item.ident, "a permission enum without permissions; add a variant");
        }
        if let Some(extra) = data.variants.iter().nth(MOST_VARIANTS) {
            cx.error(extra, "a permission enum has at most 128 variants; split it in two");
        }
        let mut variants: Vec<(Ident, String)> = Vec::new();
        for variant in &data.variants {
            check_shape(variant, cx);
            let (name, place) = permission_name(variant, cx);
            if let Some((first, _)) = variants.iter().find(|(_, known)| *known == name) {
                cx.error(
                    place,
                    format_args!(
                        "`{first}` has the name {name:?} already; give this one another, as in `#[permission(\"..\")]`"
                    ),
                );
            }
            variants.push((variant.ident.clone(), name));
        }
        Some(Self { name: item.ident.clone(), variants, paths: read_paths(&item.attrs, cx) })
    }
}

fn check_shape(variant: &Variant, cx: &mut Ctxt) {
    if !variant.fields.is_empty() {
        cx.error(&variant.fields, "a permission carries no fields; remove them");
    }
    if let Some((_, value)) = &variant.discriminant {
        cx.error(value, "a permission has no number of its own; remove it, names are what tokens carry");
    }
}

/// The name, and the place to blame for it.
fn permission_name(variant: &Variant, cx: &mut Ctxt) -> (String, TokenStream) {
    let ident = &variant.ident;
    let mut named: Option<LitStr> = None;
    for attr in own(&variant.attrs) {
        let Some(text) = cx.take(attr.parse_args::<LitStr>().map_err(|_| {
            syn::Error::new_spanned(attr, "write the name as a string: `#[permission(\"orders:write\")]`")
        })) else {
            continue;
        };
        if named.is_some() {
            cx.error(attr, "a second name; keep one `#[permission(\"..\")]`");
        }
        let value = text.value();
        if value.is_empty() || value.contains(char::is_whitespace) {
            cx.error(&text, "a permission name is not empty and holds no spaces");
        }
        named = Some(text);
    }
    match named {
        Some(text) => (text.value(), quote::quote!(#text)),
        None => (colon_case(&ident.to_string()), quote::quote!(#ident)),
    }
}

fn read_paths(attrs: &[Attribute], cx: &mut Ctxt) -> Paths {
    let mut written = OnlyCrate::default();
    for attr in own(attrs) {
        let Meta::List(list) = &attr.meta else {
            cx.error(attr, "on the enum `#[permission]` takes `crate = path` only");
            continue;
        };
        each_item(list.tokens.clone(), cx, |input, cx| {
            if is_option(input) {
                return options::read(&mut written, input, cx);
            }
            Err(input.error("names go on the variants; on the enum `#[permission]` takes `crate = path` only"))
        });
    }
    Paths::new(&written.krate)
}

fn own(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("permission"))
}

/// `OrdersWrite` → `orders:write`, `HTTPAdmin` → `http:admin`.
pub(crate) fn colon_case(ident: &str) -> String {
    let letters: Vec<char> = ident.trim_start_matches("r#").chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after_word = before.is_some_and(|before| before.is_lowercase() || before.is_numeric());
        let before_word = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = letter.is_uppercase() && (after_word || (before_word && before != Some('_')));
        if starts && !name.is_empty() {
            name.push(':');
        }
        if *letter == '_' {
            name.push(':');
        } else {
            name.extend(letter.to_lowercase());
        }
    }
    name
}
