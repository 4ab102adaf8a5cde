//! What a marked function must be.

use crate::ctxt::Ctxt;
use crate::handler::HandlerFn;
use quote::ToTokens;
use syn::{FnArg, GenericArgument, Path, PathArguments, PathSegment, Type};

/// axum hands over 16 arguments, and the mark is one of them.
const MOST_ARGUMENTS: usize = 15;

/// axum's extractors that read the body. The names are all that a macro sees; `axum::debug_handler` goes by them too.
const BODIES: [&str; 6] = ["Bytes", "Form", "Json", "Multipart", "RawForm", "String"];

/// Our extractors that say who calls.
const CALLERS: [&str; 5] = ["CurrentSession", "CurrentUser", "JwtAuthentication", "TokenClaims", "TokenUser"];

/// Complains about a function that cannot be a handler.
pub(super) fn check(name: &str, handler: &HandlerFn, cx: &mut Ctxt) {
    let sig = &handler.sig;
    if sig.asyncness.is_none() {
        let (keyword, fn_name) = (sig.fn_token, &sig.ident);
        cx.error(keyword, format_args!("`#[{name}]` needs an `async fn`; write `async fn {fn_name}`"));
    }
    if let Some(receiver) = sig.receiver() {
        cx.error(receiver, format_args!("`#[{name}]` goes on functions without `self`; take the value as `State<..>`"));
    }
    if let Some(extra) = sig.inputs.iter().nth(MOST_ARGUMENTS) {
        cx.error(
            extra,
            format_args!(
                "a 16th argument; `#[{name}]` takes one of the 16 that axum allows, so put two extractors into one"
            ),
        );
    }
    check_bodies(handler, cx);
    if name == "protected" {
        check_options(handler, cx);
    }
    check_marks(name, handler, cx);
}

/// rustc says of a body that is not last only that the handler is no `Handler`.
fn check_bodies(handler: &HandlerFn, cx: &mut Ctxt) {
    for argument in handler.sig.inputs.iter().rev().skip(1).rev() {
        let FnArg::Typed(argument) = argument else { continue };
        let Type::Path(ty) = &*argument.ty else { continue };
        let Some(word) = ty.path.segments.last().filter(|word| BODIES.iter().any(|body| word.ident == body)) else {
            continue;
        };
        let body = &word.ident;
        cx.error(body, format_args!("`{body}` reads the body, and only the last argument may; move it to the end"));
    }
}

/// Whom a guard lets in has a token.
fn check_options(handler: &HandlerFn, cx: &mut Ctxt) {
    for argument in &handler.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Type::Path(ty) = &*argument.ty else { continue };
        let Some(inner) = ty.path.segments.last().filter(|word| word.ident == "Option").and_then(inner_path) else {
            continue;
        };
        let Some(caller) = inner.segments.last().filter(|word| CALLERS.iter().any(|known| word.ident == known)) else {
            continue;
        };
        let caller = &caller.ident;
        cx.error(
            ty,
            format_args!(
                "`#[protected]` lets nobody in without a token, so this is never `None`; write `{caller}` without `Option`, or `#[public]` for a handler that is open to all"
            ),
        );
    }
}

/// `T` of `Option<T>`, when it is a path.
fn inner_path(option: &PathSegment) -> Option<&Path> {
    let PathArguments::AngleBracketed(inside) = &option.arguments else { return None };
    match inside.args.first() {
        Some(GenericArgument::Type(Type::Path(inner))) => Some(&inner.path),
        _ => None,
    }
}

/// The attribute that stands above sees the one below.
fn check_marks(name: &str, handler: &HandlerFn, cx: &mut Ctxt) {
    // One above whose name this macro cannot know, `use jwt_auth::public as open` say, has left its argument.
    for argument in &handler.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Type::Path(ty) = &*argument.ty else { continue };
        let is_guard = ty.path.segments.iter().any(|segment| segment.ident.to_string().starts_with("__private_"));
        // A guard that nobody passes is what a mistake leaves, and that has been told of.
        if is_guard && !ty.to_token_stream().to_string().contains("Nobody") {
            cx.error(
                &handler.sig.ident,
                format_args!(
                    "a `#[protected]` or `#[public]` stands above this `#[{name}]` under another name; keep one"
                ),
            );
        }
    }
    for (attr, mark) in handler.marks() {
        let path = attr.path();
        match mark.as_str() {
            mark if mark == name => cx.error(path, format_args!("`#[{name}]` is given twice; keep one")),
            "protected" | "public" => {
                cx.error(path, "a handler is `#[protected]` or `#[public]`, not both; remove one");
            }
            _ => {}
        }
    }
}
