//! Handlers, and where the runtime crate is.

use crate::ctxt::Ctxt;
use crate::options::{self, OnlyCrate, each_item};
use crate::paths::{Paths, keyword_in};
use proc_macro2::TokenStream;
use syn::{Expr, ExprPath, Token};

/// What stands in the parentheses.
pub(super) struct Routes {
    pub(super) handlers: Vec<ExprPath>,
    pub(super) paths: Paths,
}

impl Routes {
    pub(super) fn read(args: TokenStream, cx: &mut Ctxt) -> Self {
        let mut written = OnlyCrate::default();
        let mut handlers = Vec::new();
        each_item(args, cx, |input, cx| {
            if input.peek(Token![crate]) && !input.peek2(Token![::]) {
                return options::read(&mut written, input, cx);
            }
            match input.parse()? {
                Expr::Path(handler) => match keyword_in(&handler.path) {
                    Some(word) => cx.error(word, "`try` is a keyword and names no handler"),
                    None => handlers.push(handler),
                },
                other => {
                    cx.error(other, "expected a handler alone; its method and path stand in `#[utoipa::path(..)]`")
                }
            }
            Ok(())
        });
        Self { handlers, paths: Paths::new(&written.krate) }
    }
}
