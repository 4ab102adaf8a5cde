//! What a marked function must be.

use crate::ctxt::Ctxt;
use crate::handler::HandlerFn;

/// axum hands over 16 arguments, and the mark is one of them.
const MOST_ARGUMENTS: usize = 15;

/// Complains about a function that cannot be a handler. `false`: leave its arguments alone.
pub(super) fn check(name: &str, handler: &HandlerFn, cx: &mut Ctxt) -> bool {
    let sig = &handler.sig;
    let mut fits = true;
    if sig.asyncness.is_none() {
        let (keyword, fn_name) = (sig.fn_token, &sig.ident);
        cx.error(keyword, format_args!("`#[{name}]` needs an `async fn`; write `async fn {fn_name}`"));
    }
    if let Some(receiver) = sig.receiver() {
        cx.error(receiver, format_args!("`#[{name}]` goes on functions without `self`; take the value as `State<..>`"));
        fits = false;
    }
    if let Some(extra) = sig.inputs.iter().nth(MOST_ARGUMENTS) {
        cx.error(
            extra,
            format_args!(
                "a 16th argument; `#[{name}]` takes one of the 16 that axum allows, so put two extractors into one"
            ),
        );
        fits = false;
    }
    check_marks(name, handler, cx);
    fits
}

/// The attribute that stands above sees the one below.
fn check_marks(name: &str, handler: &HandlerFn, cx: &mut Ctxt) {
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
