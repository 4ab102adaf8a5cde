//! Collects mistakes, so that a user sees all of them at once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;

/// The mistakes found so far.
///
/// It has to be read with [`into_tokens`](Self::into_tokens): one that is dropped unread panics, since a forgotten mistake would
/// compile.
#[derive(Default)]
pub(crate) struct Ctxt {
    errors: Option<syn::Error>,
    is_read: bool,
}

impl Ctxt {
    /// Notes a mistake at these tokens.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    /// Notes a mistake that carries its own place.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Takes what a parser returned; `None` when it was a mistake.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether there is none so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.errors.is_none()
    }

    /// One `compile_error!` for each mistake; nothing when there is none.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.is_read = true;
        self.errors.take().map(|errors| errors.into_compile_error()).unwrap_or_default()
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        assert!(self.is_read || std::thread::panicking(), "mistakes that nobody has read");
    }
}
