//! A struct, and the field that holds its `JwtAuth`.

use crate::ctxt::Ctxt;
use crate::options::{self, OnlyCrate, each_item, is_option};
use crate::paths::Paths;
use proc_macro2::Ident;
use syn::{Attribute, Data, DeriveInput, Field, GenericArgument, Generics, Member, Meta, PathArguments, Type};

/// A router state.
pub(super) struct StateStruct {
    pub(super) name: Ident,
    pub(super) generics: Generics,
    pub(super) field: Member,
    pub(super) field_type: Type,
    pub(super) paths: Paths,
}

impl StateStruct {
    pub(super) fn read(item: DeriveInput, cx: &mut Ctxt) -> Option<Self> {
        let Data::Struct(data) = &item.data else {
            cx.error(&item.ident, "`#[derive(AuthState)]` goes on the struct that is the router's state");
            return None;
        };
        let (field, field_type) = auth_field(&item.ident, data.fields.members().zip(&data.fields), cx)?;
        Some(Self { field, field_type, paths: read_paths(&item.attrs, cx), name: item.ident, generics: item.generics })
    }
}

/// The field with `#[auth]`, else the only one whose type is called `JwtAuth`, alone or in an `Arc`.
fn auth_field<'f>(
    state: &Ident,
    fields: impl Iterator<Item = (Member, &'f Field)>,
    cx: &mut Ctxt,
) -> Option<(Member, Type)> {
    let fields: Vec<_> = fields.collect();
    let marked = fields.iter().filter(|(_, field)| {
        let mut marks = own(&field.attrs);
        marks.next().is_some()
    });
    let named = fields.iter().filter(|(_, field)| is_jwt_auth(&field.ty));
    let (mut found, many) = match marked.clone().next() {
        Some(_) => (marked.collect::<Vec<_>>(), "a second `#[auth]`; keep one"),
        None => (named.collect(), "a second `JwtAuth`; mark the one that guards this router with `#[auth]`"),
    };
    for (_, extra) in found.drain(1.min(found.len())..) {
        cx.error(extra, many);
    }
    let Some((member, field)) = found.pop() else {
        cx.error(state, format_args!("`{state}` has no field of type `JwtAuth<User>`; add one, or mark the field that holds it with `#[auth]`"));
        return None;
    };
    for attr in own(&field.attrs) {
        if !matches!(attr.meta, Meta::Path(_)) {
            cx.error(attr, "on a field `#[auth]` takes nothing; write `#[auth]`");
        }
    }
    Some((member.clone(), field.ty.clone()))
}

fn is_jwt_auth(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let in_arc = || match &last.arguments {
        PathArguments::AngleBracketed(inside) => {
            inside.args.iter().any(|inside| matches!(inside, GenericArgument::Type(ty) if is_jwt_auth(ty)))
        }
        _ => false,
    };
    last.ident == "JwtAuth" || (last.ident == "Arc" && in_arc())
}

fn read_paths(attrs: &[Attribute], cx: &mut Ctxt) -> Paths {
    let mut written = OnlyCrate::default();
    for attr in own(attrs) {
        let Meta::List(list) = &attr.meta else {
            cx.error(attr, "`#[auth]` marks a field; on the struct it takes `crate = path` only");
            continue;
        };
        each_item(list.tokens.clone(), cx, |input, cx| {
            if is_option(input) {
                return options::read(&mut written, input, cx);
            }
            Err(input.error("on the struct `#[auth]` takes `crate = path` only"))
        });
    }
    Paths::new(&written.krate)
}

fn own(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("auth"))
}
